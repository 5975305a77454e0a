import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { type ChartText, literalPlaces, textsBelow } from '../domain/chart/chart-files.ts';
import { type ChartTree, valueKeys } from '../domain/chart/chart-tree.ts';
import { isLifted, withOwnGlobals } from '../domain/chart/own-globals.ts';
import { SWITCHED_ON, type ValueNode, type ValuePath, withNode } from '../domain/chart/values-tree.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { spellsOfficial } from '../domain/overlay/official-names.ts';
import { isFlat } from '../domain/plan/destination.ts';
import { isAskedFor } from '../domain/profiles/profile.ts';
import { switchedOn } from '../domain/profiles/switches.ts';
import type { Attribution } from '../domain/trace/attribution.ts';
import { type MinedPaths, minedPaths } from '../domain/trace/candidates.ts';
import { emptyAmong, severalDefaults } from '../domain/trace/several-defaults.ts';
import { isBlankSlot } from '../domain/trace/slot.ts';
import { nameBehind, officialBehind } from '../domain/trace/solve-officials.ts';
import { trace } from '../domain/trace/trace.ts';
import { widening } from '../domain/trace/widen.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import { placed } from './extract.ts';
import type { ProfileItem, ReleaseItem, RenderSettings, Traced } from './release-item.ts';
import type { PulledChart } from './resolved-chart.ts';
import { measure } from './results/measure.ts';
import type { Run } from './run.ts';
import { writeFile } from './workspace-file.ts';

/** One set of values to be traced: its references, and how helm is called for it. */
interface Subject {
  readonly values: ValueNode;
  readonly uses: readonly ImageUse[];
  readonly settings: RenderSettings;
  /** Where its probes stand in the workspace. */
  readonly folder: string;
  readonly limit?: number;
  /** What was traced of the chart before it. */
  readonly before: readonly Attribution[];
}

/** What is the same for everything that is traced in a chart. */
interface Ground {
  readonly item: ChartItem;
  readonly pulled: PulledChart;
  readonly release: ReleaseItem;
  readonly mined: MinedPaths;
  readonly texts: readonly ChartText[];
  /** Values that are not to be moved. */
  readonly avoided: readonly ValuePath[];
  /** Values that are not to be set where they are empty. */
  readonly keptEmpty: readonly ValuePath[];
  /** The values in which those of an extraction are traced. */
  readonly seen: (values: ValueNode) => ValueNode;
}

/** The most probes for what only a switch or the chart's own test values show: what is open then is left as it is. */
const HIDDEN_LIMIT = 8;

function templatePaths(tree: ArchiveTree, chart: ChartTree, prefix: ValuePath): MinedPaths {
  const alone: ChartTree = { ...chart, subcharts: [] };
  const own = minedPaths(
    textsBelow(tree, alone, 'templates/').map(({ text }) => text),
    prefix,
  );
  const below = chart.subcharts.flatMap((sub) =>
    valueKeys(chart, sub).map((key) => templatePaths(tree, sub, [...prefix, key])),
  );
  const all = [own, ...below];
  return { named: all.flatMap(({ named }) => named), guessed: all.flatMap(({ guessed }) => guessed) };
}

/** The registries, empty so far, that lead references. */
function leadingOf(attributions: readonly Attribution[]): readonly ValuePath[] {
  const ways = attributions.flatMap((one) => [one, ...(one.behind ?? [])]);
  return ways
    .map(({ links }) => links[0].slot)
    .filter(isBlankSlot)
    .map(({ path }) => path);
}

/** With the name that a template could complete: one that no file spells with its registry. */
function withOfficial(one: Attribution, texts: readonly ChartText[], official: string | undefined): Attribution {
  const isOpen = official !== undefined && literalPlaces(texts, one.use.text).length === 0;
  return isOpen && spellsOfficial(texts, official) ? { ...one, official } : one;
}

async function traceSubject(
  ground: Ground,
  subject: Subject,
  run: Run,
): Promise<Pick<Traced, 'attributions' | 'led' | 'probes'>> {
  const { item, release, mined, texts } = ground;
  const { values, uses, settings, folder, limit, before } = subject;
  let probes = 0;
  const avoided = [...ground.avoided, ...emptyAmong(values, ground.keptEmpty)];
  const isLiteral = (use: ImageUse): boolean => literalPlaces(texts, use.text).length > 0;
  const everyPart = isFlat(run.options.naming);
  const most = limit === undefined ? {} : { limit };
  const traced = await trace(
    { values, uses, mined, isLiteral, avoided, leading: leadingOf(before), everyPart, ...most },
    (overlay) => {
      probes += 1;
      return measure(item, release, settings, { name: `${folder}/probe-${probes}`, overlay }, run);
    },
  );
  const attributions = [...traced.attributions.values()];
  const widen = widening(attributions);
  const nameOf = (one: Attribution): string | undefined => (everyPart ? nameBehind(widen(one)) : officialBehind(one));
  return {
    attributions: run.options.templatePatches
      ? attributions.map((one) => withOfficial(one, texts, nameOf(one)))
      : attributions,
    led: run.options.templatePatches ? traced.led : [],
    probes: traced.renders,
  };
}

function firstAtEachPlace(uses: readonly ImageUse[]): readonly ImageUse[] {
  return [...new Map(uses.map((use) => [placed(use), use])).values()];
}

