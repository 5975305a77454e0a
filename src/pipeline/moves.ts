import { globalReach } from '../domain/chart/global-reach.ts';
import {
  EMPTY_MAP,
  formatPath,
  isSettable,
  mergeValues,
  nodeAt,
  type ValueNode,
  type ValuePath,
} from '../domain/chart/values-tree.ts';
import { consumerFile } from '../domain/emit/mirrored.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { isInCluster } from '../domain/images/registry-hosts.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { type LeafChange, leafChanges } from '../domain/overlay/gather-edits.ts';
import { isFlat, relocatedText, targetBase } from '../domain/plan/destination.ts';
import { formatProfile, isAskedFor } from '../domain/profiles/profile.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import type { Attribution } from '../domain/trace/attribution.ts';
import { type DeclaredRules, declaredFills } from '../domain/trace/declared-fills.ts';
import { digestFills } from '../domain/trace/digest-fills.ts';
import type { Fill } from '../domain/trace/fills.ts';
import { overlayTree } from '../domain/trace/overlay-tree.ts';
import { plainReads } from '../domain/trace/plain-reads.ts';
import { solveCompleting } from '../domain/trace/solve-officials.ts';
import type { ChartItem, Reach } from './chart-item.ts';
import type { ChartPins } from './chart-pins.ts';
import { behindLeads, flatWays } from './flat-moves.ts';
import type { ReleaseItem, Traced } from './release-item.ts';
import type { Run } from './run.ts';

/** For references that pin a digest of which one platform is copied: the pinned digest to the copied one. */
function copiedFor(references: readonly Reference[], run: Run): ReadonlyMap<Digest, Digest> {
  return new Map(
    references.flatMap((reference) => {
      const copied = run.copiedDigests.get(formatReference(reference));
      return reference.digest === undefined || copied === undefined ? [] : [[reference.digest, copied] as const];
    }),
  );
}

/** What a reference must become in the relocated chart. */
export function wantedText(run: Run): (reference: Reference) => string {
  return (reference) => relocatedText(reference, run.options.naming, copiedFor([reference], run));
}

/** The wanted text while tracing: digests of copied platforms are set afterwards, since the parts around a slot still have the source's. */
function wantedWhole(run: Run): (use: ImageUse) => string {
  return ({ reference }) => relocatedText(reference, run.options.naming, new Map());
}

/** What one profile of a release needs to be moved; `declared` are values that no render has shown, moved by their form. */
export interface Moves {
  readonly traced: Traced;
  readonly changes: readonly LeafChange[];
  readonly declared: readonly LeafChange[];
  readonly literals: readonly ImageUse[];
  /** References that values move but for a name that a template spells out: `library/` is missing before it, or it is not flat. */
  readonly officials: readonly ImageUse[];
  /** Of the literals: those of which values make the rest, behind a beginning that a template spells out. */
  readonly led: readonly ImageUse[];
}

/** Whether a fill belongs to these values: its slot must stand in the same text there. */
function fits({ slot }: Fill, values: ValueNode): boolean {
  const node = nodeAt(values, slot.path);
  if (slot.value === undefined || slot.value === '') return isSettable(values, slot.path);
  return node?.kind === 'string' && node.value === slot.value;
}

/** Whether somebody has asked for what was traced: a release, or a profile of its catalog entry. */
export function isAsked({ profile }: Traced): boolean {
  return profile === undefined || isAskedFor(profile.profile);
}

/** Whether the values that make a reference are all there: a key that was empty may have another meaning once it is set. */
function isPresent({ links }: Attribution): boolean {
  return links.every(({ slot }) => slot.value !== undefined && slot.value !== '');
}

/** For names that no render has shown: what may stand before them, and which values are left as they are. */
type ByForm = Pick<DeclaredRules, 'reaches' | 'isPlain'> & { readonly spared?: readonly ValuePath[] };

/** What a chart says of names that no render has shown. */
export function byFormOf({ pulled, spared }: ChartItem): ByForm {
  if (pulled === undefined) return { spared };
  const { tree, chart } = pulled;
  return { reaches: globalReach(tree, chart), isPlain: plainReads(tree, chart), spared };
}

/**
 * Solves everything that was traced in a chart together, so that shared values get one text; what was asked for comes first.
 * Digests are written for what was asked for.
 */
