import type { ValueNode, ValuePath } from '../chart/values-tree.ts';
import type { ImageUse } from '../images/image-use.ts';
import { emitYaml } from '../overlay/emit-yaml.ts';
import { type Attribution, attribute } from './attribution.ts';
import type { MinedPaths } from './candidates.ts';
import { overlayTree } from './overlay-tree.ts';
import { fillSlots, isBlankSlot, markerOf, type Slot, slotKey } from './slot.ts';

/** Renders with a further values document and returns the references found, or undefined when helm refuses to render. */
export type Probe = (overlay: string) => Promise<readonly ImageUse[] | undefined>;

/** What is traced. `mined` are paths that templates may read; `isLiteral` says that a file of the chart spells the reference out. */
export interface TraceInput {
  readonly values: ValueNode;
  readonly uses: readonly ImageUse[];
  readonly mined: MinedPaths;
  readonly isLiteral: (use: ImageUse) => boolean;
  /** Registries, empty so far, that lead references of the same chart under other values: what stands behind them here is told. */
  readonly leading?: readonly ValuePath[];
  /** Values that are not to be moved, whatever they lead. */
  readonly avoided?: readonly ValuePath[];
  /** Whether the values of every part of a name are asked for, and not only of its beginning. */
  readonly everyPart?: boolean;
  /** The most probes: beyond it a reference counts as not attributable. `PROBE_LIMIT` when not given. */
  readonly limit?: number;
}

/** The most probes for one release, when nothing else is said. */
export const PROBE_LIMIT = 96;

function headOf({ links: [{ slot }] }: Attribution): string {
  return slotKey(slot);
}

/** Whether another slot, empty so far, comes before a reference that was found already: once it is set, that one is its head. */
function isBehind(found: Attribution, now: Attribution): boolean {
  return isBlankSlot(now.links[0].slot) && headOf(found) !== headOf(now);
}

/** The reference with what comes before it. */
function withBehind(found: Attribution, now: Attribution): Attribution {
  const others = (found.behind ?? []).filter((one) => headOf(one) !== headOf(now));
  return { ...found, behind: [...others, now] };
}

/** What is known so far of a trace, and the renders that tell more. */
export class Tracer {
  readonly found = new Map<ImageUse, Attribution>();
  readonly led = new Map<ImageUse, Attribution>();
  renders = 0;
  /** By registries before values that lead already: what only they were seen to make. */
  readonly #doubtful = new Map<string, Attribution[]>();
  readonly #values: ValueNode;
  readonly #uses: readonly ImageUse[];
  readonly #probe: Probe;
  readonly #limit: number;
  /** By overlay: renders that were begun before they were asked for. */
  readonly #begun = new Map<string, ReturnType<Probe>>();

  constructor({ values, uses, limit = PROBE_LIMIT }: TraceInput, probe: Probe) {
    this.#values = values;
    this.#uses = uses;
    this.#probe = probe;
    this.#limit = limit;
  }

  get open(): readonly ImageUse[] {
    return this.#uses.filter((use) => !this.found.has(use));
  }

  /** What leads references. */
  get heads(): readonly Slot[] {
    return [...this.found.values()].map(({ links: [{ slot }] }) => slot);
  }

  /** The paths in values that lead references. */
  get paths(): readonly Slot[] {
    return this.heads.filter(({ kind }) => kind === 'path');
  }

  /**
   * Whether a value leads one reference and stands behind a registry in another: both cannot be moved by it, but by a registry
   * before each.
   */
  get isEntangled(): boolean {
    const all = [...this.found.values()];
    const heads = new Set(all.filter(({ behind }) => behind === undefined).map(headOf));
    return all.some(({ links: [, ...rest] }) => rest.some(({ slot }) => heads.has(slotKey(slot))));
  }

  /** Whether a slot is a registry that is not to be set as long as there is another way. */
  isDoubtful(slot: Slot): boolean {
    return this.#doubtful.has(slotKey(slot));
  }

