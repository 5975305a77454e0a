import { describe, expect, it } from 'vitest';
import { formatProfile, isAskedFor, type Profile } from '../../../../src/domain/profiles/profile.ts';

const CASES: readonly (readonly [Profile, string, boolean])[] = [
  [{ kind: 'release' }, 'values of the release', true],
  [{ kind: 'catalog', name: 'thanos' }, 'profile thanos', true],
  [{ kind: 'defaults' }, 'default values', false],
  [{ kind: 'ci', file: 'ci/ha-values.yaml' }, 'ci/ha-values.yaml', false],
  [{ kind: 'switch', path: ['grafana', 'sidecar', 'enabled'] }, 'grafana.sidecar.enabled=true', false],
  [{ kind: 'switch', path: ['extras', 1, 'on'] }, 'extras[1].on=true', false],
  [{ kind: 'switch', path: ['a', 'b.c/d'] }, 'a."b.c/d"=true', false],
];

describe('a profile', () => {
  it.each(CASES)('%j is called %j, and is what somebody asked for: %j', (profile, name, asked) => {
    expect(formatProfile(profile)).toBe(name);
    expect(isAskedFor(profile)).toBe(asked);
  });
});
