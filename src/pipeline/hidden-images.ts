import { formatAddress } from '../domain/chart/archive-tree.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { nodeAt } from '../domain/chart/values-tree.ts';
import { type DeclaredReference, declaredReferences } from '../domain/images/declared.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import { isCarried } from '../domain/images/image-use.ts';
import { spelledOut } from '../domain/images/spelled-out.ts';
import { formatProfile, isAskedFor } from '../domain/profiles/profile.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import type { ChartItem } from './chart-item.ts';
import type { ReleaseItem } from './release-item.ts';

/**
 * Whether the relocated chart pulls a hidden image from the target: proven by a render, by the form of its value only, or
 * not at all.
 */
export type Moved = 'proven' | 'by-form' | 'no';

/** An image that the values of a release do not render, and other values may. */
export interface HiddenImage {
  readonly reference: Reference;
  readonly evidence: 'conditional' | 'declared';
  /** The profiles that show it, or the keys and annotations that name it. */
  readonly when: readonly string[];
  readonly moved: Moved;
}

function shownBy(release: ReleaseItem): readonly Reference[] {
  const asked = release.profiles.filter(({ profile }) => isAskedFor(profile)).map(({ extraction }) => extraction);
  const all = [...(release.extraction === undefined ? [] : [release.extraction]), ...asked];
  return all.flatMap(({ uses }) => uses).map(({ reference }) => reference);
}

function conditional(release: ReleaseItem, shown: ReadonlySet<string>): readonly HiddenImage[] {
  const found = new Map<string, { reference: Reference; when: string[]; proven: boolean }>();
  for (const { profile, extraction, ownUses, verdict } of release.profiles) {
    if (isAskedFor(profile)) continue;
    // what stands in test values is no part of the chart: whoever uses them has it as it is
    const own = new Set(profile.kind === 'switch' ? [] : ownUses.map(({ reference }) => formatReference(reference)));
    const references = new Map(
      extraction.uses
        .filter(({ role }) => isCarried(role))
        .map(({ reference }) => [formatReference(reference), reference] as const),
    );
    for (const [text, reference] of references) {
      if (shown.has(text)) continue;
      const one = found.get(text) ?? { reference, when: [], proven: true };
      one.when.push(formatProfile(profile));
      one.proven &&= verdict?.proven === true && !own.has(text);
      found.set(text, one);
    }
  }
  return [...found.values()].map(({ reference, when, proven }) => ({
    reference,
    evidence: 'conditional',
    when,
    moved: proven ? 'proven' : 'no',
  }));
}

/** Whether a text that decides where a reference is pulled from is another one in the relocated chart. */
function isEdited({ texts }: DeclaredReference, item: ChartItem, { extraction }: ReleaseItem): boolean {
  if (extraction === undefined) return false;
  return texts.some((path) => {
    const node = nodeAt(extraction.values, path);
    if (node?.kind !== 'string' || node.origin.kind !== 'chart') return false;
    const { address, path: at } = node.origin;
    return (item.relocated?.edits ?? []).some(
      ({ file, edit }) => file === formatAddress(address) && JSON.stringify(edit.path) === JSON.stringify(at),
    );
  });
}

function repositoryOf({ registry, repository }: Reference): string {
  return `${registry}/${repository}`;
}

function declared(item: ChartItem, release: ReleaseItem, shown: readonly Reference[]): readonly HiddenImage[] {
  const { pulled } = item;
  const { extraction } = release;
  if (pulled === undefined || extraction === undefined) return [];
  const defaults = effectiveValues(pulled.tree, pulled.chart, []);
  const known = new Set(shown.map(formatReference));
  const repositories = new Set(shown.map(repositoryOf));
  const found = new Map<string, { reference: Reference; when: string[]; moves: boolean[] }>();
  const patched = new Set((item.relocated?.patches ?? []).map((patch) => `${patch.shown}:${patch.line}`));
  for (const { reference, shown: file, line } of spelledOut(textsBelow(pulled.tree, pulled.chart, 'templates/'))) {
    const text = formatReference(reference);
    const where = `${file}:${line}`;
    if (known.has(text) || exclusionOf(release.addon, reference) !== undefined) continue;
    const entry = found.get(text) ?? { reference, when: [], moves: [] };
    entry.when.push(where);
    entry.moves.push(patched.has(where));
    found.set(text, entry);
  }
  // an annotation says nothing of where the image is pulled from; values that name the same repository do
  const ofRepository = new Map<string, boolean[]>();
  for (const one of [
    ...declaredReferences(pulled.chart, extraction.values),
    ...declaredReferences(pulled.chart, defaults),
  ]) {
    const isMoved = one.texts.length > 0 ? [isEdited(one, item, release)] : [];
    const repository = repositoryOf(one.reference);
    ofRepository.set(repository, [...(ofRepository.get(repository) ?? []), ...isMoved]);
    const text = formatReference(one.reference);
    // without a tag of its own it is one that was rendered, with the tag that a template adds
    if (known.has(text) || (!one.isWhole && repositories.has(repository))) continue;
    if (exclusionOf(release.addon, one.reference) !== undefined) continue;
    const entry = found.get(text) ?? { reference: one.reference, when: [], moves: [] };
    if (!entry.when.includes(one.where)) entry.when.push(one.where);
    entry.moves.push(...isMoved);
    found.set(text, entry);
  }
  return [...found.values()].map(({ reference, when, moves }) => {
    const all = moves.length > 0 ? moves : (ofRepository.get(repositoryOf(reference)) ?? []);
    return { reference, evidence: 'declared', when, moved: all.length > 0 && all.every(Boolean) ? 'by-form' : 'no' };
  });
}

/**
 * The images of a release that its own values do not render: those that another profile shows, then those that only values
 * and annotations name. Valid once the chart is proven.
 */
export function hiddenImages(item: ChartItem, release: ReleaseItem): readonly HiddenImage[] {
  const shown = shownBy(release);
  const elsewhere = conditional(release, new Set(shown.map(formatReference)));
  return [...elsewhere, ...declared(item, release, [...shown, ...elsewhere.map(({ reference }) => reference)])];
}
