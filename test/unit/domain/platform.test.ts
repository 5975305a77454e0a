import { describe, expect, it } from 'vitest';
import { formatPlatform, type Platform, parsePlatform, satisfiesPlatform } from '../../../src/domain/platform.ts';

function platform(text: string): Platform {
  const parsed = parsePlatform(text);
  if (parsed === undefined) throw new Error(`${text} is a platform`);
  return parsed;
}

describe('platforms', () => {
  it.each(['linux/amd64', 'linux/arm64/v8', 'windows/amd64', 'linux/arm/v7'])(
    '%s is read and written alike',
    (text) => {
      expect(formatPlatform(platform(text))).toBe(text);
    },
  );

  it.each(['', 'linux', 'linux/', '/amd64', 'linux/amd64/', 'linux/amd64/v1/x', 'Linux/AMD64', ' linux/amd64'])(
    '%j is none',
    (text) => {
      expect(parsePlatform(text)).toBeUndefined();
    },
  );

  it.each([
    ['the same', 'linux/amd64', 'linux/amd64', true],
    ['another architecture', 'linux/arm64', 'linux/amd64', false],
    ['another system', 'windows/amd64', 'linux/amd64', false],
    ['a variant that nobody asked for', 'linux/arm64/v8', 'linux/arm64', true],
    ['the variant asked for', 'linux/arm/v7', 'linux/arm/v7', true],
    ['another variant', 'linux/arm/v6', 'linux/arm/v7', false],
    ['no variant where one is asked for', 'linux/arm', 'linux/arm/v7', false],
  ])('%s: %s serves %s: %s', (_, offered, wanted, serves) => {
    expect(satisfiesPlatform(platform(offered), platform(wanted))).toBe(serves);
  });
});