  /** Takes these registries where they are left as the only way. */
  settleDoubtful(): void {
    for (const one of [...this.#doubtful.values()].flat()) if (!this.found.has(one.use)) this.found.set(one.use, one);
  }

  #take(attributed: ReadonlyMap<ImageUse, Attribution>): void {
    for (const [use, found] of this.found) {
      const now = attributed.get(use);
      if (now === undefined || !isBehind(found, now)) continue;
      this.found.set(use, withBehind(found, now));
      const isBefore = now.links.some(({ slot }) => slotKey(slot) === headOf(found));
      if (isBefore && !this.#doubtful.has(headOf(now))) this.#doubtful.set(headOf(now), []);
    }
    for (const use of this.open) {
      const attribution = attributed.get(use);
      if (attribution === undefined) continue;
      const doubtful = this.#doubtful.get(headOf(attribution));
      if (doubtful === undefined) this.found.set(use, attribution);
      else doubtful.push(attribution);
    }
  }

  #marked(slots: readonly Slot[]): string {
    return emitYaml(overlayTree(this.#values, markAll(slots)));
  }

  /** Begins renders in which these are marked, side by side; what they show is taken when it is their turn. */
  begin(tiers: readonly (readonly Slot[])[]): void {
    const some = tiers.filter((slots) => slots.length > 0).slice(0, this.#limit - this.renders);
    for (const overlay of some.map((slots) => this.#marked(slots))) {
      const render = this.#probe(overlay);
      // it fails for whoever waits for it
      render.catch(() => undefined);
      this.#begun.set(overlay, render);
    }
  }

  /** Waits for renders that were begun and nobody asked for. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#begun.values());
  }

  #render(slots: readonly Slot[]): ReturnType<Probe> {
    const overlay = this.#marked(slots);
    return this.#begun.get(overlay) ?? this.#probe(overlay);
  }

  /** Marks all slots in one render, and takes what it shows. False where helm refuses it. */
  async mark(slots: readonly Slot[]): Promise<boolean> {
    this.renders += 1;
    const uses = await this.#render(slots);
    if (uses !== undefined) this.#take(attribute(this.#uses, uses, slots));
    return uses !== undefined;
  }

  /** Marks these slots beside those that lead, to see which of them make what follows; halves them where helm refuses. */
  async refine(slots: readonly Slot[], heads: readonly Slot[] = this.heads): Promise<void> {
    if (slots.length === 0 || this.renders >= this.#limit) return;
    this.renders += 1;
    const all = [...new Map([...heads, ...slots].map((slot) => [slotKey(slot), slot])).values()];
    const uses = await this.#render(all);
    if (uses !== undefined) {
      this.#refineBy(attribute(this.#uses, uses, all, 'any'));
      return;
    }
    const groups = groupByPath(slots);
    const half = Math.ceil(groups.length / 2);
    if (groups.length < 2) return;
    await this.refine(groups.slice(0, half).flat(), heads);
    await this.refine(groups.slice(half).flat(), heads);
  }

  #refineBy(attributed: ReadonlyMap<ImageUse, Attribution>): void {
    for (const [use, now] of attributed) {
      const found = this.found.get(use);
      if (found === undefined) {
        if (now.lead !== undefined && now.links.length > (this.led.get(use)?.links.length ?? 0)) this.led.set(use, now);
      } else if (headOf(found) === headOf(now) && now.links.length > found.links.length) {
        this.found.set(use, { ...found, links: now.links });
      }
    }
  }

  /**
   * Marks all slots in one render; halves them where helm refuses, until the refusing ones stand alone, in `most` renders.
   * True when one render was enough.
   */
  async batch(slots: readonly Slot[], most: number = this.#limit): Promise<boolean> {
    const end = Math.min(this.#limit, this.renders + most);
    const isDone = this.open.length === 0 && !this.isEntangled;
    if (slots.length === 0 || isDone || this.renders >= end) return true;
    if (await this.mark(slots)) return true;
    const groups = groupByPath(slots);
    if (groups.length < 2) return false;
    const half = Math.ceil(groups.length / 2);
    // one after the other: the first to name a value wins, whatever the speed of renders
    await this.batch(groups.slice(0, half).flat(), end - this.renders);
    await this.batch(groups.slice(half).flat(), end - this.renders);
    return false;
  }
}

/** Slots by the values that they stand in. */
export function groupByPath(slots: readonly Slot[]): readonly (readonly Slot[])[] {
  const groups = new Map<string, Slot[]>();
  for (const slot of slots) {
    const key = JSON.stringify(slot.path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [slot]);
    else group.push(slot);
  }
  return [...groups.values()];
}

function markAll(slots: readonly Slot[]): readonly { readonly path: ValuePath; readonly text: string }[] {
  return groupByPath(slots).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const fills = group.map((slot) => ({ slot, text: markerOf(slot) }));
    return [{ path: first.path, text: fillSlots(first.value ?? '', fills) }];
  });
}
