import { formatPath, nodeAt, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import type { ImageUse } from '../images/image-use.ts';
import { emitYaml } from '../overlay/emit-yaml.ts';
import { overlayTree } from '../trace/overlay-tree.ts';
import { fillSlots } from '../trace/slot.ts';
import { MOST_MARKS, markDigest } from './pin-mark.ts';
import { type PinCandidate, type PinForm, type PinnedAs, pinText, readPinRound } from './pin-round.ts';
import { digestSpots, emptyTagSpots, type PinGround, type PinSpot, tagSpots } from './pin-spots.ts';

/** What helm prints with a further values document, or why it refuses; `lasting` when it would refuse another time. */
export type PinRender =
  | { readonly kind: 'rendered'; readonly uses: readonly ImageUse[]; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly lasting: boolean };

/** One set of values whose references are to be pinned. */
export interface PinTask extends PinGround {
  readonly uses: readonly ImageUse[];
  /** By the place in `uses`: what tells images with different digests apart; undefined for what must stay as it is. */
  readonly images: readonly (number | undefined)[];
  /** Values that are not to be tried, by `JSON.stringify` of their path. */
  readonly banned: ReadonlySet<string>;
  readonly render: (overlay: string) => Promise<PinRender>;
}

/** A value that gets a digest, and the uses that name it then, by their place in the list. */
export interface PlannedPin extends PinSpot {
  readonly form: PinForm;
  readonly uses: readonly (readonly [index: number, as: PinnedAs])[];
}

/** A plan without the values that its pins stand in, which can hold anything. */
export interface KeptPinPlan extends Omit<PinPlan, 'pins'> {
  readonly pins: readonly Omit<PlannedPin, 'value'>[];
}

/** What of a plan may be kept. */
export function keptPinPlan(plan: PinPlan): KeptPinPlan {
  return { ...plan, pins: plan.pins.map(({ value: _, ...pin }) => pin) };
}

function valueAt(values: ValueNode, path: ValuePath): string | undefined {
  const node = nodeAt(values, path);
  if (node?.kind === 'string') return node.value;
  return node?.kind === 'plain' ? node.source : undefined;
}

/** The plan that was kept, for the same values. */
export function wholePinPlan(kept: KeptPinPlan, values: ValueNode): PinPlan {
  return { ...kept, pins: kept.pins.map((pin) => ({ ...pin, value: valueAt(values, pin.path) })) };
}

/** How the uses of one set of values come to name digests, and why the others do not. It holds no digest of an image. */
export interface PinPlan {
  readonly pins: readonly PlannedPin[];
  readonly reasons: readonly (readonly [index: number, reason: string])[];
  readonly renders: number;
  /** Whether it would be the same another time. */
  readonly lasting: boolean;
}

/** The most renders for spots of one kind; what is open then keeps its tag. */
const LIMIT = 24;

// helm says: at '/image': additional properties 'digest', 'sha' not allowed
const COMPLAINT = /at '([^']*)': (?:additional propert(?:y|ies) ((?:'[^']+'(?:, )?)+))?/g;

/** The values that a schema complains of, as far as it is told which: it counts paths from its own chart, which has no name here. */
function complainedOf(reason: string, candidates: readonly PinCandidate[]): readonly PinCandidate[] {
  const pointers = [...reason.matchAll(COMPLAINT)].flatMap(([, at = '', keys]) =>
    keys === undefined ? [at] : [...keys.matchAll(/'([^']+)'/g)].map(([, key = '']) => `${at}/${key}`),
  );
  return pointers.flatMap((pointer) => {
    const meant = candidates.filter(({ path }) => `/${path.join('/')}`.endsWith(pointer === '' ? '/' : pointer));
    return new Set(meant.map(({ path }) => JSON.stringify(path))).size === 1 ? meant : [];
  });
}

class PinPlanner {
  readonly pins: PlannedPin[] = [];
  readonly reasons = new Map<number, string>();
  renders = 0;
  lasting = true;
  #end = 0;
  readonly #task: PinTask;
  readonly #open: Set<number>;
  readonly #refused: string[] = [];
  #id = 0;

  constructor(task: PinTask) {
    this.#task = task;
    this.#open = new Set(task.images.flatMap((image, index) => (image === undefined ? [] : [index])));
  }

  get open(): readonly ImageUse[] {
    return this.#task.uses.filter((_, index) => this.#open.has(index));
  }

