import { join, resolve } from 'node:path';
import type { ExplainFlags } from '../cli/explain-command.ts';
import type { Configuration } from '../config/configuration.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Catalog } from '../domain/addon.ts';
import { isImageQuestion } from '../domain/explain/match-image.ts';
import { chartCatalog } from './chart-catalog.ts';
import { chartFlagsGiven, type Read } from './check-chart.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that explaining needs to know; or all that is wrong. */
export type ExplainInputs =
  | { readonly kind: 'ok'; readonly configuration: Configuration; readonly catalog: Catalog }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

type SubjectKind = 'chart' | 'catalog' | 'neither';

/** What the subject is: a file that is no chart archive is a catalog, everything else a chart. */
async function kindOf(subject: string, { repo }: ExplainFlags, cwd: string): Promise<SubjectKind> {
  if (repo !== undefined || /^[a-z][a-z0-9+.-]*:\/\//i.test(subject)) return 'chart';
  const path = resolve(cwd, subject);
  switch (await diskFiles.kindOf(path)) {
    case 'file':
      return /\.(?:tgz|tar\.gz)$/i.test(path) ? 'chart' : 'catalog';
    case 'directory':
      return (await diskFiles.kindOf(join(path, 'Chart.yaml'))) === 'file' ? 'chart' : 'neither';
    case 'absent':
    case 'hidden':
      return 'neither';
  }
}

async function nothing(subject: string, cwd: string): Promise<Read<Catalog>> {
  const kind = await diskFiles.kindOf(resolve(cwd, subject));
  const told = {
    directory: `there is no Chart.yaml in ${shown(subject)}`,
    hidden: `${shown(subject)} may not be read`,
    absent: `there is nothing at ${shown(subject)}`,
    file: `${shown(subject)} is no chart`,
  };
  const instead =
    'name a catalog, a chart directory or archive, oci://HOST/PATH/CHART[:VERSION], or CHART[:VERSION] with --repo URL';
  return { value: undefined, problems: [flagProblem('CHART', { what: told[kind], instead })] };
}

/** Flags that say something of the other kind of subject. */
function needless(kind: SubjectKind, flags: ExplainFlags): readonly Problem[] {
  const complain = (flag: string, what: string, instead: string): Problem => flagProblem(flag, { what, instead });
  if (kind === 'catalog')
    return chartFlagsGiven(flags)
      .filter((flag) => flag !== '--kube-version')
      .map((flag) => complain(flag, 'a catalog says this itself', 'write it in the catalog, or name a chart'));
  if (kind === 'chart' && flags.onlyAddon.length > 0)
    return [complain('--only-addon', 'a single chart is named', 'leave it out, or name a catalog')];
  return [];
}

async function catalogFrom(subject: string, flags: ExplainFlags, cwd: string): Promise<Read<Catalog>> {
  const { onlyAddon, chartOverrides } = flags;
  const loaded = await loadCatalog({
    ...{ onlyAddon, chartOverrides, cwd },
    catalogs: [subject],
    values: undefined,
    excludeAddons: [],
    latest: false,
    files: diskFiles,
  });
  return loaded.kind === 'ok'
    ? { value: loaded.catalog, problems: [] }
    : { value: undefined, problems: loaded.problems };
}

async function readSubject(subject: string, flags: ExplainFlags, around: Surroundings): Promise<Read<Catalog>> {
  const kind = await kindOf(subject, flags, around.cwd);
  const wrong = needless(kind, flags);
  switch (kind) {
    case 'neither':
      return nothing(subject, around.cwd);
    case 'catalog': {
      const { value, problems } = await catalogFrom(subject, flags, around.cwd);
      return { value, problems: [...wrong, ...problems] };
    }
    case 'chart': {
      const { value, problems } = await chartCatalog(subject, flags, around);
      return { value, problems: [...wrong, ...problems] };
    }
  }
}

function imageProblems({ image }: ExplainFlags): readonly Problem[] {
  if (image === undefined || isImageQuestion(image)) return [];
  const instead = 'write it like quay.io/team/app:1.2, with or without its tag, or with * for any characters';
  return [flagProblem('--image', { what: `${shown(image)} is no reference`, instead })];
}

/**
 * Reads and checks flags, configuration, values, and chart or catalog. Nothing is asked of anybody; all problems come back
 * together.
 *
 * @throws MirrorError for a chart on disk that cannot be read.
 */
export async function readExplainInputs(
  subject: string,
  flags: ExplainFlags,
  around: Surroundings,
  loginProblems: readonly Problem[],
): Promise<ExplainInputs> {
  const { kubeVersion, targetRegistry, targetPrefix, imagePath, switches, profile } = flags;
  const settings = { kubeVersion, targetRegistry, targetPrefix, imagePath, switches, profile };
  const configured = await readConfiguration(flags, settings, around.cwd);
  const read = await readSubject(subject, flags, around);
  const problems = [
    ...imageProblems(flags),
    ...loginProblems,
    ...(configured.kind === 'problems' ? configured.problems : []),
    ...read.problems,
  ];
  if (problems.length > 0 || configured.kind === 'problems' || read.value === undefined)
    return { kind: 'problems', problems };
  return { kind: 'ok', configuration: configured.configuration, catalog: read.value };
}