export function solveAll(
  all: readonly Traced[],
  reach: Reach,
  pins: ChartPins | undefined,
  run: Run,
  { spared = [], ...rules }: ByForm = {},
): readonly Moves[] {
  const whole = wantedWhole(run);
  const leads = behindLeads(all, whole, run);
  const wanted = (use: ImageUse): string => leads.get(use)?.wanted ?? whole(use);
  const traces = ({ attributions, uses }: Traced): readonly Attribution[] => [
    ...attributions,
    ...uses.flatMap((use) => leads.get(use)?.one ?? []),
  ];
  const asked = all.filter(isAsked).flatMap(traces);
  const shown = all.filter((one) => !isAsked(one)).flatMap(traces);
  const kept = new Set(spared.map((path) => JSON.stringify(path)));
  const isSpared = ({ links }: Attribution): boolean => links.some(({ slot }) => kept.has(JSON.stringify(slot.path)));
  const hidden = shown.filter((one) => (reach !== 'present' || isPresent(one)) && !isSpared(one));
  const left = new Set(shown.filter((one) => !hidden.includes(one)));
  const { fills, unsolved, completed } = solveCompleting(asked, wanted, hidden, flatWays(run));
  const stuck = new Set(unsolved);
  const tried = new Set([...asked, ...hidden].map(({ use }) => use));
  const officials = new Set(completed);
  const slots = [...asked, ...hidden].flatMap(({ links }) => links.map(({ slot }) => JSON.stringify(slot.path)));
  const digests = [...(pins?.fills.values() ?? [])].flat();
  const rulesOf = ({ release }: Traced): DeclaredRules => ({
    wanted: (reference) => relocatedText(reference, run.options.naming, new Map()),
    isLeft: (reference) => isInCluster(reference.registry) || exclusionOf(release.addon, reference) !== undefined,
    known: new Set([
      ...slots,
      ...[...[...fills, ...digests].map(({ slot }) => slot.path), ...spared].map((path) => JSON.stringify(path)),
    ]),
    ...rules,
    ...(isFlat(run.options.naming) ? { flatBase: targetBase(run.options.naming) } : {}),
  });
  return all.map((traced) => {
    const { values, uses, attributions } = traced;
    const reached = new Set(attributions.filter((one) => !left.has(one)).map(({ use }) => use));
    const pinned = copiedFor(
      uses.map((use) => use.reference),
      run,
    );
    const moved = [...fills.filter((fill) => fits(fill, values)), ...digestFills(values, pinned)];
    const own = [...moved, ...(pins?.fills.get(traced) ?? [])];
    return {
      traced,
      changes: leafChanges(values, own, 'filled'),
      declared:
        reach === 'declared' && traced.profile === undefined
          ? leafChanges(values, declaredFills(values, rulesOf(traced)), 'kept')
          : [],
      literals: uses.filter((use) => !reached.has(use) || stuck.has(use)),
      officials: uses.filter((use) => officials.has(use)),
      led: uses.filter((use) => leads.has(use) && tried.has(use) && !stuck.has(use)),
    };
  });
}

function assignments(changes: readonly LeafChange[]): readonly { readonly path: ValuePath; readonly text: string }[] {
  return changes.map(({ path, after }) => ({ path, text: after }));
}

function ownChanges(changes: readonly LeafChange[]): readonly LeafChange[] {
  return changes.filter(({ origin }) => origin?.kind === 'layer');
}

/** Values that name images and are no part of the chart, moved; undefined for none. */
function ownOverlay({ traced, changes }: Moves): string | undefined {
  const own = ownChanges(changes);
  return own.length === 0 ? undefined : emitYaml(overlayTree(traced.values, assignments(own)));
}

/** All values that consumers of the original need for a release or a profile. */
function consumerValues({ traced, changes, declared }: Moves, release: ReleaseItem): string {
  const moved = overlayTree(traced.values, assignments([...changes, ...declared]));
  return emitYaml(mergeValues(release.pullSecret?.plan.overlay ?? EMPTY_MAP, moved));
}

/** The uses whose moved parts stand in values that are no part of the chart. */
function ownUses({ traced, changes }: Moves): readonly ImageUse[] {
  const own = new Set(ownChanges(changes).map(({ path }) => JSON.stringify(path)));
  return traced.attributions
    .filter(({ links }) => links.some(({ slot }) => own.has(JSON.stringify(slot.path))))
    .map(({ use }) => use);
}

/** What each profile needs on top of the relocated chart; nothing of an earlier attempt stays. */
function settleProfiles(release: ReleaseItem, moves: readonly Moves[]): void {
  for (const item of release.profiles) {
    const own = moves.find(({ traced }) => traced.profile === item);
    const isAsked = isAskedFor(item.profile);
    item.ownOverlay = own === undefined ? undefined : ownOverlay(own);
    item.consumerValues = own === undefined || !isAsked ? undefined : consumerValues(own, release);
    item.ownUses = own === undefined ? [] : ownUses(own);
    if (!isAskedFor(item.profile) || item.ownUses.length === 0) continue;
    const keys =
      own === undefined
        ? ''
        : ownChanges(own.changes)
            .map(({ path }) => formatPath(path))
            .join(', ');
    noteOnce(
      release,
      `the values of ${formatProfile(item.profile)} name images themselves (${keys}): install it with its own consumer values`,
    );
  }
}

/** A note that a second attempt does not repeat. */
export function noteOnce({ notes }: ReleaseItem, note: string): void {
  if (!notes.includes(note)) notes.push(note);
}

/** Settles what a release and its profiles need on top of the relocated chart. */
export function relocateRelease(release: ReleaseItem, all: readonly Moves[], asked: readonly Moves[]): void {
  const moves = all.filter(({ traced }) => traced.release === release);
  const main = moves.find(({ traced }) => traced.profile === undefined);
  if (main === undefined) throw new RangeError(`${release.addon.release} was not traced`);
  settleProfiles(release, moves);
  release.relocation = {
    consumerValues: consumerValues(main, release),
    askedValues: consumerValues(asked.find(({ traced }) => traced === main.traced) ?? main, release),
    ownOverlay: ownOverlay(main),
    literals: moves.flatMap(({ literals }) => literals),
    officials: moves.flatMap(({ officials }) => officials),
    led: moves.flatMap(({ led }) => led),
    probes: moves.reduce((sum, { traced }) => sum + traced.probes, 0),
  };
  const own = ownChanges(main.changes);
  if (own.length === 0) return;
  const keys = own.map(({ path }) => formatPath(path)).join(', ');
  const { chart, release: name } = release.addon;
  const file = consumerFile({ chart, release: name });
  noteOnce(
    release,
    `the values of this release name images themselves (${keys}): install it with its consumer values, ${file}`,
  );
}