  /** Tries spots, all in one render, and those once more that need another form. */
  async tryAll(spots: readonly PinSpot[]): Promise<void> {
    this.#end = this.renders + LIMIT;
    const allowed = spots.filter(({ path }) => !this.#task.banned.has(JSON.stringify(path)));
    const candidates = allowed.map((spot): PinCandidate => ({ ...spot, id: this.#next(), form: 'digest' }));
    const corrected = await this.#batch(candidates);
    await this.#batch(corrected.map((candidate) => ({ ...candidate, id: this.#next() })));
  }

  /** What nothing else was said of. */
  explainOpen(): void {
    const helm = this.#refused.at(0);
    for (const index of this.#open) {
      if (!this.reasons.has(index)) this.reasons.set(index, helm ?? 'no value makes its tag or a digest beside it');
    }
  }

  #next(): number {
    this.#id = (this.#id + 1) % MOST_MARKS;
    return this.#id;
  }

  /**
   * One render; where helm refuses, the same without what it names, or halves, until what it refuses stands alone. Returns what
   * is to be tried again.
   */
  async #batch(candidates: readonly PinCandidate[]): Promise<readonly PinCandidate[]> {
    if (candidates.length === 0 || this.#open.size === 0) return [];
    if (this.renders >= this.#end) {
      this.#refused.push('not found within the number of renders that a release may have');
      return [];
    }
    this.renders += 1;
    const result = await this.#task.render(overlayOf(this.#task, candidates));
    if (result.kind === 'rendered') return this.#read(candidates, result);
    this.lasting &&= result.lasting;
    const named = complainedOf(result.reason, candidates);
    if (named.length > 0) {
      for (const group of Map.groupBy(named, ({ path }) => JSON.stringify(path)).values())
        this.#refuse(group, result.reason);
      return this.#batch(candidates.filter((candidate) => !named.includes(candidate)));
    }
    const groups = [...Map.groupBy(candidates, ({ path }) => JSON.stringify(path)).values()];
    if (groups.length < 2) {
      this.#refuse(candidates, result.reason);
      return [];
    }
    const half = Math.ceil(groups.length / 2);
    // one after the other: the first to pin a use has it, whatever the speed of renders
    const first = await this.#batch(groups.slice(0, half).flat());
    return [...first, ...(await this.#batch(groups.slice(half).flat()))];
  }

  #read(
    candidates: readonly PinCandidate[],
    { uses, text }: Extract<PinRender, { kind: 'rendered' }>,
  ): readonly PinCandidate[] {
    const { uses: base, images } = this.#task;
    const imageOf = (index: number): number | undefined => images[index];
    const isOpen = (index: number): boolean => this.#open.has(index);
    const round = readPinRound({ base, uses, text, candidates, imageOf, isOpen });
    for (const { uses: hit, reason } of round.refused)
      for (const index of hit) if (isOpen(index)) this.reasons.set(index, reason);
    for (const { candidate, uses: hit } of round.proven) {
      const { path, value, offset, length, lead, form } = candidate;
      this.pins.push({ path, value, offset, length, lead, form, uses: hit });
      for (const [index] of hit) this.#open.delete(index);
    }
    return round.corrected;
  }

  #refuse(candidates: readonly PinCandidate[], reason: string): void {
    const [first] = candidates;
    if (first === undefined) return;
    const why = `helm refuses a digest in ${formatPath(first.path)}: ${reason}`;
    const value = first.value?.trimEnd() ?? '';
    const isOwn = ({ text, reference: { tag } }: ImageUse): boolean =>
      tag === value || value.includes(text.slice(text.lastIndexOf('/') + 1));
    const own = this.#task.uses.flatMap((use, index) => (this.#open.has(index) && isOwn(use) ? [index] : []));
    for (const index of own) this.reasons.set(index, why);
    if (value.includes('{{')) this.#refused.push(why);
  }
}

function overlayOf({ values }: PinTask, candidates: readonly PinCandidate[]): string {
  const groups = Map.groupBy(candidates, ({ path }) => JSON.stringify(path));
  const assignments = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { path, value = '' } = first;
    const fills = group.map((candidate) => ({
      slot: { id: 0, kind: 'path', path, value, offset: candidate.offset, length: candidate.length } as const,
      text: pinText(candidate, markDigest(candidate.id)),
    }));
    return [{ path, text: fillSlots(value, fills) }];
  });
  return emitYaml(overlayTree(values, assignments));
}

/**
 * Finds out by measuring which values must say a digest so that references name one. Tried are, each kind in one render and
 * for what the kinds before left open: keys for digests, values that make tags or whole references, empty keys for tags. A
 * value is taken only when its mark stands at the end of references of one image, and nowhere else in the render.
 */
export async function planPins(task: PinTask): Promise<PinPlan> {
  const planner = new PinPlanner(task);
  if (planner.open.length > 0) await planner.tryAll(digestSpots(task));
  if (planner.open.length > 0) await planner.tryAll(tagSpots(task.values, planner.open));
  if (planner.open.length > 0) await planner.tryAll(emptyTagSpots(task, planner.open));
  planner.explainOpen();
  const { pins, reasons, renders, lasting } = planner;
  return { pins, reasons: [...reasons], renders, lasting };
}
