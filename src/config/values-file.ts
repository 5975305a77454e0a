import type { Addon, Unmirrorable } from '../domain/addon.ts';
import { parseConstraint } from '../domain/version/constraint.ts';
import { type Candidate, findCandidates, type WrittenText } from './addon-candidates.ts';
import { versionRequest } from './catalog-entry.ts';
import type { InputFile } from './catalogs.ts';
import { type Location, parseLocation, remoteSource, type SourceResult, splitChart } from './chart-location.ts';
import { emptyProblem, rootOf } from './documents.ts';
import { isChartName, isNamespace, isReleaseName, releaseNameFrom } from './names.ts';
import { listed, type Problem, problemAt, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { readYaml } from './yaml-source.ts';

/** What a values file asks for. Entries that cannot be used are `unmirrorable`, not problems: the file is not ours. */
export interface ValuesRead {
  readonly addons: readonly Addon[];
  readonly unmirrorable: readonly Unmirrorable[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

type Reading =
  | { readonly kind: 'addon'; readonly addon: Addon; readonly notes: readonly string[] }
  | { readonly kind: 'unmirrorable'; readonly reasons: readonly string[] };

const SHAPE =
  'write addons as maps with "chart", "repoUrl", "targetRevision" and "releaseName", such as {chart: keda, repoUrl: https://kedacore.github.io/charts, targetRevision: "2.17.1"}';

function isTemplate(text: WrittenText | undefined): boolean {
  return text?.text.includes('{{') === true;
}

function differing(values: readonly WrittenText[]): readonly string[] {
  if (new Set(values.map(({ text }) => text)).size <= 1) return [];
  return [`${listed(values.map(({ key }) => key))} differ`];
}

function missingChart(candidate: Candidate, location: Location | undefined): string {
  if (candidate.names.includes('path')) return 'no chart (path names a directory in a Git repository)';
  if (candidate.names.some((name) => name === 'registry' || name === 'digest' || /pullpolicy$/i.test(name))) {
    return 'no chart (it looks like an image)';
  }
  if (location?.kind === 'oci' && location.path !== '') {
    const { namespace, name } = splitChart(location.path);
    const host = [location.registry, namespace].filter((part) => part !== '').join('/');
    return `no chart (write chart: ${name} and the repository ${host} if ${name} is the chart)`;
  }
  return 'no chart';
}

function locationReasons(repository: WrittenText, location: Location): readonly string[] {
  switch (location.kind) {
    case 'http':
    case 'oci':
      return [];
    case 'wrong':
      return [location.complaint.what];
    case 'local':
      return [`${repository.key} ${shown(repository.text)} is a path (charts on disk need a catalog)`];
    case 'bare':
      return [`${repository.key} ${shown(repository.text)} is no URL and no registry host`];
  }
}

function reasonsOf(candidate: Candidate, location: Location | undefined, latest: boolean): readonly string[] {
  const { chart, repositories, versions, releases } = candidate;
  const [repository] = repositories;
  const [version] = versions;
  const [release] = releases;
  const templates = [chart, repository, latest ? undefined : version].filter(isTemplate);
  const reasons: string[] = [];
  if (chart === undefined) reasons.push(missingChart(candidate, location));
  for (const text of templates) reasons.push(`${text?.key} is a template`);
  if (repository !== undefined && location !== undefined) reasons.push(...locationReasons(repository, location));
  reasons.push(...differing(repositories), ...(latest ? [] : differing(versions)), ...differing(releases));
  if (chart !== undefined && !isTemplate(chart) && !isChartName(chart.text))
    reasons.push(`${shown(chart.text)} is no chart name`);
  if (!latest && version?.text.toLowerCase() === 'latest')
    reasons.push(`${version.key} "latest" is no version (write one or use --latest)`);
  const isNamed = version !== undefined && !isTemplate(version) && version.text.toLowerCase() !== 'latest';
  // a branch, say, is wrong only where nothing else is: it fits what is wrong before it
  if (!latest && isNamed && reasons.length === 0 && parseConstraint(version.text) === undefined)
    reasons.push(`${version.key} ${shown(version.text)} is no version and no range`);
  if (release !== undefined && !isTemplate(release) && !isReleaseName(release.text)) {
    reasons.push(`${release.key} ${shown(release.text)} is no release name`);
  }
  return reasons;
}

function releaseOf(candidate: Candidate, chart: string): string | undefined {
  const [release] = candidate.releases;
  if (release !== undefined && !isTemplate(release)) return release.text;
  return releaseNameFrom(candidate.ownKey ?? '') ?? releaseNameFrom(chart);
}

function notesOf(candidate: Candidate, release: string, latest: boolean): readonly string[] {
  const [version] = candidate.versions;
  const [given] = candidate.releases;
  const notes: string[] = [];
  if (!latest && version?.number === true) {
    const { file, line, column } = version.place;
    notes.push(
      `${file}:${line}:${column}: ${version.key} ${version.text} is taken as written, put it in quotes to keep it so`,
    );
  }
  if (isTemplate(given)) {
    const { file, line, column } = candidate.place;
    notes.push(`${file}:${line}:${column}: ${given?.key} is a template, the release is called ${release}`);
  }
  return notes;
}

function sourceOf(location: Location, chart: string): SourceResult | undefined {
  return location.kind === 'http' || location.kind === 'oci' ? remoteSource(location, '', chart) : undefined;
}

function readCandidate(candidate: Candidate, latest: boolean): Reading {
  const { chart, namespace } = candidate;
  const [repository] = candidate.repositories;
  const location = repository === undefined || isTemplate(repository) ? undefined : parseLocation(repository.text);
  const reasons = reasonsOf(candidate, location, latest);
  if (reasons.length > 0 || chart === undefined || location === undefined) return { kind: 'unmirrorable', reasons };
  const found = sourceOf(location, chart.text);
  if (found?.kind !== 'source') {
    return { kind: 'unmirrorable', reasons: [found?.complaint.what ?? 'the repository cannot be reached from here'] };
  }
  const { source, ociNamespace } = found;
  const release = releaseOf(candidate, source.chart);
  if (release === undefined) return { kind: 'unmirrorable', reasons: ['no release name can be made from its key'] };
  const addon: Addon = {
    release,
    chart: source.chart,
    source,
    ociNamespace,
    version: versionRequest(candidate.versions[0]?.text, latest),
    namespace: namespace !== undefined && isNamespace(namespace.text) ? namespace.text : undefined,
    layers: [],
    profiles: [],
    kubeVersion: undefined,
    apiVersions: [],
    platforms: [],
    images: [],
    excluded: [],
    places: [candidate.place],
  };
  return { kind: 'addon', addon, notes: notesOf(candidate, release, latest) };
}

/**
 * Finds the addons of a values file, in all its documents. With `latest`, versions are not looked at. A file in which
 * nothing looks like an addon is a problem.
 */
export async function readValuesFile(files: InputFiles, input: InputFile, latest: boolean): Promise<ValuesRead> {
  const addons: Addon[] = [];
  const unmirrorable: Unmirrorable[] = [];
  const notes: string[] = [];
  const problems: Problem[] = [];
  const top = { file: input.file, line: 1, column: 1 };
  const read = await readYaml(files, input.path, input.file);
  if (read.kind === 'problems') return { addons, unmirrorable, notes, problems: read.problems };

  let filled = 0;
  for (const source of read.sources) {
    const root = rootOf(source);
    if (root === undefined) continue;
    filled += 1;
    const candidates = findCandidates(source, root);
    if (candidates === undefined) {
      const what = 'its aliases stand for more than 200000 values';
      problems.push(problemAt(top, { what, instead: 'write them out instead' }));
    }
    for (const candidate of candidates ?? []) {
      const reading = readCandidate(candidate, latest);
      if (reading.kind === 'unmirrorable') {
        unmirrorable.push({ key: candidate.key, place: candidate.place, reason: reading.reasons.join(', ') });
        continue;
      }
      addons.push(reading.addon);
      notes.push(...reading.notes);
    }
  }
  const isNothing = addons.length === 0 && unmirrorable.length === 0 && problems.length === 0;
  if (filled === 0) problems.push(emptyProblem(input.file, SHAPE));
  else if (isNothing)
    problems.push(problemAt(top, { what: 'nothing in this file looks like an addon', instead: SHAPE }));
  return { addons, unmirrorable, notes, problems };
}
