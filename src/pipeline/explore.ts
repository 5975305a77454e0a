import type { ValuesLayer } from '../domain/addon.ts';
import { textAt } from '../domain/chart/archive-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { SWITCHED_ON, type ValueNode, type ValuePath, withNode } from '../domain/chart/values-tree.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { digestOf } from '../domain/manifest.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { formatProfile, isAskedFor, type Profile } from '../domain/profiles/profile.ts';
import { searchGroups } from '../domain/profiles/search-groups.ts';
import { switchedOn, switchesOf } from '../domain/profiles/switches.ts';
import { MirrorError } from '../errors.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import { checkReadable, read, sayOperators } from './extract.ts';
import type { Extraction, ProfileItem, ReleaseItem, RenderSettings } from './release-item.ts';
import { renderAs, renderFailure, writeLayers } from './render.ts';
import type { PulledChart } from './resolved-chart.ts';
import type { Run } from './run.ts';

/** A profile that is going to be rendered, with what helm is given for it. */
interface Trial {
  readonly profile: Profile;
  readonly settings: RenderSettings;
  readonly values: () => ValueNode;
}

/** What a release is looked at for. */
interface Subject {
  readonly item: ChartItem;
  readonly pulled: PulledChart;
  readonly release: ReleaseItem;
  readonly extraction: Extraction;
  /** The folder of its profiles in the workspace. */
  readonly folder: string;
}

function isOverride({ origin }: ValuesLayer): boolean {
  return origin === 'shipped-override' || origin === 'user-override';
}

async function layered(
  subject: Subject,
  profile: Profile,
  layers: readonly ValuesLayer[],
  name: string,
  run: Run,
): Promise<Trial> {
  const { pulled, extraction, folder } = subject;
  const valuesFiles = await writeLayers(`${folder}/${name}`, layers, run);
  return {
    profile,
    settings: { ...extraction.settings, valuesFiles },
    values: () => effectiveValues(pulled.tree, pulled.chart, layers),
  };
}

function ciFiles({ tree }: PulledChart): readonly string[] {
  return [...tree.files.keys()].filter((path) => /^ci\/[^/]*values\.ya?ml$/.test(path)).sort();
}

/** What the user asked for beside the release: the profiles of the catalog entry. */
function askedFor(subject: Subject, run: Run): Promise<readonly Trial[]> {
  const { addon } = subject.release;
  return Promise.all(
    addon.profiles.map(({ name, layers }, index) =>
      layered(subject, { kind: 'catalog', name }, [...addon.layers, ...layers], `catalog-${index}`, run),
    ),
  );
}

/** The chart's own defaults, where the release has other values, and the values it is tested with. */
async function ofChart(subject: Subject, run: Run): Promise<readonly Trial[]> {
  const { pulled, release } = subject;
  const overrides = release.addon.layers.filter(isOverride);
  const files = ciFiles(pulled).map((file): [Profile, readonly ValuesLayer[]] => {
    const text = textAt(pulled.tree, [file]) ?? '';
    return [{ kind: 'ci', file }, [...overrides, { origin: 'values-file', name: file, text }]];
  });
  const isOwn = overrides.length < release.addon.layers.length;
  const defaults: readonly [Profile, readonly ValuesLayer[]][] = isOwn ? [[{ kind: 'defaults' }, overrides]] : [];
  return Promise.all(
    [...defaults, ...files].map(([profile, layers], index) => layered(subject, profile, layers, `chart-${index}`, run)),
  );
}

/** The release with these switches turned on. */
async function turned(subject: Subject, paths: readonly ValuePath[], run: Run): Promise<RenderSettings> {
  const { extraction, folder } = subject;
  const { values, settings } = extraction;
  const overlay = { text: emitYaml(switchedOn(values, paths)) };
  const name = digestOf(Buffer.from(overlay.text)).slice(-16);
  const files = await writeLayers(`${folder}/switches-${name}`, [overlay], run);
  return { ...settings, valuesFiles: [...settings.valuesFiles, ...files] };
}

/** Whether these switches together show nothing that the release does not: then none of them is looked at alone. */
async function isQuiet(subject: Subject, paths: readonly ValuePath[], run: Run): Promise<boolean> {
  const { item, pulled, release, extraction } = subject;
  const result = await renderAs(release, await turned(subject, paths, run), pulled.archivePath, [], run);
  if (result.kind === 'failed') return false;
  try {
    checkReadable(item, result.text);
    return usesBeyond(read(item, release, result.text, run).uses, extraction.uses).length === 0;
  } catch (error) {
    if (error instanceof MirrorError && error.code === 'IMAGES_UNREADABLE') return false;
    throw error;
  }
}

