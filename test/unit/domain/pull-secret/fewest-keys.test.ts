import { describe, expect, it } from 'vitest';
import { fewestKeys, type ServingKey } from '../../../../src/domain/pull-secret/fewest-keys.ts';
import type { PullSite } from '../../../../src/domain/pull-secret/pull-sites.ts';
import type { ServedBy } from '../../../../src/domain/pull-secret/served.ts';
import { site } from './sites.ts';

const [A, B, C] = [site('a'), site('b'), site('c')];

function key(
  path: string,
  serves: readonly PullSite[],
  more: Partial<ServingKey> & { by?: ServedBy } = {},
): ServingKey {
  const { by = 'itself', ...flags } = more;
  const served = new Map(serves.map((one) => [one, by] as const));
  return { path: path.split('.'), serves: served, replaces: false, spoils: false, ...flags };
}

function chosen(...keys: readonly ServingKey[]): readonly string[] {
  return fewestKeys(keys, [A, B, C]).map(({ path }) => path.join('.'));
}

describe('the fewest keys', () => {
  it('are the one that serves all rather than one for each', () => {
    expect(
      chosen(key('a.secrets', [A]), key('b.secrets', [B]), key('c.secrets', [C]), key('x.secrets', [A, B, C])),
    ).toEqual(['x.secrets']);
  });

  it('are globals where others serve as many, then those that pods name themselves, then short paths', () => {
    expect(chosen(key('secrets', [A, B, C]), key('global.secrets', [A, B, C]))).toEqual(['global.secrets']);
    expect(chosen(key('account.secrets', [A, B, C], { by: 'service account' }), key('z.secrets', [A, B, C]))).toEqual([
      'z.secrets',
    ]);
    expect(chosen(key('a.b.secrets', [A, B, C]), key('z.secrets', [A, B, C]))).toEqual(['z.secrets']);
  });

  it('leave out one that later ones make needless', () => {
    const [p, q, r] = [site('p'), site('q'), site('r')];
    const [s, t, u] = [site('s'), site('t'), site('u')];
    const keys = [key('big', [q, r, s, t]), key('left', [p, q, r]), key('right', [s, t, u])];
    expect(fewestKeys(keys, [p, q, r, s, t, u]).map(({ path }) => path[0])).toEqual(['left', 'right']);
  });

  it('take a key in one form only', () => {
    expect(chosen(key('x', [A, B]), key('x', [C]))).toEqual(['x']);
  });

  it('take one that does harm, or replaces a secret, only where nothing else serves', () => {
    const bad = key('bad', [A, B, C], { spoils: true });
    expect(chosen(bad, key('a', [A]), key('b', [B, C], { replaces: true }))).toEqual(['a', 'b']);
    expect(chosen(key('x', [A, B, C], { replaces: true }), key('a', [A]), key('b.c.d', [B, C]))).toEqual([
      'b.c.d',
      'a',
    ]);
    expect(chosen(bad, key('a', [A]), key('b', [B]))).toEqual(['bad']);
  });
});
