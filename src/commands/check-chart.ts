import { resolve } from 'node:path';
import { isMap } from 'yaml';
import type { ChartFlags } from '../cli/chart-options.ts';
import { versionRequest } from '../config/catalog-entry.ts';
import { parseLocation } from '../config/chart-location.ts';
import { rootOf } from '../config/documents.ts';
import { isChartName, isNamespace, isReleaseName } from '../config/names.ts';
import { type Complaint, flagProblem, type Problem, problemAt, shown } from '../config/problems.ts';
import type { InputFiles } from '../config/read-text.ts';
import { placeOf } from '../config/yaml-nodes.ts';
import { readYaml } from '../config/yaml-source.ts';
import type { ChartSource, ValuesLayer, VersionRequest } from '../domain/addon.ts';
import { parseConstraint } from '../domain/version/constraint.ts';
import { tagToVersion } from '../domain/version/tags.ts';
import type { ChartRequest } from '../pipeline/check/check-run.ts';

/** What is read from the command line, and what is wrong with it. The value is undefined where it cannot be used. */
export interface Read<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

/** The flags that say which chart is rendered, and with what, as far as they were given. */
export function chartFlagsGiven(flags: ChartFlags): readonly string[] {
  return [
    ...(flags.values.length > 0 ? ['-f'] : []),
    ...(flags.repo !== undefined ? ['--repo'] : []),
    ...(flags.release !== undefined ? ['--release'] : []),
    ...(flags.namespace !== undefined ? ['--namespace'] : []),
    ...(flags.kubeVersion !== undefined ? ['--kube-version'] : []),
    ...(flags.apiVersions.length > 0 ? ['--api-versions'] : []),
  ];
}

type Located = Pick<ChartRequest, 'source' | 'version'>;

const FORMS = 'name a chart directory or archive, oci://HOST/PATH/CHART[:VERSION], or CHART[:VERSION] with --repo URL';

function wrong(
  flag: string,
  what: string,
  instead: string,
): { readonly value: undefined; readonly problems: Problem[] } {
  return { value: undefined, problems: [flagProblem(flag, { what, instead })] };
}

function splitVersion(text: string): { readonly name: string; readonly version: string | undefined } {
  const colon = text.lastIndexOf(':');
  if (colon < 0 || colon < text.lastIndexOf('/')) return { name: text, version: undefined };
  return { name: text.slice(0, colon), version: text.slice(colon + 1) };
}

function versionOf(text: string | undefined): VersionRequest | Complaint {
  if (text?.toLowerCase() === 'latest')
    return { what: '"latest" is no version', instead: 'leave the version out for the newest stable one' };
  // tags spell the + of a version as _
  const version = text === undefined ? undefined : tagToVersion(text);
  if (version === '' || (version !== undefined && parseConstraint(version) === undefined))
    return { what: `${shown(version)} is no version`, instead: 'write a version like 1.2.3 or a range like ^1.2' };
  return versionRequest(version, false);
}

function withVersion(source: ChartSource, text: string | undefined): Read<Located> {
  const version = versionOf(text);
  if ('what' in version) return { value: undefined, problems: [flagProblem('CHART', version)] };
  return { value: { source, version }, problems: [] };
}

function registryChart(text: string): Read<Located> {
  const { name, version } = splitVersion(text.slice('oci://'.length));
  const location = parseLocation(`oci://${name}`);
  if (location.kind === 'wrong') return { value: undefined, problems: [flagProblem('CHART', location.complaint)] };
  if (location.kind !== 'oci' || location.path === '')
    return wrong(
      'CHART',
      `${shown(text)} names a registry and no chart in it`,
      'write oci://HOST/PATH/CHART[:VERSION]',
    );
  const { registry, path: repository } = location;
  const chart = repository.slice(repository.lastIndexOf('/') + 1);
  return withVersion({ kind: 'oci', registry, repository, chart }, version);
}

function repositoryChart(text: string, repo: string): Read<Located> {
  const location = parseLocation(repo);
  const { name, version } = splitVersion(text);
  if (location.kind === 'wrong') return { value: undefined, problems: [flagProblem('--repo', location.complaint)] };
  if (location.kind !== 'http') {
    const instead =
      'write an http:// or https:// URL; charts in registries are named oci://HOST/PATH/CHART, without --repo';
    return wrong('--repo', `${shown(repo)} is no chart repository`, instead);
  }
  if (!isChartName(name) || name.includes('/'))
    return wrong('CHART', `${shown(text)} is no chart of a repository`, 'write the name that its index has');
  return withVersion({ kind: 'http', repository: location.url, chart: name }, version);
}

