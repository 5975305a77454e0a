import type { Profile } from '../domain/profiles/profile.ts';
import { counted, countedProfiles } from '../domain/report/counted.ts';
import type { ProfileKind } from '../domain/report/reported-proof.ts';
import type { ReleaseItem } from './release-item.ts';

function kindsOf(profiles: readonly { readonly profile: Profile }[]): readonly ProfileKind[] {
  return profiles.flatMap(({ profile: { kind } }) => (kind === 'release' ? [] : [kind]));
}

/** What a look at other profiles of a release has shown, in one line. `switches`: whether switches were to be turned. */
export function exploredText(
  { profiles, looked }: Pick<ReleaseItem, 'profiles' | 'looked'>,
  switches: boolean,
): string {
  const turned =
    looked.switches === 0 ? 'no switch to turn' : `${counted(looked.switches, 'switch', 'switches')} turned`;
  const shown = countedProfiles(kindsOf(profiles.filter(({ fresh }) => fresh.length > 0)));
  const refused = countedProfiles(kindsOf(looked.refused));
  return [
    switches ? turned : 'switches not turned',
    shown === '' ? 'no further image' : `further images with ${shown}`,
    ...(refused === '' ? [] : [`not rendered with ${refused}`]),
  ].join('; ');
}
