import { counted } from '../domain/report/counted.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { type ChartPins, isNotInPlace, noPins, pinsNotInPlace } from './chart-pins.ts';
import { withdrawUsedExclusions } from './exclusion-notes.ts';
import { blamedPins, troubles } from './fewer-pins.ts';
import { COMPLETED } from './judge.ts';
import { noteOnce } from './moves.ts';
import { planChartPins } from './pin-digests.ts';
import { isPinning } from './pin-literals.ts';
import { isProven, proofFailure } from './proof-failure.ts';
import { proveElsewhere } from './prove-elsewhere.ts';
import { proveOwnGlobals } from './prove-globals.ts';
import { proveReleases } from './prove-release.ts';
import { rewrite } from './relocate.ts';
import type { Run } from './run.ts';
import { proveSparing } from './spare-names.ts';

const FURTHER = {
  declared: 'names in values that no render has shown are left as they are: moving them would spoil the proof',
  shown:
    'images of other profiles that would need keys which the chart leaves empty are left where they are: setting these would spoil the proof of what was asked for',
  present: 'images of other profiles are left where they are: moving them would spoil the proof of what was asked for',
} as const;

const LESS = { declared: 'shown', shown: 'present', present: 'asked' } as const;

/** Relocates a chart with fewer hidden images until what was asked for is proven; where that does not help, with all again. */
async function proveWithLess(item: ChartItem, index: number, run: Run): Promise<void> {
  await proveSparing(item, index, run, (one) => proofFailure(one) !== undefined);
  if (proofFailure(item) === undefined) return;
  const first = item.relocated?.reach;
  for (let reach = first; reach !== undefined && reach !== 'asked'; ) {
    const before = livingReleases(item).filter((release) => !isProven(release));
    if (before.length === 0) return;
    await rewrite(item, index, LESS[reach], run);
    await proveReleases(item, index, run);
    if (proofFailure(item) === undefined) for (const release of before) release.notes.push(FURTHER[reach]);
    reach = LESS[reach];
  }
  if (proofFailure(item) === undefined || first === undefined || first === 'asked') return;
  await rewrite(item, index, first, run);
  await proveReleases(item, index, run);
}

const NOT_PROVEN = 'the chart is not proven';
const WITHOUT_PINS = 'images keep their tags without digests: with them, it would not be proven';

/** Bases that only the relocated render shows are told of like those of the original. */
function sayFurtherBases(item: ChartItem): void {
  for (const release of livingReleases(item)) {
    const count = release.verdict?.explained[COMPLETED] ?? 0;
    if (count > 0)
      noteOnce(
        release,
        `${counted(count, 'further beginning of images is', 'further beginnings of images are')} completed by programs at run time: name what they become under images of the catalog entry, if it is not mirrored already`,
      );
  }
}

/** Rewrites a chart with other pins, and proves that one; with none at all where these cannot be written in place. */
async function proveWith(pins: ChartPins, item: ChartItem, index: number, run: Run): Promise<void> {
  const reach = item.relocated?.reach;
  if (reach === undefined) throw new RangeError(`${chartName(item)} was not relocated`);
  item.pins = pins;
  try {
    await rewrite(item, index, reach, run);
  } catch (error) {
    if (pins.named.size === 0 || !isNotInPlace(error)) throw error;
    item.pins = pinsNotInPlace(error);
    await rewrite(item, index, reach, run);
  }
  await proveReleases(item, index, run);
}

/** So often values that a proof names are left without a digest before all are. */
const FEWER_ROUNDS = 3;

/**
 * Leaves digests out that spoil a proof: those that it names, or all where it names none. Where that does not help either,
 * they are back.
 */
async function settlePins(item: ChartItem, index: number, run: Run): Promise<void> {
  for (let round = 0; round < FEWER_ROUNDS && isPinning(item); round += 1) {
    const bans = blamedPins(item);
    if (bans.length === 0) break;
    const pins = await planChartPins(item, index, [...(item.pins?.bans ?? []), ...bans], run);
    await proveWith(pins, item, index, run);
  }
  const { pins } = item;
  const before = troubles(item);
  if (pins === undefined || !isPinning(item) || before === 0) return;
  await proveWith(noPins(WITHOUT_PINS), item, index, run);
  if (troubles(item) >= before) await proveWith(pins, item, index, run);
  else for (const release of livingReleases(item)) noteOnce(release, WITHOUT_PINS);
}

/** Proves a chart in other ways than was tried; pins that were taken back for a proof are tried once more with the one that came of it. */
async function proveOtherwise(planned: ChartPins | undefined, item: ChartItem, index: number, run: Run): Promise<void> {
  await proveElsewhere(item, index, run, (one) => proofFailure(one) !== undefined);
  if (proofFailure(item) !== undefined || planned === undefined || item.pins?.given !== NOT_PROVEN) return;
  const before = troubles(item);
  await proveWith(await planChartPins(item, index, planned.bans, run), item, index, run);
  await settlePins(item, index, run);
  if (proofFailure(item) === undefined && troubles(item) <= before) return;
  await proveWith(noPins(WITHOUT_PINS), item, index, run);
  for (const release of livingReleases(item)) noteOnce(release, WITHOUT_PINS);
}

/**
 * Renders the packed chart again for every release and profile, and judges it. Where moving hidden images or naming digests
 * spoils what was asked for, the chart is relocated again with fewer of them.
 */
export async function prove(item: ChartItem, index: number, run: Run): Promise<void> {
  await proveReleases(item, index, run);
  await proveOwnGlobals(item, index, run);
  await settlePins(item, index, run);
  if (proofFailure(item) !== undefined) await proveWithLess(item, index, run);
  const { pins } = item;
  if (proofFailure(item) !== undefined && isPinning(item)) {
    await proveWith(noPins(NOT_PROVEN), item, index, run);
    if (proofFailure(item) !== undefined) await proveWithLess(item, index, run);
    if (proofFailure(item) === undefined) for (const release of livingReleases(item)) noteOnce(release, WITHOUT_PINS);
  }
  if (proofFailure(item) !== undefined) await proveOtherwise(pins, item, index, run);
  sayFurtherBases(item);
  for (const release of livingReleases(item)) withdrawUsedExclusions(release);
  const failure = proofFailure(item);
  if (failure !== undefined && !run.options.pushUnproven) throw failure;
}
