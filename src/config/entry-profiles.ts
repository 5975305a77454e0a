import { isSeq } from 'yaml';
import type { CatalogProfile } from '../domain/addon.ts';
import { readLayers } from './entry-layers.ts';
import type { EntryMap } from './entry-map.ts';
import { shown } from './problems.ts';

const KEYS = ['name', 'values', 'valuesFiles'];

/** Whether a profile sets nothing, by what is written: an unknown key may have been meant as one of the two. */
function setsNothing(profile: EntryMap): boolean {
  const files = profile.node('valuesFiles');
  const hasFiles = profile.has('valuesFiles') && !(isSeq(files) && files.items.length === 0);
  return profile.hasOnly(KEYS) && !profile.has('values') && !hasFiles;
}

/** The `profiles` of an entry, in order. Two of one name, and one without values, are problems of the entry. */
export async function readProfiles(entry: EntryMap): Promise<readonly CatalogProfile[]> {
  const profiles: CatalogProfile[] = [];
  const firstOf = new Map<string, number>();
  for (const item of entry.items('profiles')) {
    const profile = entry.below(item);
    if (profile === undefined) continue;
    const place = profile.placeOf(item);
    const name = profile.text('name');
    if (setsNothing(profile)) {
      const what = name === undefined ? 'this profile sets nothing' : `the profile ${shown(name)} sets nothing`;
      profile.complain(item.node, { what, instead: 'add "values" or "valuesFiles"' });
    }
    const layers = await readLayers(profile);
    if (name === undefined) continue;
    const first = firstOf.get(name);
    if (first === undefined) firstOf.set(name, place.line);
    else {
      const what = `there is another profile ${shown(name)} at line ${first}`;
      profile.complain(item.at, { what, instead: 'give each a name of its own' });
    }
    profiles.push({ name, layers, place });
  }
  return profiles;
}
