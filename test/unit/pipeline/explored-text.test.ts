import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/domain/profiles/profile.ts';
import { exploredText } from '../../../src/pipeline/explored-text.ts';
import type { ProfileItem } from '../../../src/pipeline/release-item.ts';
import { use } from '../domain/trace/uses.ts';
import { extractionOf } from './runs.ts';

const SWITCH: Profile = { kind: 'switch', path: ['a'] };
const CI: Profile = { kind: 'ci', file: 'ci/a-values.yaml' };
const CATALOG: Profile = { kind: 'catalog', name: 'big' };

function shown(profile: Profile, images: readonly string[] = ['quay.io/a:1']): ProfileItem {
  const fresh = images.map((image) => use(image));
  return {
    profile,
    extraction: extractionOf(),
    fresh,
    consumerValues: undefined,
    ownOverlay: undefined,
    ownUses: [],
    refusedByNotes: undefined,
    verdict: undefined,
  };
}

function refused(...profiles: readonly Profile[]) {
  return profiles.map((profile) => ({ profile, reason: 'no' }));
}

describe('what is told of other profiles', () => {
  it('counts switches apart from other profiles', () => {
    const looked = { switches: 0, refused: [] };
    expect(exploredText({ profiles: [shown(CI), shown(CI), shown({ kind: 'defaults' })], looked }, true)).toBe(
      'no switch to turn; further images with 2 sets of test values, 1 set of default values',
    );
    expect(exploredText({ profiles: [shown(SWITCH)], looked: { switches: 7, refused: [] } }, true)).toBe(
      '7 switches turned; further images with 1 switch',
    );
  });

  it('does not count a profile of the catalog that shows nothing more', () => {
    const looked = { switches: 1, refused: [] };
    expect(exploredText({ profiles: [shown(CATALOG, [])], looked }, true)).toBe('1 switch turned; no further image');
    expect(exploredText({ profiles: [shown(CATALOG)], looked }, true)).toBe(
      '1 switch turned; further images with 1 profile of the catalog',
    );
  });

  it('says how many do not render', () => {
    const looked = { switches: 3, refused: refused(SWITCH, SWITCH, CI) };
    expect(exploredText({ profiles: [], looked }, true)).toBe(
      '3 switches turned; no further image; not rendered with 2 switches, 1 set of test values',
    );
  });

  it('does not say that there are no switches when none was to be turned', () => {
    const looked = { switches: 0, refused: [] };
    expect(exploredText({ profiles: [], looked }, false)).toBe('switches not turned; no further image');
  });
});
