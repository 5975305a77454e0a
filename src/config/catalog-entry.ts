import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isMap, type Node, type YAMLMap } from 'yaml';
import type { Addon, ChartSource, ValuesLayer, VersionRequest } from '../domain/addon.ts';
import { type Platform, parsePlatform } from '../domain/platform.ts';
import { parseReference, type Reference } from '../domain/reference.ts';
import { parseConstraint } from '../domain/version/constraint.ts';
import { parseLocation, remoteSource, type SourceResult, splitChart } from './chart-location.ts';
import { rootOf } from './documents.ts';
import { localSource, settledLocation } from './local-chart.ts';
import { isReleaseName, releaseNameFrom } from './names.ts';
import { type Complaint, type Problem, problemAt, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { valuesText } from './values-text.ts';
import { type Field, fieldsOf, itemsOf, placeOf, stringOf } from './yaml-nodes.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** What an entry's reading depends on beside the entry. `path` is the catalog's absolute path. */
export interface EntryContext {
  readonly files: InputFiles;
  readonly source: YamlSource;
  readonly path: string;
  /** With --latest, versions are checked for form only. */
  readonly latest: boolean;
  /** Problems that the schema found in the catalog; a value that has one is not looked at again. */
  readonly known: readonly Problem[];
}

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

class EntryReader {
  readonly #context: EntryContext;
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #known: ReadonlySet<string>;
  readonly problems: Problem[] = [];

  constructor(context: EntryContext, map: YAMLMap) {
    this.#context = context;
    this.#fields = new Map(fieldsOf(context.source, map).map((field) => [field.name, field]));
    this.#known = new Set(context.known.map((problem) => `${problem.line}:${problem.column}`));
  }

  complain(node: Node, complaint: Complaint): void {
    this.problems.push(problemAt(placeOf(this.#context.source, node), complaint));
  }

  #isSound(node: Node): boolean {
    const { line, column } = placeOf(this.#context.source, node);
    return !this.#known.has(`${line}:${column}`);
  }

  /** The value of a key, unless the schema has rejected it. */
  node(name: string): Node | undefined {
    const value = this.#fields.get(name)?.value;
    return value !== undefined && this.#isSound(value) ? value : undefined;
  }

  text(name: string): string | undefined {
    return stringOf(this.node(name));
  }

  /** The elements of a list of texts, without those that the schema has rejected. */
  texts(name: string): readonly { readonly node: Node; readonly text: string }[] {
    const items = itemsOf(this.#context.source, this.node(name)).filter((node) => this.#isSound(node));
    return items.flatMap((node) => {
      const text = stringOf(node);
      return text === undefined ? [] : [{ node, text }];
    });
  }

  async source(chart: string): Promise<Extract<SourceResult, { kind: 'source' }> | undefined> {
    const node = this.node('repository');
    const text = stringOf(node);
    if (node === undefined || text === undefined) return undefined;
    const { files, path } = this.#context;
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
    if (node !== undefined && text?.toLowerCase() === 'latest' && !this.#context.latest) {
      const instead = 'leave version out for the newest stable one, or use --latest for all';
      this.complain(node, { what: '"latest" is no version', instead });
    } else if (node !== undefined && text && !this.#context.latest && parseConstraint(text) === undefined) {
      const instead = 'write a version like "1.2.3" or a range like "^1.2"';
      this.complain(node, { what: `"version" cannot be ${shown(text)}`, instead });
    }
    return versionRequest(text, this.#context.latest);
  }

  release(chartNode: Node, chart: string): string {
    const given = this.text('release');
    const { name } = splitChart(chart);
    if (given !== undefined || this.#fields.has('release') || isReleaseName(name)) return given ?? name;
    const instead = `add a release name, for example ${JSON.stringify(`release: ${releaseNameFrom(name) ?? 'release-1'}`)}`;
    this.complain(chartNode, { what: `the chart name ${shown(name)} is no release name`, instead });
    return name;
  }

  platforms(): readonly Platform[] {
    return this.texts('platforms').flatMap(({ text }) => parsePlatform(text) ?? []);
  }

  images(): readonly Reference[] {
    return this.texts('images').flatMap(({ node, text }) => {
      const reference = parseReference(text);
      if (reference !== undefined) return [reference];
      this.complain(node, {
        what: `${shown(text)} is no image reference`,
        instead: 'write it like "quay.io/team/app:1.2.3"',
      });
      return [];
    });
  }

  async layers(): Promise<readonly ValuesLayer[]> {
    const layers: ValuesLayer[] = [];
    for (const { node, text } of this.texts('valuesFiles')) {
      const layer = await this.#valuesFile(node, text);
      if (layer !== undefined) layers.push(layer);
    }
    const { source } = this.#context;
    const inline = this.node('values');
    const text = inline === undefined ? undefined : valuesText(source, inline);
    if (inline !== undefined && text !== undefined) {
      layers.push({ origin: 'inline', name: `${source.file}:${placeOf(source, inline).line}`, text });
    }
    return layers;
  }

  async #valuesFile(node: Node, written: string): Promise<ValuesLayer | undefined> {
    const { files, source, path } = this.#context;
    const absolute = resolve(dirname(path), written);
    const kind = await files.kindOf(absolute);
    if (kind === 'absent' || kind === 'directory') {
      const what = kind === 'absent' ? `there is no values file ${shown(written)}` : `${shown(written)} is a directory`;
      this.complain(node, { what, instead: 'write the path of a file, relative to this one' });
      return undefined;
    }
    const name = isAbsolute(written) ? written : join(dirname(source.file), written);
    const read = await readYaml(files, absolute, name);
    if (read.kind === 'problems') {
      this.problems.push(...read.problems);
      return undefined;
    }
    const roots = read.sources.flatMap((each) => {
      const root = rootOf(each);
      return root === undefined ? [] : [{ source: each, root }];
    });
    for (const [index, { source: each, root }] of roots.entries()) {
      const instead = index === 0 ? 'write values as "key: value"' : 'write one document for each file';
      const what = index === 0 ? 'a values file must be a map' : 'a second document begins here';
      if (index > 0 || !isMap(root)) this.problems.push(problemAt(placeOf(each, root), { what, instead }));
    }
    return { origin: 'values-file', name, text: read.text };
  }
}

/** Reads one entry of a catalog's `addons`. `key` is its key path. */
export async function readEntry(context: EntryContext, map: YAMLMap, key: string): Promise<EntryRead> {
  const reader = new EntryReader(context, map);
  const chartNode = reader.node('chart');
  const chart = stringOf(chartNode);
  const version = reader.version();
  const images = reader.images();
  const layers = await reader.layers();
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
    kubeVersion: reader.text('kubeVersion'),
    apiVersions: reader.texts('apiVersions').map(({ text }) => text),
    platforms: reader.platforms(),
    images,
    places: [placeOf(context.source, map, key)],
  };
  return { addon, problems: reader.problems };
}
