import { describe, expect, it } from 'vitest';
import { allowedRegistry, formatAllowed, isInside } from '../../../../src/domain/check/allowed.ts';

function inside(registry: string, repository: string, role: 'image' | 'base', ...allowed: readonly string[]): boolean {
  return isInside({ registry, repository }, role, allowed.map(allowedRegistry));
}

describe('an allowed registry', () => {
  it('is a host, with a path or without, in its one spelling', () => {
    expect(allowedRegistry('registry.example:5000/a/b')).toEqual({ host: 'registry.example:5000', path: 'a/b' });
    expect(allowedRegistry('index.docker.io/org')).toEqual({ host: 'docker.io', path: 'org' });
    expect(['r.example', 'r.example/a/b'].map((text) => formatAllowed(allowedRegistry(text)))).toEqual([
      'r.example',
      'r.example/a/b',
    ]);
  });

  it.each([
    ['r.example', 'any/thing', 'r.example', true],
    ['r.example:5000', 'any/thing', 'r.example', false],
    ['r.example', 'any/thing', 'example', false],
    ['r.example', 'platform/a', 'r.example/platform', true],
    ['r.example', 'platform', 'r.example/platform', true],
    ['r.example', 'platform-2/a', 'r.example/platform', false],
    ['r.example', 'other/platform/a', 'r.example/platform', false],
    ['r.example', 'a', 'r.example/platform', false],
  ])('%s/%s is inside %s: %s', (registry, repository, allowed, expected) => {
    expect(inside(registry, repository, 'image', allowed)).toBe(expected);
  });

  it('is one of several', () => {
    expect(inside('b.example', 'x', 'image', 'a.example', 'b.example/x')).toBe(true);
    expect(inside('b.example', 'y', 'image', 'a.example', 'b.example/x')).toBe(false);
  });

  it('holds a base that can still lead to its path', () => {
    expect(inside('r.example', '', 'base', 'r.example/platform/a')).toBe(true);
    expect(inside('r.example', 'platform', 'base', 'r.example/platform/a')).toBe(true);
    expect(inside('r.example', 'platform/a/b', 'base', 'r.example/platform/a')).toBe(true);
    expect(inside('r.example', 'plat', 'base', 'r.example/platform/a')).toBe(false);
    expect(inside('r.example', 'platform', 'image', 'r.example/platform/a')).toBe(false);
  });
});
