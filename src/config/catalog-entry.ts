import { dirname } from 'node:path';
import type { Node, YAMLMap } from 'yaml';
import type { Addon, ChartSource, VersionRequest } from '../domain/addon.ts';
import { type Platform, parsePlatform } from '../domain/platform.ts';
import { parseConstraint } from '../domain/version/constraint.ts';
import { parseLocation, remoteSource, type SourceResult, splitChart } from './chart-location.ts';
import { readImages } from './entry-images.ts';
import { readLayers } from './entry-layers.ts';
import { type EntryContext, EntryMap } from './entry-map.ts';
import { readProfiles } from './entry-profiles.ts';
import { localSource, settledLocation } from './local-chart.ts';
import { isReleaseName, releaseNameFrom } from './names.ts';
import { type Problem, shown } from './problems.ts';
import { placeOf, stringOf } from './yaml-nodes.ts';

/** An entry as an addon, without the layers of chart overrides; or what is wrong with it beyond the schema. */
export interface EntryRead {
  readonly addon: Addon | undefined;
  readonly problems: readonly Problem[];
}

/** The version an entry asks for. */
export function versionRequest(text: string | undefined, latest: boolean): VersionRequest {
  if (latest) return { kind: 'newest', asked: '--latest' };
  return text === undefined ? { kind: 'newest', asked: 'no version given' } : { kind: 'version', text };
}

class EntryReader extends EntryMap {
  async source(chart: string): Promise<Extract<SourceResult, { kind: 'source' }> | undefined> {
    const node = this.node('repository');
    const text = stringOf(node);
    if (node === undefined || text === undefined) return undefined;
    const { files, path } = this.context;
    const directory = dirname(path);
    const ociNamespace = this.text('oci_namespace') ?? '';
    const location = await settledLocation(files, parseLocation(text), text, directory);
    const result = await (async (): Promise<SourceResult> => {
      switch (location.kind) {
        case 'http':
        case 'oci':
          return remoteSource(location, ociNamespace, chart);
        case 'local':
        case 'bare':
          return localSource(files, {
            path: location.path,
            chart,
            version: this.text('version'),
            ociNamespace,
            directory,
          });
        case 'wrong':
          return location;
      }
    })();
    if (result.kind === 'source') return result;
    this.complain(node, result.complaint);
    return undefined;
  }

  version(): VersionRequest {
    const node = this.node('version');
    const text = stringOf(node);
    if (node !== undefined && text?.toLowerCase() === 'latest' && !this.context.latest) {
      const instead = 'leave version out for the newest stable one, or use --latest for all';
      this.complain(node, { what: '"latest" is no version', instead });
    } else if (node !== undefined && text && !this.context.latest && parseConstraint(text) === undefined) {
      const instead = 'write a version like "1.2.3" or a range like "^1.2"';
      this.complain(node, { what: `"version" cannot be ${shown(text)}`, instead });
    }
    return versionRequest(text, this.context.latest);
  }

  release(chartNode: Node, chart: string): string {
    const given = this.text('release');
    const { name } = splitChart(chart);
    if (given !== undefined || this.has('release') || isReleaseName(name)) return given ?? name;
    const instead = `add a release name, for example ${JSON.stringify(`release: ${releaseNameFrom(name) ?? 'release-1'}`)}`;
    this.complain(chartNode, { what: `the chart name ${shown(name)} is no release name`, instead });
    return name;
  }

  platforms(): readonly Platform[] {
    return this.texts('platforms').flatMap(({ text }) => parsePlatform(text) ?? []);
  }
}

/** Reads one entry of a catalog's `addons`. `key` is its key path. */
export async function readEntry(context: EntryContext, map: YAMLMap, key: string): Promise<EntryRead> {
  const reader = new EntryReader(context, map, key);
  const chartNode = reader.node('chart');
  const chart = stringOf(chartNode);
  const version = reader.version();
  const { images, excluded } = readImages(reader);
  const layers = await readLayers(reader);
  const profiles = await readProfiles(reader);
  if (chartNode === undefined || chart === undefined) return { addon: undefined, problems: reader.problems };
  const release = reader.release(chartNode, chart);
  const found = await reader.source(chart);
  if (found === undefined) return { addon: undefined, problems: reader.problems };
  const source: ChartSource = found.source;
  const addon: Addon = {
    release,
    chart: source.chart,
    source,
    ociNamespace: found.ociNamespace,
    version,
    namespace: reader.text('namespace'),
    layers,
    profiles,
    kubeVersion: reader.text('kubeVersion'),
    apiVersions: reader.texts('apiVersions').map(({ text }) => text),
    platforms: reader.platforms(),
    images,
    excluded,
    places: [placeOf(context.source, map, key)],
  };
  return { addon, problems: reader.problems };
}
