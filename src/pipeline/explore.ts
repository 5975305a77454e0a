import { isOverride, type ValuesLayer } from '../domain/addon.ts';
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
import { defaultLayers } from './defaults.ts';
import { legible, sayOperators, sorted } from './extract.ts';
import type { Extraction, OriginalTexts, ProfileItem, ReleaseItem, RenderSettings } from './release-item.ts';
import { renderFailure, writeLayers } from './render.ts';
import type { PulledChart } from './resolved-chart.ts';
import { readRender } from './results/read-render.ts';
import type { Reading } from './results/reading.ts';
import type { Run } from './run.ts';
import type { WorkspaceFile } from './workspace-file.ts';

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
  const own = defaultLayers(release.addon);
  const files = ciFiles(pulled).map((file): [Profile, readonly ValuesLayer[]] => {
    const text = textAt(pulled.tree, [file]) ?? '';
    return [{ kind: 'ci', file }, [...overrides, { origin: 'values-file', name: file, text }]];
  });
  const defaults: readonly [Profile, readonly ValuesLayer[]][] = own === undefined ? [] : [[{ kind: 'defaults' }, own]];
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

/** What helm shows. `refusedByNotes`: its reason, where it is what helm shows without NOTES.txt. */
interface Seen {
  readonly reading: Reading;
  readonly refusedByNotes: string | undefined;
}

// helm names the template in which it ended
const BY_NOTES = /\btemplates\/NOTES\.txt\b/;

/**
 * What a profile shows that nobody asked for. Where NOTES.txt refuses it, which Bitnami's do when a value wants another one
 * beside it, it is looked at without NOTES.txt: with that other value the same images come.
 */
async function readUnasked({ item, pulled, release }: Subject, settings: RenderSettings, run: Run): Promise<Seen> {
  const read = (archive: WorkspaceFile): Promise<Reading> =>
    readRender(item, { release, settings, archive, more: [] }, 'everything', run);
  const whole = await read(pulled.archive);
  if (whole.kind !== 'failed' || !BY_NOTES.test(whole.reason)) return { reading: whole, refusedByNotes: undefined };
  const rest = await read(pulled.probe);
  return rest.kind === 'failed'
    ? { reading: whole, refusedByNotes: undefined }
    : { reading: rest, refusedByNotes: whole.reason };
}

/** What a profile of the catalog shows; helm has to render all of it. */
async function readAsked(
  { item, pulled, release }: Subject,
  settings: RenderSettings,
  texts: OriginalTexts,
  run: Run,
): Promise<Seen> {
  const rendering = { release, settings, archive: pulled.archive, more: [] };
  const told = (text: string): void => {
    texts.once = Promise.resolve(text);
  };
  const reading = await readRender(item, rendering, 'everything', run, { told });
  return { reading, refusedByNotes: undefined };
}

/** Whether these switches together show nothing that the release does not: then none of them is looked at alone. */
async function isQuiet(subject: Subject, paths: readonly ValuePath[], run: Run): Promise<boolean> {
  const { release, extraction } = subject;
  const { reading } = await readUnasked(subject, await turned(subject, paths, run), run);
  if (reading.kind !== 'read' || reading.badImage !== undefined) return false;
  return usesBeyond(sorted(reading, release).uses, extraction.uses).length === 0;
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

/** A profile that shows further images, or that is to be proven in any case: all but switches are. */
async function carryOut(trial: Trial, subject: Subject, run: Run): Promise<Outcome> {
  const { item, release, extraction } = subject;
  const { profile, settings } = trial;
  const isAsked = isAskedFor(profile);
  const texts: OriginalTexts = { once: undefined, again: undefined };
  const { reading, refusedByNotes } = isAsked
    ? await readAsked(subject, settings, texts, run)
    : await readUnasked(subject, settings, run);
  if (reading.kind === 'failed') return { profile, reason: reading.reason };
  try {
    const seen = legible(item, reading, formatProfile(profile));
    const shown = sorted(seen, release);
    const fresh = usesBeyond(shown.uses, extraction.uses);
    if (fresh.length === 0 && profile.kind === 'switch') return undefined;
    if (isAsked) sayOperators(release.notes, seen);
    // of what nobody asked for, only references are compared
    const own = { settings, values: trial.values(), ...shown, texts: isAsked ? texts : undefined };
    return { profile, extraction: own, fresh, refusedByNotes, ...UNPROVEN };
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
