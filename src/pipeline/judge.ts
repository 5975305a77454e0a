import type { Addon } from '../domain/addon.ts';
import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import type { ChartTree } from '../domain/chart/chart-tree.ts';
import { exclusionOf, exclusionReason } from '../domain/images/exclusion.ts';
import { type ImageUse, isSplit, splitFields } from '../domain/images/image-use.ts';
import { readRendered } from '../domain/images/rendered-documents.ts';
import { editedValue, type LeafEdit } from '../domain/overlay/edit-values.ts';
import { FLAT_JOINT, isFlat, splitTarget, targetBase } from '../domain/plan/destination.ts';
import { compareUses, furtherBases, type Residue } from '../domain/proof/compare.ts';
import { completedBases } from '../domain/proof/completed-bases.ts';
import { brokenLimits, type DefinitionFile } from '../domain/proof/definition-limits.ts';
import { type Intended, type OtherChanges, otherChanges, withoutPins } from '../domain/proof/other-changes.ts';
import { strayDigests } from '../domain/proof/stray-digests.ts';
import { type SweepHit, sweep } from '../domain/proof/sweep.ts';
import { looksLikeRegistry, parseReference } from '../domain/reference.ts';
import type { ChartItem } from './chart-item.ts';
import { sortUses } from './extract.ts';
import { crdFileText, targetHosts, usesOf } from './find-uses.ts';
import type { Texts } from './original-texts.ts';
import type { Planned } from './planned-texts.ts';
import { LEFT_OUT, NOT_FLAT } from './proof-failure.ts';
import type { Extraction, ReleaseItem, Verdict } from './release-item.ts';
import type { Run } from './run.ts';
import { sourceHosts } from './source-hosts.ts';

/** A proof that did not come to an end. */
export function unproven(reason: string): Verdict {
  return { proven: false, references: 0, residue: [], unexplained: [], explained: {}, reason, isEarlier: false };
}

/** Why a beginning of references may stand where the original does not show one. */
export const COMPLETED = 'a beginning that programs complete, seen only where it is moved';

function countExplained(hits: readonly SweepHit[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { explained } of hits) if (explained !== undefined) counts[explained] = (counts[explained] ?? 0) + 1;
  return counts;
}

/** A render that is judged, with the chart it was made from. */
export interface Rendered {
  readonly output: string;
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
}

/** The original as it was read, and what is to become of it. Without `texts`, only references are compared. */
export interface Originals {
  readonly extraction: Extraction;
  readonly planned: Planned;
  readonly texts: Texts | undefined;
}

/** So many digits tell a digest, where it was cut off. */
export const DIGITS = 12;

/** A verdict, and the form of it that later runs may have; undefined for none. */
export interface Judged {
  readonly verdict: Verdict;
  readonly kept: Verdict | undefined;
}

/**
 * Whether a value says where images are: then it may stand by itself where parts of references do. A part of a host, such as a
 * region, means more than that, and may differ inside references only.
 */
function isOfImages({ before = '', ...edit }: LeafEdit, host: string): boolean {
  const after = editedValue({ ...edit, before });
  const isEnd = ['/', FLAT_JOINT].some((joint) => after.endsWith(`${joint}${before}`));
  return after.includes(host) || /[./]/.test(before) || (before !== '' && isEnd);
}

/** The parts of references that fields make together, as fields of the original may say them: the name, and what it begins with. */
function fieldTexts(uses: readonly ImageUse[]): readonly string[] {
  return uses.filter(isSplit).flatMap(({ text }) => {
    const steps = text
      .replace(/@.*$/, '')
      .replace(/:[^/]*$/, '')
      .split('/');
    return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
  });
}

/**
 * What may differ between the original's render and the relocated one's. That a line was patched says nothing of it: what is planned
 * for references may stand there, and nothing else.
 */