/** The values of the release with one switch turned on, for each that is off and may show something. */
async function ofSwitches(subject: Subject, all: readonly ValuePath[], run: Run): Promise<readonly Trial[]> {
  const { values } = subject.extraction;
  const paths = await searchGroups(all, (group) => isQuiet(subject, group, run));
  return Promise.all(
    paths.map(async (path): Promise<Trial> => {
      const settings = await turned(subject, [path], run);
      return { profile: { kind: 'switch', path }, settings, values: () => withNode(values, path, SWITCHED_ON) };
    }),
  );
}

/** The uses that others do not have at their places. Names of objects do not count, since they may be random. */
function usesBeyond(uses: readonly ImageUse[], others: readonly ImageUse[]): readonly ImageUse[] {
  const keyOf = ({ template, kind, path, text }: ImageUse): string => [template, kind, path, text].join('\n');
  const left = new Map<string, number>();
  for (const use of others) left.set(keyOf(use), (left.get(keyOf(use)) ?? 0) + 1);
  return uses.filter((use) => {
    const count = left.get(keyOf(use)) ?? 0;
    left.set(keyOf(use), count - 1);
    return count <= 0;
  });
}

/** What came of a trial: it shows further images, or nothing more, or helm does not render it. */
type Outcome = ProfileItem | { readonly profile: Profile; readonly reason: string } | undefined;

/** Whether a chart cannot be read under a profile that nobody asked for, which must not end its release. */
function isPassedOver(profile: Profile, error: unknown): error is MirrorError {
  if (isAskedFor(profile) || !(error instanceof MirrorError)) return false;
  return error.code === 'IMAGES_UNREADABLE' || error.code === 'RENDER_FAILED';
}

async function carryOut(trial: Trial, { item, pulled, release, extraction }: Subject, run: Run): Promise<Outcome> {
  const { profile, settings } = trial;
  const result = await renderAs(release, settings, pulled.archivePath, [], run);
  if (result.kind === 'failed') return { profile, reason: result.reason };
  try {
    const shown = read(item, release, result.text, run);
    const fresh = usesBeyond(shown.uses, extraction.uses);
    const isAsked = isAskedFor(profile);
    checkReadable(item, result.text);
    if (fresh.length === 0 && !isAsked) return undefined;
    if (isAsked) sayOperators(item, release.notes, shown.uses, result.text);
    // of what nobody asked for, only references are compared
    const output = isAsked ? result.text : '';
    return { profile, extraction: { settings, values: trial.values(), ...shown, output }, fresh, ...UNPROVEN };
  } catch (error) {
    if (isPassedOver(profile, error)) return { profile, reason: error.message };
    if (!(error instanceof MirrorError)) throw error;
    const { code, origin, hint } = error;
    throw new MirrorError(`${formatProfile(profile)} of release ${release.addon.release}: ${error.message}`, {
      code,
      origin,
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const UNPROVEN = { consumerValues: undefined, ownOverlay: undefined, ownUses: [], verdict: undefined } as const;

/**
 * Looks at a release under other profiles: those of its catalog entry, the chart's defaults and test values, and with each
 * switch turned on. Kept are those that show images which the release does not.
 *
 * @throws MirrorError RENDER_FAILED when the chart does not render under a profile of the catalog.
 */
export async function explore(item: ChartItem, release: ReleaseItem, index: number, run: Run): Promise<void> {
  const { pulled } = item;
  const { extraction } = release;
  if (pulled === undefined || extraction === undefined) throw new RangeError(`${chartName(item)} was not rendered`);
  const subject: Subject = { item, pulled, release, extraction, folder: `releases/${index}` };
  const switches = run.options.switches ? switchesOf(pulled.chart, extraction.values) : [];
  const [asked, ofItself, turnedOn] = await Promise.all([
    askedFor(subject, run),
    ofChart(subject, run),
    ofSwitches(subject, switches, run),
  ]);
  const trials = [...asked, ...ofItself, ...turnedOn];
  const outcomes = await Promise.all(trials.map((trial) => carryOut(trial, subject, run)));
  const shown = outcomes.filter((outcome) => outcome !== undefined);
  release.profiles = shown.filter((outcome) => 'fresh' in outcome);
  const refused = shown.filter((outcome) => 'reason' in outcome);
  release.looked = { switches: switches.length, refused };
  const failed = refused.find(({ profile }) => profile.kind === 'catalog');
  if (failed === undefined) return;
  const whose = `${formatProfile(failed.profile)} of release ${release.addon.release}`;
  throw renderFailure(item, whose, failed.reason);
}
