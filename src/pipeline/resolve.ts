import { type Addon, type ChartSource, formatChartSource } from '../domain/addon.ts';
import { createDocumentMemo } from '../domain/images/document-memo.ts';
import { chartRepository, splitTarget } from '../domain/plan/destination.ts';
import { parseReference, type Reference } from '../domain/reference.ts';
import { nearNames } from '../domain/selection.ts';
import { isExactTag, type Selection, selectFromIndex, selectFromTags } from '../domain/version/selection.ts';
import { versionToTag } from '../domain/version/tags.ts';
import { MirrorError } from '../errors.ts';
import type { ChartIndexEntry } from '../ports/charts.ts';
import { applyChartPolicy } from './apply-policy.ts';
import type { ChartAccess } from './chart-access.ts';
import type { ChartItem } from './chart-item.ts';
import type { ReleaseItem } from './release-item.ts';
import type { ChartLocator, ResolvedVersion } from './resolved-chart.ts';
import { ChartResults } from './results/chart-results.ts';
import type { Run } from './run.ts';
import { createSilentPages } from './silent-pages.ts';

function requestText(addon: Pick<Addon, 'version'>): string {
  return addon.version.kind === 'newest' ? 'newest stable' : addon.version.text;
}

function notFound(name: string, asked: string, nearest: readonly string[], extra = ''): MirrorError {
  const near = nearest.length === 0 ? 'no version is offered' : `nearest: ${nearest.join(', ')}`;
  return new MirrorError(`${name} has no version ${asked}${extra} (${near})`, {
    code: 'VERSION_NOT_FOUND',
    origin: 'source',
    hint:
      nearest.length === 0
        ? 'check the repository and the chart name'
        : 'set one of these versions, or a range that holds one',
  });
}

function invalid(name: string, reason: string): MirrorError {
  return new MirrorError(`${name}: ${reason}`, {
    code: 'VERSION_INVALID',
    origin: 'input',
    hint: 'write an exact version such as 1.2.3, or a range such as ^1.2 or ">= 1.2, < 2"',
  });
}

function chosen(selection: Selection, name: string, asked: string): Extract<Selection, { kind: 'selected' }> {
  switch (selection.kind) {
    case 'selected':
      return selection;
    case 'none':
      throw notFound(name, asked, selection.nearest);
    case 'invalid':
      throw invalid(name, selection.reason);
  }
}

type Asked = Pick<Addon, 'source' | 'version'>;

function brokenIndex(what: string): MirrorError {
  return new MirrorError(`the index names ${what}`, {
    code: 'CHART_SOURCE_UNREACHABLE',
    origin: 'source',
    hint: 'the repository is broken: ask its publisher, or take another version',
  });
}

/** An index may name its archives in a registry, as Bitnami's does: `oci://host/path/chart:tag`. */
function locatorOf(name: string, version: string, entry: ChartIndexEntry): ChartLocator {
  const { urls, digest } = entry;
  if (digest === 'unreadable') throw brokenIndex(`a digest for ${name} ${version} that cannot be read`);
  const [url] = urls;
  if (url === undefined || !url.startsWith('oci://')) return { kind: 'http', urls, digest };
  const reference = parseReference(url.slice('oci://'.length));
  if (reference === undefined)
    throw brokenIndex(`${JSON.stringify(url)} for ${name} ${version}, which is no reference`);
  const isNamed = reference.tag !== undefined || reference.digest !== undefined;
  const tagged = isNamed ? reference : { ...reference, tag: versionToTag(version) };
  return { kind: 'oci', reference: tagged, promised: digest };
}

async function resolveHttp(
  source: Extract<ChartSource, { kind: 'http' }>,
  asked: Asked,
  run: ChartAccess,
): Promise<ResolvedVersion> {
  const { charts } = run.ports;
  const entries = await charts.entries(source.repository, source.chart, run.signal);
  if (entries === undefined) {
    const names = await charts.charts(source.repository, run.signal);
    const near = nearNames(source.chart, names);
    throw new MirrorError(
      `${source.repository} has no chart ${source.chart}${near.length > 0 ? ` (near: ${near.join(', ')})` : ''}`,
      {
        code: 'VERSION_NOT_FOUND',
        origin: 'source',
        hint: 'check the chart name and the repository',
      },
    );
  }
  const versions = entries.map((entry) => entry.version);
  const name = formatChartSource(source);
  const { version, how, equals } = chosen(selectFromIndex(versions, asked.version), name, requestText(asked));
  const entry = entries.find((one) => one.version === version);
  if (entry === undefined) throw new RangeError(`${version} is not an entry of ${name}`);
  return { version, how, equals, locator: locatorOf(name, version, entry) };
}

function denied(name: string, detail: string): MirrorError {
  return new MirrorError(`${name}: ${detail}`, {
    code: 'CHART_SOURCE_DENIED',
    origin: 'source',
    hint: 'log in to this registry, or check that the chart exists there: many registries answer so for absent ones',
  });
}

