import type { CarryFlags } from '../cli/carry-options.ts';
import type { SignatureFlags } from '../cli/signature-options.ts';
import type { Configuration } from '../config/configuration.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import type { Addon, Catalog, VersionRequest } from '../domain/addon.ts';
import { IMAGE_CHOICES } from '../domain/images/evidence.ts';
import { type Platform, parsePlatform } from '../domain/platform.ts';
import { parseConstraint } from '../domain/version/constraint.ts';
import type { ListChoice } from '../pipeline/carry/carry-run.ts';
import { catalogOf, chartAddon } from './chart-catalog.ts';
import { type Read, wordsOf } from './check-chart.ts';
import { readConfiguration } from './read-configuration.ts';
import { signatureInputs } from './signature-inputs.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that listing, locking and wrapping charts needs to know. */
export interface CarryInputs {
  readonly configuration: Configuration;
  readonly catalog: Catalog;
  readonly choice: ListChoice;
  readonly platforms: readonly Platform[];
}

/** The same, or all that is wrong. */
export type CarryReading =
  | { readonly kind: 'ok'; readonly inputs: CarryInputs }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

type Flags = CarryFlags & { readonly platforms?: readonly string[]; readonly concurrency?: string } & SignatureFlags;

const CHOICES: readonly ListChoice[] = ['annotated', ...IMAGE_CHOICES];

function readChoice({ images }: Flags): Read<ListChoice> {
  const value = CHOICES.find((one) => one === images);
  if (value !== undefined) return { value, problems: [] };
  const instead = `write ${CHOICES.slice(0, -1).join(', ')} or ${CHOICES.at(-1)}`;
  return { value, problems: [flagProblem('--images', { what: `${shown(images)} is no choice of images`, instead })] };
}

/** The platforms that a flag names, each as `os/arch` or `os/arch/variant`. */
export function readPlatforms(platforms: readonly string[]): Read<readonly Platform[]> {
  const words = wordsOf(platforms);
  const instead = 'write it like linux/amd64';
  const problems = words
    .filter((word) => parsePlatform(word) === undefined)
    .map((word) => flagProblem('--platforms', { what: `${shown(word)} is no platform`, instead }));
  if (platforms.length > 0 && words.length === 0)
    problems.push(flagProblem('--platforms', { what: 'no platform is named', instead }));
  return { value: words.flatMap((word) => parsePlatform(word) ?? []), problems };
}

function readKey({ annotationsKey }: Flags): readonly Problem[] {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$/.test(annotationsKey)) return [];
  const what = `${shown(annotationsKey)} is no key of an annotation`;
  return [flagProblem('--annotations-key', { what, instead: 'write it like images or artifacthub.io/images' })];
}

/** The version that --version asks for; a name that says one, too, must not say another. */
export function readVersion({ version }: Pick<Flags, 'version'>, addon: Addon): Read<VersionRequest> {
  if (version === undefined) return { value: addon.version, problems: [] };
  if (parseConstraint(version) === undefined) {
    const instead = 'write a version like 1.2.3 or a range like ^1.2';
    return {
      value: undefined,
      problems: [flagProblem('--version', { what: `${shown(version)} is no version`, instead })],
    };
  }
  if (addon.version.kind === 'newest') return { value: { kind: 'version', text: version }, problems: [] };
  const what = `${addon.chart} names the version ${addon.version.text} already`;
  return { value: undefined, problems: [flagProblem('--version', { what, instead: 'leave one of them out' })] };
}

async function readAddon(chart: string, flags: Flags, around: Surroundings): Promise<Read<Addon>> {
  const { value: addon, problems } = await chartAddon(chart, flags, around);
  if (addon === undefined) return { value: undefined, problems };
  const version = readVersion(flags, addon);
  if (version.value === undefined) return { value: undefined, problems: version.problems };
  return { value: { ...addon, version: version.value }, problems: [] };
}

/** What means one chart only. */
function onlyForOne(charts: readonly string[], flags: Flags): readonly Problem[] {
  if (charts.length < 2) return [];
  const given = [
    ...(flags.values.length > 0 ? ['-f'] : []),
    ...(flags.release === undefined ? [] : ['--release']),
    ...(flags.version === undefined ? [] : ['--version']),
  ];
  const what = 'it is for a single chart, and several are named';
  return given.map((flag) => flagProblem(flag, { what, instead: 'run once for each chart' }));
}

/** The same problem once: that of a shared file is found for every chart. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/**
 * Reads and checks flags, configuration, values and charts on disk. Nothing is asked of anybody; all problems come back
 * together. `verifies`: whether the command verifies images.
 *
 * @throws MirrorError for a chart on disk that cannot be read.
 */
export async function readCarryInputs(
  charts: readonly string[],
  flags: Flags,
  around: Surroundings,
  moreProblems: readonly Problem[],
  verifies = false,
): Promise<CarryReading> {
  const { kubeVersion, profile, concurrency, cache, cacheDir } = flags;
  const settings = { kubeVersion, profile, concurrency, cache, cacheDir, ...signatureInputs(flags) };
  const configured = await readConfiguration(flags, settings, around.cwd, verifies);
  const choice = readChoice(flags);
  const platforms = readPlatforms(flags.platforms ?? []);
  const addons: Read<Addon>[] = [];
  for (const chart of charts) addons.push(await readAddon(chart, flags, around));
  const problems = distinct([
    ...choice.problems,
    ...platforms.problems,
    ...readKey(flags),
    ...onlyForOne(charts, flags),
    ...moreProblems,
    ...(configured.kind === 'problems' ? configured.problems : []),
    ...addons.flatMap((addon) => addon.problems),
  ]);
  if (problems.length > 0 || configured.kind === 'problems' || choice.value === undefined)
    return { kind: 'problems', problems };
  return {
    kind: 'ok',
    inputs: {
      configuration: configured.configuration,
      catalog: catalogOf(addons.flatMap(({ value }) => value ?? [])),
      choice: choice.value,
      platforms: platforms.value ?? [],
    },
  };
}
