import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import { type ChartTree, valueKeys } from '../domain/chart/chart-tree.ts';
import { formatPath, nodeAt, type ValuePath } from '../domain/chart/values-tree.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { digestOf } from '../domain/manifest.ts';
import { pinText } from '../domain/pins/pin-round.ts';
import type { TemplateGroup } from '../domain/pins/pin-spots.ts';
import {
  keptPinPlan,
  type PinPlan,
  type PinRender,
  type PlannedPin,
  planPins,
  wholePinPlan,
} from '../domain/pins/plan-pins.ts';
import { type Digest, formatReference } from '../domain/reference.ts';
import type { Fill } from '../domain/trace/fills.ts';
import type { ChartItem } from './chart-item.ts';
import type { ChartPins, PinBan, UsePin } from './chart-pins.ts';
import { sorted } from './extract.ts';
import { pulledOf, targetHosts } from './find-uses.ts';
import { isAsked } from './moves.ts';
import type { RenderSettings, Traced } from './release-item.ts';
import { type Rendering, render, renderingDigest } from './render.ts';
import { readText } from './results/read-render.ts';
import type { Run } from './run.ts';
import { writeFile } from './workspace-file.ts';

/** The digest that a use is to name; undefined for what is no image, has one already, has no tag, or could not be looked up. */
export function pinOf({ role, reference }: ImageUse, run: Run): Digest | undefined {
  const isOpen = role === 'image' && reference.tag !== undefined && reference.digest === undefined;
  return isOpen ? run.pinDigests.get(formatReference(reference)) : undefined;
}

function templateGroups(tree: ArchiveTree, chart: ChartTree, prefix: ValuePath): readonly TemplateGroup[] {
  const alone: ChartTree = { ...chart, subcharts: [] };
  const texts = textsBelow(tree, alone, 'templates/').map(({ text }) => text);
  const below = chart.subcharts.flatMap((sub) =>
    valueKeys(chart, sub).flatMap((key) => templateGroups(tree, sub, [...prefix, key])),
  );
  return [{ texts, prefix }, ...below];
}

/** Images are told apart by their digests; what the digests are does not matter to a plan. */
function imagesOf(uses: readonly ImageUse[], run: Run): readonly (number | undefined)[] {
  const known = new Map<Digest, number>();
  return uses.map((use) => {
    const digest = pinOf(use, run);
    if (digest === undefined) return undefined;
    const number = known.get(digest) ?? known.size;
    known.set(digest, number);
    return number;
  });
}

function settingsOf({ release, profile }: Traced): RenderSettings {
  const settings = (profile ?? release).extraction?.settings;
  if (settings === undefined) throw new RangeError(`${release.addon.release} was not rendered`);
  return settings;
}

/** The plan for one set of values: that of an earlier run, or measured now. The whole chart is rendered, with its schema, as it is proven. */
async function planFor(
  item: ChartItem,
  traced: Traced,
  folder: string,
  banned: ReadonlySet<string>,
  run: Run,
): Promise<PinPlan> {
  const pulled = pulledOf(item);
  const { release, values, uses } = traced;
  const settings = settingsOf(traced);
  const images = imagesOf(uses, run);
  const archive = traced.profile?.refusedByNotes === undefined ? pulled.archive : pulled.probe;
  const rendering: Rendering = { release, settings, archive, more: [] };
  const key = digestOf(
    JSON.stringify([
      renderingDigest(rendering),
      uses,
      images,
      [...banned].sort(),
      targetHosts(run),
      release.addon.excluded,
    ]),
  );
  const known = item.results.pinPlans.get(key);
  if (known !== undefined) return wholePinPlan(known, values);
  let probes = 0;
  const probe = async (overlay: string): Promise<PinRender> => {
    probes += 1;
    const more = [await writeFile(`${folder}/probe-${probes}.yaml`, overlay, run.ports)];
    const result = await render({ ...rendering, more }, run);
    if (result.kind === 'failed') return result;
    const reading = readText(item, result.text, 'references', run);
    if (reading.kind !== 'read') return { kind: 'failed', reason: reading.reason, lasting: true };
    return { kind: 'rendered', uses: sorted(reading, release).uses, text: result.text };
  };
  const templates = templateGroups(pulled.tree, pulled.chart, []);
  const plan = await planPins({ values, templates, uses, images, banned, render: probe });
  if (plan.lasting) item.results.pinPlans.keep(key, keptPinPlan(plan));
  return plan;
}