function intended({ uses }: Extraction, { wanted, pinned, edits: files, patches }: Planned, run: Run): Intended {
  const { host } = splitTarget(run.options.naming.registry);
  const edits = files.map(({ edit }) => edit).filter((edit) => isOfImages(edit, host));
  const telling = (texts: readonly string[]): readonly string[] =>
    [...new Set(texts)].filter((text) => text.length > 1).sort((a, b) => b.length - a.length);
  const replaced = patches.flatMap(({ references }) =>
    references.map((one) => ({ ...one, wanted: withoutPins(one.wanted, pinned) })),
  );
  const before = [
    ...uses.flatMap(({ text, reference }) => [text, reference.registry]),
    ...edits.map((edit) => edit.before ?? ''),
    ...fieldTexts(uses),
  ];
  // a single word says too little: what it becomes may stand where parts of references do
  const planned = [...uses.filter(({ text }) => /[/:@.]/.test(text)).map(wanted), ...pinned.map(({ plain }) => plain)];
  return {
    before: telling(before),
    planned: telling(planned),
    parts: telling([...edits.map(editedValue), host]),
    replaced: [...new Map(replaced.map((one) => [one.wanted, one])).values()].sort(
      (a, b) => b.wanted.length - a.wanted.length,
    ),
    moved: uses.map((use) => ({ text: use.text, wanted: withoutPins(wanted(use), pinned) })),
    filled: new Set(edits.filter(({ before = '' }) => before === '').map(({ path }) => String(path.at(-1)))),
    fields: new Set(uses.flatMap((use) => splitFields(use)?.fields ?? [])),
    pinned,
  };
}

/**
 * The lines that differ although they should not. The original is rendered a second time only where some do: what differs
 * between its two renders is chance.
 */
async function otherLines(texts: Texts, output: string, wanted: Intended): Promise<OtherChanges> {
  const { once, again } = texts;
  const first = otherChanges({ once, again: once }, output, wanted);
  return first.residue.length === 0 ? first : otherChanges({ once, again: await again() }, output, wanted);
}

/**
 * Parts of names that were moved: some charts print all of their values, for a program to read, and so parts that nothing puts
 * together. With a host before, a tag or a digest, a value names an image, which has to be planned.
 */
function writtenParts({ edits }: Planned, run: Run): readonly string[] {
  return edits.flatMap(({ edit }) => {
    const after = editedValue(edit);
    const isNew = edit.before !== undefined && !looksLikeRegistry(edit.before.split('/')[0] ?? '');
    const isPart = !/[:@]/.test(after.slice(targetBase(run.options.naming).length));
    return isNew && isPart && after.startsWith(`${targetBase(run.options.naming)}/`) ? [after] : [];
  });
}

/** Lines that name a digest beside the references: a label, a name. */
function strayLines(output: string, { digests }: Planned, texts: readonly string[]): readonly Residue[] {
  if (digests.length === 0) return [];
  const starts = digests.map((digest) => digest.slice(digest.indexOf(':') + 1).slice(0, DIGITS));
  return strayDigests(output, texts, new RegExp(starts.join('|'))).map(({ template, line }) => ({
    place: `${template} (beside the references)`,
    expected: undefined,
    found: line.trim(),
  }));
}

/** What is left of a line that may hold anything: the digests that it names, of those that were planned. */
function digestsIn(line: string | undefined, digests: readonly string[]): string | undefined {
  const starts = digests.map((digest) => digest.slice(digest.indexOf(':') + 1).slice(0, DIGITS));
  return line === undefined ? undefined : starts.filter((start) => line.includes(start)).join(' ');
}

/**
 * What may be kept of a verdict. Chance may have decided one that fails by lines alone, and lines may hold secrets: so it is not
 * kept, but where digests were tried, of which the proof tells which ones spoil it.
 */
function keptForm(verdict: Verdict, lines: readonly Residue[], digests: readonly string[]): Verdict | undefined {
  if (lines.length === 0) return verdict;
  if (digests.length === 0) return undefined;
  const residue = verdict.residue.map((one) =>
    lines.includes(one)
      ? { place: one.place, expected: digestsIn(one.expected, digests), found: digestsIn(one.found, digests) }
      : one,
  );
  return { ...verdict, residue };
}