async function tagsOf(reference: Reference, name: string, run: ChartAccess): Promise<readonly string[]> {
  const list = await run.ports.registry.tags(reference.registry, reference.repository, 'source', run.signal);
  if (list.kind === 'denied') throw denied(name, list.detail);
  if (list.kind === 'found') return list.tags;
  throw new MirrorError(`${name} is not there: the registry knows no such repository`, {
    code: 'VERSION_NOT_FOUND',
    origin: 'source',
    hint: 'check the registry, the namespace and the chart name',
  });
}

async function resolveOci(
  source: Extract<ChartSource, { kind: 'oci' }>,
  asked: Asked,
  run: ChartAccess,
): Promise<ResolvedVersion> {
  const name = formatChartSource(source);
  const repository: Reference = {
    registry: source.registry,
    repository: source.repository,
    tag: undefined,
    digest: undefined,
  };
  const { version: request } = asked;
  if (request.kind === 'version' && isExactTag(request.text)) {
    const reference = { ...repository, tag: versionToTag(request.text) };
    const answer = await run.ports.registry.head(reference, 'source', run.signal);
    if (answer.kind === 'found') {
      return {
        version: request.text,
        how: 'exact',
        equals: [],
        locator: { kind: 'oci', reference: { ...reference, digest: answer.digest }, promised: undefined },
      };
    }
    if (answer.kind === 'denied') throw denied(name, answer.detail);
    const selection = selectFromTags(await tagsOf(repository, name, run), request);
    const nearest =
      selection.kind === 'none' ? selection.nearest : selection.kind === 'selected' ? [selection.version] : [];
    throw notFound(name, request.text, nearest, ' (an exact version is looked up as the tag of that spelling)');
  }
  const { version, how, equals } = chosen(
    selectFromTags(await tagsOf(repository, name, run), request),
    name,
    requestText(asked),
  );
  const reference = { ...repository, tag: versionToTag(version) };
  return { version, how, equals, locator: { kind: 'oci', reference, promised: undefined } };
}

/** Chooses the version of a chart as helm would, without fetching the chart. A local chart is what it is. */
export async function resolveVersion(asked: Asked, run: ChartAccess): Promise<ResolvedVersion> {
  const { source } = asked;
  switch (source.kind) {
    case 'http':
      return resolveHttp(source, asked, run);
    case 'oci':
      return resolveOci(source, asked, run);
    case 'local':
      return { version: '', how: 'local', equals: [], locator: { kind: 'local', path: source.path } };
  }
}

/**
 * Resolves one addon and says when it was not told which version to take. Nobody is asked for what the policy does not allow.
 *
 * @throws MirrorError POLICY_REFUSED, and what resolving throws.
 */
export async function resolve(item: ReleaseItem, run: Run): Promise<void> {
  const { addon } = item;
  applyChartPolicy(addon.source, `the chart ${addon.chart}`, run.options.policy);
  item.resolved = await resolveVersion(addon, run);
  if (addon.version.kind === 'newest' && item.resolved.how === 'newest') {
    item.notes.push(`${addon.version.asked}: newest stable version ${item.resolved.version} was taken`);
  }
  const { locator } = item.resolved;
  if (locator.kind === 'http' && locator.digest === undefined)
    item.notes.push('the index gives no digest for this version: the archive was not checked against one');
  if (item.resolved.equals.length > 0) {
    item.notes.push(
      `${item.resolved.version} was taken among versions of equal precedence (${item.resolved.equals.join(', ')}): write one exactly`,
    );
  }
}

function destinationOfChart(item: ReleaseItem, run: Run): Reference {
  const { naming } = run.options;
  const { host } = splitTarget(naming.registry);
  const repository = chartRepository(item.addon.source.chart, item.addon.ociNamespace, naming);
  return { registry: host, repository, tag: undefined, digest: undefined };
}

/** Gathers resolved addons into charts: one chart per source, version and destination, with all its releases. */
export function gatherCharts(run: Run): readonly ChartItem[] {
  const groups = new Map<string, ReleaseItem[]>();
  for (const item of run.releases) {
    if (item.resolved === undefined || item.failure !== undefined) continue;
    const key = [formatChartSource(item.addon.source), item.resolved.version, item.addon.ociNamespace].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].flatMap((releases) => {
    const [first] = releases;
    if (first?.resolved === undefined) return [];
    const { version, locator } = first.resolved;
    const { source } = first.addon;
    const chart: ChartItem = {
      source,
      version,
      locator,
      releases,
      destination: destinationOfChart(first, run),
      pulled: undefined,
      memo: createDocumentMemo(),
      silentPages: createSilentPages(),
      results: new ChartResults(undefined, 0),
      traced: [],
      compared: [],
      ownGlobals: false,
      spared: [],
      pins: undefined,
      relocated: undefined,
      push: { kind: 'waiting' },
      archive: undefined,
      provenance: undefined,
      leftover: undefined,
      failedImages: new Map(),
      failure: undefined,
    };
    return [chart];
  });
}
