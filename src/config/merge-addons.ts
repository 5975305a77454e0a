import type { Addon, Catalog, Place, ValuesLayer } from '../domain/addon.ts';
import { releaseNameFrom } from './names.ts';
import { listed, type Problem, problemAt, shown } from './problems.ts';

/** The addons of a run, each once, with remarks on what was merged or renamed. */
export interface MergedAddons {
  readonly addons: readonly Addon[];
  /** What was declared several times in the same way, one line each. */
  readonly merged: readonly string[];
  /** What got a name of its own, one line each. */
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

function valuesOf(layers: readonly ValuesLayer[]): unknown {
  return layers.map(({ origin, text }) => ({ origin, text }));
}

// What is carried and what is left out, wherever it was written.
function imagesOf({ images, excluded }: Addon): unknown {
  return [
    images.map(({ reference, reason }) => ({ reference, reason })),
    excluded.map(({ pattern, reason }) => ({ pattern, reason })),
  ];
}

// Everything that makes two declarations different, under the name a message gives it.
function aspects(addon: Addon): readonly (readonly [string, string])[] {
  const profiles = addon.profiles.map(({ name, layers }) => ({ name, layers: valuesOf(layers) }));
  return [
    ['repository', JSON.stringify([addon.source, addon.ociNamespace])],
    ['version', JSON.stringify(addon.version)],
    ['namespace', JSON.stringify(addon.namespace ?? null)],
    ['values', JSON.stringify(valuesOf(addon.layers))],
    ['profiles', JSON.stringify(profiles)],
    ['kubeVersion', JSON.stringify(addon.kubeVersion ?? null)],
    ['apiVersions', JSON.stringify(addon.apiVersions)],
    ['platforms', JSON.stringify(addon.platforms)],
    ['images', JSON.stringify(imagesOf(addon))],
  ];
}

function identityOf(addon: Addon): string {
  return JSON.stringify([addon.release, addon.chart, aspects(addon)]);
}

function whereOf(place: Place): string {
  return `${place.file}:${place.line}`;
}

function allPlaces(places: readonly Place[]): string {
  const file = places[0]?.file ?? '';
  if (places.some((place) => place.file !== file)) return listed([...new Set(places.map(whereOf))]);
  const lines = [...new Set(places.map((place) => String(place.line)))];
  return `${file}, ${lines.length === 1 ? 'line' : 'lines'} ${listed(lines)}`;
}

function versionText(addon: Addon): string {
  return addon.version.kind === 'version' ? addon.version.text : '(newest)';
}

function groupedBy(addons: readonly Addon[], keyOf: (addon: Addon) => string): readonly (readonly Addon[])[] {
  const groups = new Map<string, Addon[]>();
  for (const addon of addons) {
    const group = groups.get(keyOf(addon));
    if (group === undefined) groups.set(keyOf(addon), [addon]);
    else group.push(addon);
  }
  return [...groups.values()];
}

function differenceOf(first: Addon, other: Addon): string {
  const before = new Map(aspects(first));
  const names = aspects(other).filter(([name, value]) => before.get(name) !== value);
  return listed(names.map(([name]) => name));
}

function freeName(addon: Addon, taken: ReadonlySet<string>): string {
  const key = addon.places[0]?.key ?? '';
  const own = /^(?:.*\.)?([^.[\]"]+)$/.exec(key)?.[1];
  const wanted = (own === undefined ? undefined : releaseNameFrom(own)) ?? addon.release;
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    const name = `${addon.release.slice(0, 48).replace(/[-.]+$/, '')}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/**
 * Makes one addon of identical declarations, with all their places. Two different ones of one release and chart would
 * be written to the same files: in a catalog that is a problem, in a values file, where one release in several
 * environments is common, the later one gets a release name of its own, from its map key.
 */
export function mergeAddons(mode: Catalog['mode'], declared: readonly Addon[]): MergedAddons {
  const notes: string[] = [];
  const repeats: string[] = [];
  const problems: Problem[] = [];
  const merged: Addon[] = [];
  for (const group of groupedBy(declared, identityOf)) {
    const [first] = group;
    if (first === undefined) continue;
    const places = group.flatMap((addon) => addon.places);
    merged.push({ ...first, places });
    if (group.length > 1) {
      repeats.push(
        `release ${first.release} of ${first.chart} ${versionText(first)} is declared ${group.length} times (${allPlaces(places)}), it is mirrored once`,
      );
    }
  }
  const renamed = new Map<Addon, Addon>();
  const taken = new Map<string, Set<string>>();
  for (const addon of merged) taken.set(addon.chart, (taken.get(addon.chart) ?? new Set()).add(addon.release));
  for (const [first, ...others] of groupedBy(merged, (addon) => JSON.stringify([addon.chart, addon.release]))) {
    for (const other of others) {
      const [place] = other.places;
      const before = first?.places[0];
      if (first === undefined || place === undefined || before === undefined) continue;
      const what = `release ${shown(other.release)} of chart ${shown(other.chart)} is declared at ${whereOf(before)} with another ${differenceOf(first, other)}`;
      if (mode === 'catalog') {
        problems.push(problemAt(place, { what, instead: 'give one of the two another release name' }));
        continue;
      }
      const names = taken.get(other.chart) ?? new Set();
      const release = freeName(other, names);
      names.add(release);
      renamed.set(other, { ...other, release });
      notes.push(`${whereOf(place)}: ${what}, this one is called ${shown(release)}`);
    }
  }
  return { addons: merged.map((addon) => renamed.get(addon) ?? addon), merged: repeats, notes, problems };
}