async function localChart(text: string, files: InputFiles, cwd: string): Promise<Read<Located>> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return wrong('CHART', `${shown(text)} is no chart`, FORMS);
  const path = resolve(cwd, text);
  const value: Located = { source: { kind: 'local', path, chart: '' }, version: versionRequest(undefined, false) };
  switch (await files.kindOf(path)) {
    case 'directory': {
      if ((await files.kindOf(resolve(path, 'Chart.yaml'))) === 'file') return { value, problems: [] };
      const instead = 'name the directory of a chart; rendered manifests are checked with --manifests';
      return wrong('CHART', `there is no Chart.yaml in ${shown(text)}`, instead);
    }
    case 'file':
      if (/\.(?:tgz|tar\.gz)$/i.test(path)) return { value, problems: [] };
      return wrong('CHART', `${shown(text)} is no chart archive`, 'name a .tgz or a directory');
    case 'hidden':
      return wrong('CHART', `${shown(text)} may not be read`, 'give this user permission to read it');
    case 'absent':
      return wrong('CHART', `there is nothing at ${shown(text)}`, FORMS);
  }
}

/** Reads the CHART of the command line: a path, `oci://…[:version]`, or with --repo `name[:version]`. */
async function readChart(
  text: string,
  repo: string | undefined,
  files: InputFiles,
  cwd: string,
): Promise<Read<Located>> {
  if (repo !== undefined) return repositoryChart(text, repo);
  return text.startsWith('oci://') ? registryChart(text) : localChart(text, files, cwd);
}

async function readLayer(file: string, files: InputFiles, cwd: string): Promise<Read<ValuesLayer>> {
  const path = resolve(cwd, file);
  const read = await readYaml(files, path, file);
  if (read.kind === 'problems') return { value: undefined, problems: read.problems };
  const roots = read.sources.flatMap((source) => {
    const root = rootOf(source);
    return root === undefined ? [] : [{ source, root }];
  });
  const problems = roots.flatMap(({ source, root }, index) => {
    if (index === 0 && isMap(root)) return [];
    const what = index === 0 ? 'a values file must be a map' : 'a second document begins here';
    const instead = index === 0 ? 'write values as "key: value"' : 'write one document for each file';
    return [problemAt(placeOf(source, root), { what, instead })];
  });
  return { value: { origin: 'values-file', name: file, text: read.text }, problems };
}

/** The values files of a chart, in their order. */
export async function readLayers(
  values: readonly string[],
  files: InputFiles,
  cwd: string,
): Promise<Read<readonly ValuesLayer[]>> {
  const layers = await Promise.all(values.map((file) => readLayer(file, files, cwd)));
  return { value: layers.flatMap(({ value }) => value ?? []), problems: layers.flatMap(({ problems }) => problems) };
}

/** What is wrong with the names of a release. */
export function nameProblems({ release, namespace }: Pick<ChartFlags, 'release' | 'namespace'>): readonly Problem[] {
  const shape = 'write lower case letters, digits and hyphens';
  return [
    ...(release === undefined || isReleaseName(release)
      ? []
      : wrong('--release', `${shown(release)} is no release name`, `${shape}, at most 53`).problems),
    ...(namespace === undefined || isNamespace(namespace)
      ? []
      : wrong('--namespace', `${shown(namespace)} is no namespace`, `${shape}, at most 63`).problems),
  ];
}

/** The words of a flag that may be given several times, each with several words separated by commas. */
export function wordsOf(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** The request for a chart but for its Kubernetes version, which the configuration has a say in. */
export async function readChartRequest(
  chart: string,
  flags: ChartFlags,
  files: InputFiles,
  cwd: string,
): Promise<Read<Omit<ChartRequest, 'kubeVersion'>>> {
  const located = await readChart(chart, flags.repo, files, cwd);
  const layers = await readLayers(flags.values, files, cwd);
  const problems = [...located.problems, ...layers.problems, ...nameProblems(flags)];
  if (located.value === undefined || problems.length > 0) return { value: undefined, problems };
  const { release, namespace } = flags;
  const value = {
    ...located.value,
    ...{ release, namespace },
    layers: layers.value ?? [],
    isKubeVersionAsked: flags.kubeVersion !== undefined,
    apiVersions: wordsOf(flags.apiVersions),
  };
  return { value, problems };
}
