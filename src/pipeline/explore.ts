import type { ValuesLayer } from '../domain/addon.ts';
import { textAt } from '../domain/chart/archive-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { SWITCHED_ON, type ValueNode, withNode } from '../domain/chart/values-tree.ts';
import { findImages } from '../domain/images/find.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { readRendered } from '../domain/images/rendered-documents.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { formatProfile, type Profile } from '../domain/profiles/profile.ts';
import { switchedOn, switchesOf } from '../domain/profiles/switches.ts';
import { formatReference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import { read, targetHosts } from './extract.ts';
import { renderAs, renderFailure, writeLayers } from './render.ts';
import {
  type ChartItem,
  chartName,
  type Extraction,
  type ProfileItem,
  type PulledChart,
  type ReleaseItem,
  type RenderSettings,
  type Run,
} from './run.ts';

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

/** The values of the release with one switch turned on, for each that is off. */
function ofSwitches(subject: Subject, run: Run): Promise<readonly Trial[]> {
  const { pulled, extraction, folder } = subject;
  const { values, settings } = extraction;
  return Promise.all(
    switchesOf(pulled.chart, values).map(async (path, index): Promise<Trial> => {
      const overlay = { text: emitYaml(switchedOn(values, [path])) };
      const [file = ''] = await writeLayers(`${folder}/switch-${index}`, [overlay], run);
      return {
        profile: { kind: 'switch', path },
        settings: { ...settings, valuesFiles: [...settings.valuesFiles, file] },
        values: () => withNode(values, path, SWITCHED_ON),
      };
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

/** The documents of a render that another one does not have. */
function documentsOnlyIn(output: string, other: ReadonlySet<string>): string {
  return output
    .split(/^(?=---)/m)
    .filter((document) => !other.has(document))
    .join('');
}

/** Whether documents that a render has beside those of the release name images that the release does not. */
function showsMore(output: string, base: Base, run: Run): boolean {
  const more = documentsOnlyIn(output, base.documents);
  if (more === '') return false;
  const { uses } = findImages(readRendered(more), [...targetHosts(run), ...base.hosts]);
  return uses.some(({ reference }) => !base.references.has(formatReference(reference)));
}

/** The release as it was rendered, ready to be compared with. */
interface Base {
  readonly documents: ReadonlySet<string>;
  readonly references: ReadonlySet<string>;
  readonly hosts: readonly string[];
  readonly uses: readonly ImageUse[];
}

function baseOf({ output, uses, aside }: Extraction): Base {
  const all = [...uses, ...aside.map(({ use }) => use)];
  return {
    documents: new Set(output.split(/^(?=---)/m)),
    references: new Set(all.map(({ reference }) => formatReference(reference))),
    hosts: [...new Set(all.map(({ reference }) => reference.registry))],
    uses: all,
  };
}

/** What came of a trial: it shows further images, or nothing more, or helm does not render it. */
type Outcome = ProfileItem | { readonly profile: Profile; readonly reason: string } | undefined;

async function carryOut(trial: Trial, { item, pulled, release }: Subject, base: Base, run: Run): Promise<Outcome> {
  const { profile, settings } = trial;
  const result = await renderAs(release, settings, pulled.archivePath, [], run);
  if (result.kind === 'failed') return { profile, reason: result.reason };
  if (profile.kind !== 'catalog' && !showsMore(result.text, base, run)) return undefined;
  try {
    const shown = read(item, release, result.text, run);
    const extraction = { settings, values: trial.values(), ...shown, output: result.text };
    const fresh = usesBeyond(extraction.uses, base.uses);
    return { profile, extraction, fresh, ownOverlay: undefined, verdict: undefined };
  } catch (error) {
    if (error instanceof MirrorError && error.code === 'IMAGES_UNREADABLE') return { profile, reason: error.message };
    throw error;
  }
}

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
  const switches = run.options.switches ? await ofSwitches(subject, run) : [];
  const trials = [...(await askedFor(subject, run)), ...(await ofChart(subject, run)), ...switches];
  const base = baseOf(extraction);
  const outcomes = await Promise.all(trials.map((trial) => carryOut(trial, subject, base, run)));
  const shown = outcomes.filter((outcome) => outcome !== undefined);
  release.profiles = shown.filter((outcome) => 'fresh' in outcome);
  const refused = shown.filter((outcome) => 'reason' in outcome);
  release.looked = { switches: switches.length, refused };
  const failed = refused.find(({ profile }) => profile.kind === 'catalog');
  if (failed === undefined) return;
  const whose = `${formatProfile(failed.profile)} of release ${release.addon.release}`;
  throw renderFailure(item, whose, failed.reason);
}
