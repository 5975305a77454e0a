import type { PruneFlags } from '../cli/prune-command.ts';
import type { Configuration } from '../config/configuration.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Addon } from '../domain/addon.ts';
import { ecrRegistry, type PrivateEcr } from '../domain/ecr/registry.ts';
import { joinPath, splitTarget } from '../domain/plan/destination.ts';
import { parseAge } from '../domain/prune/age.ts';
import { type KeepRules, type KeptEntry, LEAST_AGE } from '../domain/prune/keep-rules.ts';
import { MirrorError } from '../errors.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that a run of prune needs to know, checked; or all that is wrong. */
export type PruneInputs =
  | {
      readonly kind: 'ok';
      readonly configuration: Configuration;
      /** The target as it was named. */
      readonly target: string;
      readonly path: string;
      readonly registry: PrivateEcr;
      readonly rules: KeepRules;
    }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

type Checked<T> = { readonly value: T; readonly problems: readonly Problem[] };

function keepCharts({ keepCharts: text, keepCatalog }: PruneFlags): Checked<number | undefined> {
  if (text === undefined) {
    const none = flagProblem('command line', {
      what: 'nothing is said of what stays',
      instead: 'give --keep-catalog with a catalog, --keep-charts with a number, or both',
    });
    return { value: undefined, problems: keepCatalog.length === 0 ? [none] : [] };
  }
  if (/^[1-9][0-9]{0,5}$/.test(text)) return { value: Number(text), problems: [] };
  const complaint = { what: `${shown(text)} is no number of versions`, instead: 'write a whole number from 1' };
  return { value: undefined, problems: [flagProblem('--keep-charts', complaint)] };
}

function minimumAge({ olderThan: text }: PruneFlags): Checked<number> {
  if (text === undefined) return { value: LEAST_AGE, problems: [] };
  const age = parseAge(text);
  const wrong = (what: string, instead: string) => ({
    value: LEAST_AGE,
    problems: [flagProblem('--older-than', { what, instead })],
  });
  if (age === undefined) return wrong(`${shown(text)} is no age`, 'write hours, days or weeks, as 36h, 30d or 2w');
  if (age < LEAST_AGE)
    return wrong(`${shown(text)} is less than a day`, 'write at least 24h: nothing younger is removed');
  return { value: age, problems: [] };
}

function toEntry({ source, ociNamespace, version, images }: Addon): KeptEntry {
  const asked = version.kind === 'version' ? version.text : 'newest';
  return {
    name: source.kind === 'local' ? source.chart : `${source.chart} ${asked}`,
    path: joinPath(ociNamespace, source.chart),
    versions: source.kind === 'local' ? undefined : version,
    images: images.map(({ reference }) => reference),
  };
}

async function keptEntries(flags: PruneFlags, cwd: string): Promise<Checked<readonly KeptEntry[]>> {
  if (flags.keepCatalog.length === 0) return { value: [], problems: [] };
  const loaded = await loadCatalog({
    catalogs: flags.keepCatalog,
    values: undefined,
    chartOverrides: [],
    onlyAddon: [],
    excludeAddons: [],
    latest: false,
    cwd,
    files: diskFiles,
  });
  if (loaded.kind === 'problems') return { value: [], problems: loaded.problems };
  return { value: loaded.catalog.addons.map(toEntry), problems: [] };
}

function noTarget(): MirrorError {
  return new MirrorError('there is no target registry', {
    code: 'TARGET_UNKNOWN',
    origin: 'input',
    hint: 'name it with --target-registry HOST[/PATH], or as targetRegistry in airgap-charts.yaml',
  });
}

function notPrivateEcr(host: string): MirrorError {
  return new MirrorError(`${host} is no private registry of Amazon ECR`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: 'prune works there only: other registries neither say when something was pushed nor remove in a way that can be trusted; for a private name of ECR give --registry-type ecr',
  });
}

/**
 * Reads and checks flags, configuration and catalogs. Nothing is asked of the registry; all problems come back together.
 *
 * @throws MirrorError TARGET_UNKNOWN when nothing names a target, INPUT_INVALID for one that is not a private ECR.
 */
export async function readPruneInputs(
  flags: PruneFlags,
  around: Surroundings,
  loginProblems: readonly Problem[],
): Promise<PruneInputs> {
  const { cwd } = around;
  const { targetRegistry, registryType, ecrAccount, ecrRegion, profile, outputDir } = flags;
  const settings = { targetRegistry, registryType, ecrAccount, ecrRegion, profile, outputDir };
  const configured = await readConfiguration(flags, settings, cwd);
  const [newest, age, entries] = [keepCharts(flags), minimumAge(flags), await keptEntries(flags, cwd)];
  const problems = [
    ...newest.problems,
    ...age.problems,
    ...loginProblems,
    ...(configured.kind === 'problems' ? configured.problems : []),
    ...entries.problems,
  ];
  if (configured.kind === 'problems' || problems.length > 0) return { kind: 'problems', problems };
  const { configuration } = configured;
  const target = configuration.settings.targetRegistry;
  if (target === undefined) throw noTarget();
  const { host, path } = splitTarget(target);
  const registry = ecrRegistry(host, configuration.network);
  if (registry?.kind !== 'private') throw notPrivateEcr(host);
  const rules = { catalog: entries.value, newest: newest.value, minimumAge: age.value };
  return { kind: 'ok', configuration, target, path, registry, rules };
}
