import { describe, expect, it } from 'vitest';
import {
  compareNumbers,
  compareVersions,
  isPrerelease,
  parseStrictVersion,
  parseVersion,
  type Version,
} from '../../../../src/domain/version/version.ts';
import masterminds from '../../../fixtures/versions/masterminds.json' with { type: 'json' };

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`the test's own version does not parse: ${text}`);
  return parsed;
}

describe('reading a version', () => {
  it.each(masterminds.spellings)('accepts exactly what helm accepts: $text', ({ text, loose, strict }) => {
    expect(parseVersion(text) !== undefined).toBe(loose);
    expect(parseStrictVersion(text) !== undefined).toBe(strict);
  });

  it('keeps the spelling of the chart and fills in missing numbers', () => {
    expect(version('v01.2-rc.1+b')).toEqual({
      original: 'v01.2-rc.1+b',
      major: 1n,
      minor: 2n,
      patch: 0n,
      prerelease: ['rc', '1'],
    });
  });

  it('does not round numbers that JavaScript cannot hold', () => {
    expect(compareVersions(version('9007199254740993.0.0'), version('9007199254740992.0.0'))).toBeGreaterThan(0);
  });

  it('calls a version with build metadata only stable', () => {
    expect(isPrerelease(version('1.0.0+rc.1'))).toBe(false);
    expect(isPrerelease(version('1.0.0-0'))).toBe(true);
  });
});

describe('comparing versions', () => {
  it('orders every pair as helm does', () => {
    const versions = masterminds.versions.map(version);
    const order = versions.map((left) =>
      versions.map((right) => '<=>'.charAt(1 + Math.sign(compareVersions(left, right)))).join(''),
    );
    expect(order).toEqual(masterminds.order);
  });

  it('compares only as many numbers as asked', () => {
    expect(compareNumbers(version('1.2.3'), version('1.9.9'), 1)).toBe(0);
    expect(compareNumbers(version('1.2.3'), version('1.2.9'), 2)).toBe(0);
    expect(compareNumbers(version('1.2.3'), version('1.2.9'), 3)).toBeLessThan(0);
  });
});