const NOTHING = { attributions: [], led: [] } as const;

/** All switches turned on together, where helm renders that: one trace then serves them all. */
async function traceTogether(
  ground: Ground,
  items: readonly ProfileItem[],
  before: readonly Attribution[],
  folder: string,
  run: Run,
): Promise<Pick<Traced, 'attributions' | 'led'>> {
  const { extraction } = ground.release;
  const paths = items.flatMap(({ profile }) => (profile.kind === 'switch' ? [profile.path] : []));
  if (extraction === undefined || paths.length < 2) return NOTHING;
  const overlay = emitYaml(switchedOn(extraction.values, paths));
  const file = await writeFile(`${folder}/switches.yaml`, overlay, run.ports);
  const subject: Subject = {
    values: paths.reduce((values, path) => withNode(values, path, SWITCHED_ON), ground.seen(extraction.values)),
    uses: firstAtEachPlace(items.flatMap(({ fresh }) => fresh)),
    settings: { ...extraction.settings, valuesFiles: [...extraction.settings.valuesFiles, file] },
    folder,
    limit: HIDDEN_LIMIT,
    before,
  };
  if ((await measure(ground.item, ground.release, subject.settings, undefined, run)) === undefined) return NOTHING;
  return traceSubject(ground, subject, run);
}

async function traceHidden(
  ground: Ground,
  asked: readonly Traced[],
  folder: string,
  run: Run,
): Promise<readonly Traced[]> {
  const { release } = ground;
  const hidden = release.profiles.filter(({ profile }) => !isAskedFor(profile));
  const before = asked.flatMap(({ attributions }) => attributions);
  const atOnce = await traceTogether(ground, hidden, before, `${folder}/together`, run);
  const together = new Map([...atOnce.led, ...atOnce.attributions].map((one) => [placed(one.use), one]));
  const traced: Traced[] = [];
  for (const [index, profile] of hidden.entries()) {
    const { settings } = profile.extraction;
    const values = ground.seen(profile.extraction.values);
    const known = profile.fresh.flatMap((use) => together.get(placed(use)) ?? []);
    const uses = profile.fresh.filter((use) => !together.has(placed(use)));
    const subject = { values, uses, settings, folder: `${folder}/${index}`, limit: HIDDEN_LIMIT, before };
    const { attributions, led, probes } =
      uses.length === 0 ? { ...NOTHING, probes: 0 } : await traceSubject(ground, subject, run);
    traced.push({
      release,
      profile,
      values,
      uses: profile.fresh,
      attributions: [...known.filter(({ lead }) => lead === undefined), ...attributions],
      led: [...known.filter(({ lead }) => lead !== undefined), ...led],
      probes,
    });
  }
  return traced;
}

async function traceAsked(ground: Ground, folder: string, run: Run): Promise<readonly Traced[]> {
  const { release } = ground;
  const { extraction } = release;
  if (extraction === undefined) throw new RangeError(`${release.addon.release} was not rendered`);
  const asked = release.profiles.filter(({ profile }) => isAskedFor(profile));
  const subjects = [
    { profile: undefined, extraction },
    ...asked.map((profile) => ({ profile, extraction: profile.extraction })),
  ];
  const traced: Traced[] = [];
  for (const [index, { profile, extraction: shown }] of subjects.entries()) {
    const { uses, settings } = shown;
    const values = ground.seen(shown.values);
    const before = traced.flatMap(({ attributions }) => attributions);
    const subject = { values, uses, settings, folder: `${folder}/asked-${index}`, before };
    const found = await traceSubject(ground, subject, run);
    traced.push({ release, profile, values, uses, ...found });
  }
  return traced;
}

/** With slots as wide as names are, the same for all that was traced: their edits of one value must not overlap. */
function widenedTraces(all: readonly Traced[]): readonly Traced[] {
  const widen = widening(all.flatMap(({ attributions, led }) => [...attributions, ...led]));
  return all.map((one) => ({ ...one, attributions: one.attributions.map(widen), led: one.led.map(widen) }));
}

/** Finds out by measuring which values, of those not `avoided`, make the references of a release, under every profile that shows some. */
export async function traceRelease(
  item: ChartItem,
  release: ReleaseItem,
  folder: string,
  avoided: readonly ValuePath[],
  run: Run,
): Promise<readonly Traced[]> {
  const { pulled } = item;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const { tree, chart } = pulled;
  const texts = ['templates/', 'files/', 'crds/'].flatMap((below) => textsBelow(tree, chart, below));
  const mined = templatePaths(tree, chart, []);
  const seen = (values: ValueNode): ValueNode => (item.ownGlobals ? withOwnGlobals(values, tree, chart) : values);
  // at the root they would be set for all charts
  const lifted = item.ownGlobals ? mined.named.filter((path) => isLifted(tree, chart, path)) : [];
  const keptEmpty = severalDefaults(tree, chart);
  const ground: Ground = { item, pulled, release, texts, mined, seen, avoided: [...avoided, ...lifted], keptEmpty };
  const asked = await traceAsked(ground, `probes/${folder}`, run);
  const all = [...asked, ...(await traceHidden(ground, asked, `probes/${folder}`, run))];
  return isFlat(run.options.naming) ? widenedTraces(all) : all;
}
