import { type ArchiveTree, withFile } from '../domain/chart/archive-tree.ts';
import { literalTexts, textsBelow } from '../domain/chart/chart-files.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import { type ImageUse, splitFields } from '../domain/images/image-use.ts';
import { isKeyPath } from '../domain/images/object-paths.ts';
import { spelledOut } from '../domain/images/spelled-out.ts';
import { chooseLiterals } from '../domain/overlay/choose-literals.ts';
import { comparedIn } from '../domain/overlay/compared-values.ts';
import { completedIn, completedName, flattenedName } from '../domain/overlay/official-names.ts';
import { patchKeys } from '../domain/overlay/patch-keys.ts';
import { type LinePatch, type Literal, patchLiterals, type Replaced } from '../domain/overlay/patch-literals.ts';
import type { SplitPlace } from '../domain/overlay/split-fields.ts';
import { isFlat, type NamingRule, targetBase } from '../domain/plan/destination.ts';
import { flatBeginning } from '../domain/plan/flat-leads.ts';
import type { Reference } from '../domain/reference.ts';
import { type ChartItem, livingReleases, type Reach } from './chart-item.ts';
import { exampleUses } from './named-only.ts';

/** A tree with its patched files, and every line that changed. */
export interface Patched {
  readonly tree: ArchiveTree;
  readonly patches: readonly LinePatch[];
  /** The texts that were replaced by what they become with a digest. */
  readonly pinned: ReadonlySet<string>;
}

/** What templates spell out and no render has shown, where hidden images are moved as far as that. */
function unseen(item: ChartItem, reach: Reach): readonly Pick<ImageUse, 'text' | 'reference'>[] {
  const { pulled } = item;
  if (pulled === undefined || reach !== 'declared') return [];
  const templates = textsBelow(pulled.tree, pulled.chart, 'templates/');
  const releases = livingReleases(item);
  // a text is patched wherever it stands: moving what a render shows as documentation would spoil its proof
  const examples = new Set(releases.flatMap(exampleUses).map(({ text }) => text));
  return spelledOut(templates).filter(
    ({ text, reference }) =>
      !examples.has(text) && releases.every(({ addon }) => exclusionOf(addon, reference) === undefined),
  );
}

/** What templates spell of references, by their texts, of which values make the rest of a flat name. */
function ledOf(item: ChartItem, base: string): ReadonlyMap<string, Replaced> {
  const led = new Set(livingReleases(item).flatMap((release) => release.relocation?.led ?? []));
  return new Map(
    item.traced
      .flatMap((traced) => traced.led)
      .flatMap(({ use, lead = '' }) => {
        const begun = led.has(use) ? flatBeginning(lead, base) : undefined;
        return begun === undefined ? [] : [[use.text, begun] as const];
      }),
  );
}

function literalsOf(item: ChartItem, reach: Reach, { wanted, naming }: PatchedTexts): readonly Literal[] {
  const led = ledOf(item, targetBase(naming));
  const shown = livingReleases(item).flatMap((release) => release.relocation?.literals ?? []);
  const places = Map.groupBy(
    shown.flatMap((use) => {
      const fields = splitFields(use);
      return fields === undefined ? [] : [{ of: use.text, ...fields }];
    }),
    ({ of }) => of,
  );
  const splitOf = (text: string): readonly SplitPlace[] => [
    ...new Map(places.get(text)?.map((place) => [JSON.stringify(place), place])).values(),
  ];
  const uses = [...shown, ...unseen(item, reach)];
  return [...new Map(uses.map(({ text, reference }) => [text, { text, reference }])).values()].map(
    ({ text, reference }) => {
      const begun = led.get(text);
      return { text, wanted: wanted(reference), split: splitOf(text), ...(begun === undefined ? {} : { begun }) };
    },
  );
}

/** The references that renders have as keys of maps. */
function keysOf(item: ChartItem): ReadonlySet<string> {
  const shown = livingReleases(item).flatMap((release) => release.relocation?.literals ?? []);
  return new Set(shown.filter(({ path }) => isKeyPath(path)).map(({ text }) => text));
}

/** Names behind a registry that values move: what is missing is written before them, or they are made flat. */
function officialsOf(item: ChartItem, { wanted, naming }: PatchedTexts): readonly Replaced[] {
  const uses = livingReleases(item).flatMap((release) => release.relocation?.officials ?? []);
  const names = new Map(item.traced.flatMap((one) => one.attributions).map(({ use, official }) => [use, official]));
  const base = targetBase(naming);
  const all = uses.map((use) =>
    isFlat(naming)
      ? flattenedName(names.get(use) ?? '', wanted(use.reference), base)
      : completedName(use.text, wanted(use.reference)),
  );
  return [...new Map(all.map((one) => [one.text, one])).values()];
}

/** What references become in the chart: the text for each, and that of some with a digest, by the text of the original. */
export interface PatchedTexts {
  readonly wanted: (reference: Reference) => string;
  readonly pinned: ReadonlyMap<string, string>;
  readonly naming: NamingRule;
}

/**
 * Moves what no value can move: references that templates, CRDs and other files of the chart spell out. Of one that no
 * file spells as a whole, the parts are looked for that a template completes; what is spelled as a whole may get a digest. The
 * proof decides whether it helped.
 */
export function patchTree(tree: ArchiveTree, item: ChartItem, reach: Reach, after: PatchedTexts): Patched {
  const { pinned } = after;
  const literals = literalsOf(item, reach, after);
  const { pulled, compared } = item;
  const officials = officialsOf(item, after);
  if (literals.length + officials.length + compared.length === 0 || pulled === undefined)
    return { tree, patches: [], pinned: new Set() };
  const texts = literalTexts(tree, pulled.chart);
  const isPinned = ({ kind, text }: Literal): boolean => kind === undefined && pinned.has(text);
  const chosen = chooseLiterals(literals, texts).map((literal) =>
    isPinned(literal) ? { ...literal, wanted: pinned.get(literal.text) ?? literal.wanted } : literal,
  );
  const completed = completedIn(texts, officials);
  const named = new Set(chosen.filter(isPinned).map(({ text }) => text));
  const inKeys = keysOf(item);
  const keys = literals.filter(({ text }) => inKeys.has(text));
  const valueTexts = keys.length === 0 ? [] : textsBelow(tree, pulled.chart, 'values.yaml');
  const files = [
    ...texts.map((file) => ({
      file,
      ...patchLiterals(file, chosen, { first: completed(file), last: comparedIn(file, compared) }),
    })),
    ...valueTexts.map((file) => ({ file, ...patchKeys(file, keys) })),
  ].filter(({ patches }) => patches.length > 0);
  return {
    tree: files.reduce((current, { file, text }) => withFile(current, file.address, Buffer.from(text)), tree),
    patches: files.flatMap(({ patches }) => patches),
    pinned: named,
  };
}
