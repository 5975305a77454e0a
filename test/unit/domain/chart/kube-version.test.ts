import { describe, expect, it } from 'vitest';
import { chooseKubeVersion, DEFAULT_KUBE_VERSION } from '../../../../src/domain/chart/kube-version.ts';

describe('the Kubernetes version to render for', () => {
  it.each([
    ['no constraint', '1.34.0', undefined, '1.34.0'],
    ['one that allows it', '1.34.0', '>=1.21.0-0', '1.34.0'],
    ['a version with a v', 'v1.34.0', '>=1.21.0-0', 'v1.34.0'],
    ['an upper bound', '1.34.0', '<1.30', '1.29.0'],
    ['a lower bound above it', '1.20.0', '>=1.25.0-0', '1.25.0'],
    ['the nearer one of two ranges', '1.24.0', '<1.20 || >=1.26', '1.26.0'],
    ['of two equally near ones the newer', '1.24.0', '<=1.22.0 || >=1.26.0', '1.26.0'],
    ['one patch of a minor', '1.34.0', '~1.29.3', '1.29.3'],
    ['one exact version', '1.34.0', '1.28.5', '1.28.5'],
    ['bounds between two minors', '1.34.0', '>=1.25.2 <1.25.9', '1.25.2'],
    ['blanks, commas and a v as charts write them', '1.34.0', '>= v1.22.0-0, < v1.31.0', '1.30.0'],
  ])('is the nearest that is allowed: %s', (_, wanted, constraint, expected) => {
    const { version, note } = chooseKubeVersion(wanted, constraint);
    expect(version).toBe(expected);
    if (expected === wanted) expect(note).toBeUndefined();
    else expect(note).toBe(`rendered for Kubernetes ${expected}: the chart allows ${constraint}, not ${wanted}`);
  });

  it.each(['not a range', '<1.0.0', '>=2.0.0', ''])(
    'stays what was asked for, so that helm says why: %j',
    (constraint) => {
      expect(chooseKubeVersion('1.34.0', constraint)).toEqual({ version: '1.34.0', note: undefined });
    },
  );

  it('has a default that common constraints allow', () => {
    for (const constraint of ['>=1.19.0-0', '>= 1.25', '^1.22.0-0', '1.x'])
      expect(chooseKubeVersion(DEFAULT_KUBE_VERSION, constraint).note).toBeUndefined();
  });
});
