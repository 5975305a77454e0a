import type { ValuePath } from '../chart/values-tree.ts';
import type { PullSite } from './pull-sites.ts';
import type { ServedBy } from './served.ts';

/**
 * A key that serves sites. `replaces`: it holds the name of another secret, and takes one only. `spoils`: other lists get
 * a name from it that no secret has.
 */
export interface ServingKey {
  readonly path: ValuePath;
  readonly serves: ReadonlyMap<PullSite, ServedBy>;
  readonly replaces: boolean;
  readonly spoils: boolean;
}

function gain(key: ServingKey, open: ReadonlySet<PullSite>): number {
  return [...key.serves.keys()].filter((site) => open.has(site)).length;
}

function directly(key: ServingKey): number {
  return [...key.serves.values()].filter((by) => by === 'itself').length;
}

function isGlobal(key: ServingKey): boolean {
  return key.path[0] === 'global';
}

/** Which of two keys is taken first: one that does no harm, that serves more, a global, directly rather than by accounts, the shorter path. */
function order(a: ServingKey, b: ServingKey, open: ReadonlySet<PullSite>): number {
  return (
    Number(a.spoils) - Number(b.spoils) ||
    Number(a.replaces) - Number(b.replaces) ||
    gain(b, open) - gain(a, open) ||
    Number(isGlobal(b)) - Number(isGlobal(a)) ||
    directly(b) - directly(a) ||
    a.path.length - b.path.length ||
    (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1)
  );
}

/** Whether a key stands above another one, so that what it holds may count for what is below: globals do for all. */
export function isAbove(path: ValuePath, other: ValuePath): boolean {
  const map = path[0] === 'global' ? [] : path.slice(0, -1);
  return map.length < other.length - 1 && map.every((step, index) => step === other[index]);
}

function isSamePath(a: ServingKey, b: ServingKey): boolean {
  return JSON.stringify(a.path) === JSON.stringify(b.path);
}

function isNeeded(key: ServingKey, others: readonly ServingKey[], sites: readonly PullSite[]): boolean {
  return sites.some((site) => key.serves.has(site) && others.every((other) => !other.serves.has(site)));
}

/**
 * The fewest keys that serve all sites which any key serves: the one that serves most first, and none that others make
 * needless. A key that was tried in two forms is taken in one of them.
 */
export function fewestKeys<K extends ServingKey>(keys: readonly K[], sites: readonly PullSite[]): readonly K[] {
  const open = new Set(sites);
  const chosen: K[] = [];
  while (open.size > 0) {
    const left = keys.filter((key) => gain(key, open) > 0 && !chosen.some((other) => isSamePath(key, other)));
    const [best] = left.sort((a, b) => order(a, b, open));
    if (best === undefined) break;
    chosen.push(best);
    for (const site of best.serves.keys()) open.delete(site);
  }
  // those taken first may have become needless by later ones
  return chosen.reduce<readonly K[]>((kept, key) => {
    const others = kept.filter((other) => other !== key);
    return isNeeded(key, others, sites) ? kept : others;
  }, chosen);
}
