import { formatPath } from '../chart/values-tree.ts';
import type { ImageUse } from '../images/image-use.ts';
import { strayDigests } from '../proof/stray-digests.ts';
import { markDigest, marksIn } from './pin-mark.ts';
import type { PinSpot } from './pin-spots.ts';

/** What is put behind the lead: the whole digest, or its digits alone where a template adds `sha256:`. */
export type PinForm = 'digest' | 'hex';

/** A spot that is tried, with a number of its own. */
export interface PinCandidate extends PinSpot {
  readonly id: number;
  readonly form: PinForm;
}

/** How a pinned reference is written: behind its tag, or in its place. */
export type PinnedAs = 'tag' | 'bare';

/** A candidate that does what it should, with the uses that it pins, by their place in the list. */
export interface ProvenPin {
  readonly candidate: PinCandidate;
  readonly uses: readonly (readonly [index: number, as: PinnedAs])[];
}

/** A candidate that cannot be taken, and why; `uses` are those that it would have pinned, as far as that is known. */
export interface RefusedPin {
  readonly candidate: PinCandidate;
  readonly uses: readonly number[];
  readonly reason: string;
}

/** What one render with marks showed. `corrected` are to be tried again, in another form or with another lead. */
export interface PinRound {
  readonly proven: readonly ProvenPin[];
  readonly refused: readonly RefusedPin[];
  readonly corrected: readonly PinCandidate[];
}

/** A render with marks, and what it is compared with. */
export interface MarkedRender {
  readonly base: readonly ImageUse[];
  readonly uses: readonly ImageUse[];
  readonly text: string;
  readonly candidates: readonly PinCandidate[];
  /** What tells images apart, for those that are to be pinned; undefined for what must stay as it is. */
  readonly imageOf: (index: number) => number | undefined;
  /** Whether a use has no pin yet. */
  readonly isOpen: (index: number) => boolean;
}

/** What is written for a digest. */
export function pinText({ lead, form }: Pick<PinCandidate, 'lead' | 'form'>, digest: string): string {
  return `${lead}${form === 'hex' ? digest.slice(digest.indexOf(':') + 1) : digest}`;
}

/** A reference's text without its tag. */
function nameOf(text: string): string {
  return text.replace(/:[^/:]*$/, '');
}

interface Pair {
  readonly index: number;
  readonly before: string;
  readonly after: string;
  readonly ids: readonly number[];
}

function placeKey({ template, kind, path }: ImageUse): string {
  return [template, kind, path].join('\n');
}

/** The uses side by side, place by place and in their order, since objects may have random names. */
function pairsOf({ base, uses }: MarkedRender): readonly Pair[] {
  const there = Map.groupBy(uses, placeKey);
  const indexed = base.map((use, index) => ({ use, index }));
  return [...Map.groupBy(indexed, ({ use }) => placeKey(use))].flatMap(([key, own]) => {
    const others = there.get(key) ?? [];
    if (others.length !== own.length) return [];
    return own.map(({ use, index }, at) => {
      const after = others[at]?.text ?? '';
      return { index, before: use.text, after, ids: marksIn(after) };
    });
  });
}

function shapeOf({ before, after }: Pair, id: number): PinnedAs | undefined {
  const mark = `@${markDigest(id)}`;
  if (after === `${before}${mark}`) return 'tag';
  return after === `${nameOf(before)}${mark}` ? 'bare' : undefined;
}

/** The lead with which a template that adds something before the tag comes to the wanted one; undefined for none. */
function mendedLead({ before, after }: Pair, { id, lead }: PinCandidate): string | undefined {
  const guess = lead.slice(0, -1);
  const mark = `@${markDigest(id)}`;
  if (guess === '' || !after.endsWith(`${guess}${mark}`)) return undefined;
  const added = after.slice(0, -`${guess}${mark}`.length);
  return before.startsWith(added) && before.length > added.length ? `${before.slice(added.length)}@` : undefined;
}

function mended(candidate: PinCandidate, hits: readonly Pair[], text: string): PinCandidate | undefined {
  const { id, form, value } = candidate;
  if (form === 'digest' && text.includes(`sha256:${markDigest(id)}`)) return { ...candidate, form: 'hex' };
  const isEmpty = value === undefined || value === '';
  const leads = new Set(isEmpty ? hits.map((pair) => mendedLead(pair, candidate)) : []);
  const [lead] = leads;
  return leads.size === 1 && lead !== undefined && lead !== candidate.lead && !lead.includes('/')
    ? { ...candidate, lead }
    : undefined;
}

/** Why a candidate cannot be taken, although its mark stands in references; undefined when it can. */
function objection(candidate: PinCandidate, hits: readonly Pair[], render: MarkedRender): string | undefined {
  const { base, imageOf, isOpen } = render;
  const key = formatPath(candidate.path);
  const images = new Set(hits.map(({ index }) => imageOf(index)));
  if (images.size > 1 || images.has(undefined)) {
    const names = [...new Set(hits.map(({ index }) => base[index]).flatMap((use) => use?.text ?? []))];
    return names.length > 1
      ? `${key} makes ${names.slice(0, 3).join(' and ')}, which have different digests`
      : `${key} makes a reference that is to stay as it is`;
  }
  if (hits.some((pair) => pair.ids.length > 1 || shapeOf(pair, candidate.id) === undefined))
    return `a digest in ${key} does not come to stand at the end of the reference`;
  return hits.every(({ index }) => isOpen(index)) ? undefined : `${key} also makes a reference that is pinned already`;
}

/** Judges a render in which every candidate has a mark. */
export function readPinRound(render: MarkedRender): PinRound {
  const { text, candidates } = render;
  const pairs = pairsOf(render);
  const marked = pairs.filter(({ ids }) => ids.length > 0);
  const strays = strayDigests(
    text,
    marked.map(({ after }) => after),
    /da7a[0-9a-f]{4}da7a/,
  );
  const proven: ProvenPin[] = [];
  const refused: RefusedPin[] = [];
  const corrected: PinCandidate[] = [];
  for (const candidate of candidates) {
    const { id } = candidate;
    const hits = marked.filter(({ ids }) => ids.includes(id));
    const uses = hits.map(({ index }) => index);
    const other = mended(candidate, hits, text);
    const stray = strays.find(({ line }) => marksIn(line).includes(id));
    const why =
      stray === undefined
        ? objection(candidate, hits, render)
        : `${formatPath(candidate.path)} also makes ${stray.key === undefined ? 'another line' : stray.key} in ${stray.template}`;
    if (other !== undefined) corrected.push(other);
    else if (hits.length === 0 && stray === undefined) continue;
    else if (why !== undefined) refused.push({ candidate, uses, reason: why });
    else proven.push({ candidate, uses: hits.flatMap((pair) => [[pair.index, shapeOf(pair, id) ?? 'tag'] as const]) });
  }
  return { proven, refused, corrected };
}
