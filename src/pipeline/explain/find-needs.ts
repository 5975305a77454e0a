import type { ValuePath } from '../../domain/chart/values-tree.ts';
import { switchedOff, switchesThatAreOn } from '../../domain/explain/on-switches.ts';
import type { ImageUse } from '../../domain/images/image-use.ts';
import type { Run } from '../run.ts';
import { type Ground, usesWith } from './render-with.ts';

/** The booleans without which each use is not there, and whether all that are on could be tried. */
export interface Needs {
  readonly byUse: ReadonlyMap<ImageUse, readonly ValuePath[]>;
  readonly complete: boolean;
}

/** The most renders for one set of values. */
const LIMIT = 240;

function exactKey({ template, kind, name, path, text }: ImageUse): string {
  return [template, kind, name, path, text].join('\n');
}

/** The same for items of a list that moved up because others went away, and for objects with random names. */
function looseKey({ template, kind, path, text }: ImageUse): string {
  return [template, kind, path.replace(/\[\d+\]/g, '[]'), text].join('\n');
}

/** The uses without a partner of the same key, and the partners that are left. */
function unpaired(
  uses: readonly ImageUse[],
  shown: readonly ImageUse[],
  keyOf: (use: ImageUse) => string,
): { readonly uses: readonly ImageUse[]; readonly shown: readonly ImageUse[] } {
  const partners = Map.groupBy(shown, keyOf);
  const alone = uses.filter((use) => partners.get(keyOf(use))?.shift() === undefined);
  return { uses: alone, shown: [...partners.values()].flat() };
}

/** The uses that a render does not have any more. */
function gone(ground: Ground, shown: readonly ImageUse[]): readonly ImageUse[] {
  const left = unpaired(ground.all, shown, exactKey);
  const lost = new Set(unpaired(left.uses, left.shown, looseKey).uses);
  return ground.uses.filter((use) => lost.has(use));
}

/**
 * Finds the booleans that are on and that uses depend on, by turning them off: groups whose end changes nothing are left
 * alone, others are halved. What only a group of several keeps, each of which would do, has no need of one of them.
 */
export async function findNeeds(ground: Ground, run: Run): Promise<Needs> {
  const { item, values, uses } = ground;
  const byUse = new Map<ImageUse, ValuePath[]>();
  let renders = 0;
  const turnOff = async (paths: readonly ValuePath[]): Promise<void> => {
    renders += 1;
    if (paths.length === 0 || uses.length === 0 || renders > LIMIT) return;
    const shown = await usesWith(ground, switchedOff(values, paths), `off-${renders}`, run);
    const lost = shown === undefined ? undefined : gone(ground, shown);
    if (lost?.length === 0) return;
    const [only, ...others] = paths;
    if (only !== undefined && others.length === 0) {
      for (const use of lost ?? []) byUse.set(use, [...(byUse.get(use) ?? []), only]);
      return;
    }
    const half = Math.ceil(paths.length / 2);
    await Promise.all([turnOff(paths.slice(0, half)), turnOff(paths.slice(half))]);
  };
  if (item.pulled !== undefined) await turnOff(switchesThatAreOn(item.pulled.chart, values));
  return { byUse, complete: renders <= LIMIT };
}