/** Why the catalog leaves out what only the sweep takes for an image. */
function excludedIn(addon: Addon, text: string): string | undefined {
  const reference = parseReference(text);
  const exclusion = reference && exclusionOf(addon, reference);
  return exclusion && exclusionReason(exclusion);
}

/** What the definitions of custom resources in the chart do not allow of those that it has now, and did of the original's. */
function forbidden(item: ChartItem, { output, tree, chart }: Rendered, original: string, run: Run): readonly Residue[] {
  const relocated = readRendered(output, item.memo);
  const printed = relocated.filter(({ content }) => content.kind === 'crd');
  const definitions: readonly DefinitionFile[] = [
    ...textsBelow(tree, chart, 'crds/'),
    ...printed.map(({ template, text }) => ({ shown: template, text })),
  ];
  if (definitions.length === 0) return [];
  const renders = { relocated, original: readRendered(original, item.memo), definitions };
  return brokenLimits(renders, targetBase(run.options.naming));
}

/** Compares a relocated render with the original: references, everything else, and its text as a whole. */
export async function judge(
  item: ChartItem,
  release: ReleaseItem,
  { output, tree, chart }: Rendered,
  { extraction, planned, texts }: Originals,
  run: Run,
): Promise<Judged> {
  const { wanted, pinned, isOptional } = planned;
  const rendered = { output, tree, chart };
  const excluded = item.pulled?.excluded ?? [];
  const { uses } = sortUses(usesOf(item, output, targetHosts(run), rendered), release.addon);
  const plain = new Map(pinned.map((pin) => [pin.text, pin.plain]));
  const seen = isOptional ? uses.map((use) => ({ ...use, text: plain.get(use.text) ?? use.text })) : uses;
  const misplaced = [
    ...compareUses(extraction.uses, seen, wanted),
    ...forbidden(item, rendered, texts?.once ?? '', run),
  ];
  const bases = furtherBases(extraction.uses, seen, wanted);
  const expected = [...extraction.uses.map(wanted), ...pinned.map(({ text }) => text)];
  const further = texts && (await otherLines(texts, output, intended(extraction, planned, run)));
  const others = [...(further?.residue ?? []), ...strayLines(output, planned, expected)];
  const hits = sweep(`${output}\n${crdFileText(tree, chart)}`, {
    target: targetBase(run.options.naming),
    sourceTexts: extraction.uses.map((use) => use.text),
    sourceHosts: sourceHosts(item, release, extraction),
    planned: [...expected, ...writtenParts(planned, run)],
    ...(texts === undefined ? {} : { original: texts.once }),
    aside: extraction.aside.map(({ use, why }) => ({ template: use.template, text: use.text, why })),
    excluded: (text) => excludedIn(release.addon, text),
    silent: item.silentPages,
  });
  const unexplained = hits.filter((hit) => hit.explained === undefined);
  const isMoved = misplaced.length === 0 && unexplained.length === 0 && excluded.length === 0;
  const completed = isFlat(run.options.naming) ? completedBases(extraction.uses, bases) : [];
  const reasons = [
    ...(excluded.length === 0 ? [] : [`${LEFT_OUT} ${excluded.join(', ')}`]),
    ...(completed.length === 0 ? [] : [`${NOT_FLAT} ${completed.join(', ')}`]),
  ];
  const reason = reasons.length === 0 ? undefined : reasons.join('; ');
  const verdict: Verdict = {
    proven: isMoved && others.length === 0 && completed.length === 0,
    references: uses.length,
    residue: [...misplaced, ...others],
    unexplained,
    explained: {
      ...countExplained(hits),
      ...further?.explained,
      ...(bases.length === 0 ? {} : { [COMPLETED]: bases.length }),
    },
    reason,
    isEarlier: false,
  };
  return { verdict, kept: keptForm(verdict, others, pinned.length > 0 ? planned.digests : []) };
}