/** A pin of one set of values, with the image it is for. */
interface OwnPin {
  readonly traced: Traced;
  readonly pin: PlannedPin;
  readonly digest: Digest;
  readonly uses: readonly (readonly [use: ImageUse, pinned: UsePin])[];
}

/** Whether the chart's own files say what a pin changes, and not the values that a release gives it. */
function isInChart({ values }: Traced, { path }: PlannedPin): boolean {
  const node = nodeAt(values, path);
  return node === undefined || node.kind === 'map' || node.kind === 'list' || node.origin.kind === 'chart';
}

function ownPins(traced: Traced, { pins }: PinPlan, run: Run): readonly OwnPin[] {
  return pins.flatMap((pin): readonly OwnPin[] => {
    const key = formatPath(pin.path);
    const by = isInChart(traced, pin) ? key : `${key} in the given values`;
    const uses = pin.uses.flatMap(([index, as]) => {
      const use = traced.uses[index];
      const digest = use === undefined ? undefined : pinOf(use, run);
      if (use === undefined || digest === undefined) return [];
      const reference = { ...use.reference, digest, tag: as === 'tag' ? use.reference.tag : undefined };
      return [[use, { image: formatReference(use.reference), reference, by }] as const];
    });
    const digest = uses[0]?.[1].reference.digest;
    return digest === undefined ? [] : [{ traced, pin, digest, uses }];
  });
}

function spotOf({ pin }: OwnPin): string {
  return JSON.stringify(pin.path);
}

/** Values of the chart that would have to say two digests, since releases and profiles show different images by them. */
function disputed(all: readonly OwnPin[]): readonly PinBan[] {
  const inChart = all.filter(({ traced, pin }) => isInChart(traced, pin));
  const groups = Map.groupBy(inChart, (one) => JSON.stringify([one.pin.path, one.pin.offset]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || new Set(group.map(({ pin, digest }) => pinText(pin, digest))).size < 2) return [];
    const images = new Set(group.flatMap(({ uses }) => uses.map(([use]) => formatReference(use.reference))));
    const reason = `${formatPath(first.pin.path)} would have to name different digests for different values`;
    return [{ spot: spotOf(first), images, reason }];
  });
}

function fillOf({ pin, digest }: OwnPin): Fill {
  const { path, value, offset, length } = pin;
  return { slot: { id: 0, kind: 'path', path, value, offset, length }, text: pinText(pin, digest) };
}

/** So often plans are made again because values do not agree. */
const ROUNDS = 3;

/** Finds out by measuring how a chart comes to name digests, under the values that somebody asked for. */
export function planChartPins(item: ChartItem, index: number, bans: readonly PinBan[], run: Run): Promise<ChartPins> {
  return planRound(item, index, bans, ROUNDS, run);
}

/** `left` counts the rounds that may follow. */
async function planRound(
  item: ChartItem,
  index: number,
  bans: readonly PinBan[],
  left: number,
  run: Run,
): Promise<ChartPins> {
  const asked = item.traced.filter(isAsked);
  const banned = new Set(bans.map(({ spot }) => spot));
  const reasons = new Map<ImageUse, string>();
  const all: OwnPin[] = [];
  for (const [position, traced] of asked.entries()) {
    const plan = await planFor(item, traced, `pins/${index}-${position}-${bans.length}`, banned, run);
    all.push(...ownPins(traced, plan, run));
    for (const [place, reason] of plan.reasons) {
      const use = traced.uses[place];
      if (use !== undefined) reasons.set(use, reason);
    }
  }
  const further = disputed(all);
  if (further.length > 0 && left > 0) return planRound(item, index, [...bans, ...further], left - 1, run);
  const agreed = all.filter((one) => !further.some(({ spot }) => spot === spotOf(one)));
  return {
    fills: new Map(asked.map((traced) => [traced, agreed.filter((one) => one.traced === traced).map(fillOf)])),
    named: new Map(agreed.flatMap(({ uses }) => uses)),
    spots: agreed.flatMap((one) =>
      one.uses.map(([, { image }]) => {
        return { spot: spotOf(one), key: formatPath(one.pin.path), image, digest: one.digest };
      }),
    ),
    reasons,
    bans: [...bans, ...further],
    given: undefined,
  };
}
