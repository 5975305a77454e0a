import type { Addon, Catalog, Unmirrorable } from './addon.ts';

/** The values of --only-addon and --exclude-addons as given: each may name several, separated by commas. */
export interface SelectionRequest {
  readonly only: readonly string[];
  readonly exclude: readonly string[];
}

/** The flag a selection came from. */
type SelectionFlag = '--only-addon' | '--exclude-addons';

/** Why a selection cannot be made. `near` are names that do exist, the nearest first, at most five. */
export type SelectionFault =
  | { readonly kind: 'no-name'; readonly flag: SelectionFlag }
  | { readonly kind: 'no-match'; readonly flag: SelectionFlag; readonly name: string; readonly near: readonly string[] }
  | { readonly kind: 'nothing-left' };

/** The catalog with what was selected, or every fault of the selection. */
export type Selection =
  | { readonly kind: 'selected'; readonly catalog: Catalog }
  | { readonly kind: 'faults'; readonly faults: readonly SelectionFault[] };

const NEAR_LIMIT = 5;

/** Edits (insert, delete, replace, swap two neighbours) between two texts: optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let least = Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, (before[column - 2] ?? 0) + 1);
      current.push(least);
    }
    before = above;
    above = current;
  }
  return above[b.length] ?? 0;
}

/**
 * Which known names a wrong one may have meant, the nearest first, at most five: those within a third of its length
 * (at least two edits; one for a name of up to three letters), and those of which one contains the other. Letter case does not count.
 */
export function nearNames(wrong: string, known: Iterable<string>): readonly string[] {
  const wanted = wrong.toLowerCase().slice(0, 100);
  const allowed = wanted.length <= 3 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  const ranked = [...new Set(known)].map((name) => {
    const lower = name.toLowerCase().slice(0, 100);
    const overlap = lower.length > 2 && wanted.length > 2 && (lower.includes(wanted) || wanted.includes(lower));
    const distance = editDistance(wanted, lower);
    const near = overlap || (distance <= allowed && distance < Math.max(wanted.length, lower.length));
    return { name, near, rank: overlap ? Math.min(distance, allowed) : distance };
  });
  return ranked
    .filter(({ near }) => near)
    .sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name, 'en'))
    .slice(0, NEAR_LIMIT)
    .map(({ name }) => name);
}

function addonNames(mode: Catalog['mode'], addon: Addon): readonly string[] {
  if (mode === 'catalog') return [addon.release];
  return addon.source.kind === 'oci' && addon.ociNamespace !== ''
    ? [addon.chart, `${addon.ociNamespace}/${addon.chart}`]
    : [addon.chart];
}

function unmirrorableNames(entry: Unmirrorable): readonly string[] {
  return entry.place.key === undefined ? [entry.key] : [entry.key, entry.place.key];
}

function namesOf(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function faultsOf(flag: SelectionFlag, values: readonly string[], known: readonly string[]): readonly SelectionFault[] {
  const names = namesOf(values);
  if (values.length > 0 && names.length === 0) return [{ kind: 'no-name', flag }];
  const lower = new Set(known.map((name) => name.toLowerCase()));
  return [...new Set(names)]
    .filter((name) => !lower.has(name.toLowerCase()))
    .map((name) => ({ kind: 'no-match', flag, name, near: nearNames(name, known) }));
}

/**
 * Applies --only-addon, then --exclude-addons. Names are compared exactly but for letter case: with the release in
 * catalog mode, with the chart's name (alone, or with its namespace) in values mode; entries that cannot be mirrored
 * go by their map key or whole key path. A name that matches nothing, and a selection that leaves nothing, are faults.
 */
export function selectAddons(catalog: Catalog, request: SelectionRequest): Selection {
  const known = [
    ...catalog.addons.flatMap((addon) => addonNames(catalog.mode, addon)),
    ...catalog.unmirrorable.flatMap(unmirrorableNames),
  ];
  const faults = [
    ...faultsOf('--only-addon', request.only, known),
    ...faultsOf('--exclude-addons', request.exclude, known),
  ];
  if (faults.length > 0) return { kind: 'faults', faults };

  const only = new Set(namesOf(request.only).map((name) => name.toLowerCase()));
  const exclude = new Set(namesOf(request.exclude).map((name) => name.toLowerCase()));
  function isWanted(names: readonly string[]): boolean {
    const lower = names.map((name) => name.toLowerCase());
    return (only.size === 0 || lower.some((name) => only.has(name))) && !lower.some((name) => exclude.has(name));
  }
  const addons = catalog.addons.filter((addon) => isWanted(addonNames(catalog.mode, addon)));
  const unmirrorable = catalog.unmirrorable.filter((entry) => isWanted(unmirrorableNames(entry)));
  if (addons.length === 0 && unmirrorable.length === 0) return { kind: 'faults', faults: [{ kind: 'nothing-left' }] };
  return { kind: 'selected', catalog: { ...catalog, addons, unmirrorable } };
}
