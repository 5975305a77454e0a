import { dirname, resolve } from 'node:path';
import { isMap, isScalar, type Node } from 'yaml';
import type { MovedRule } from '../domain/addon.ts';
import type { HostSettings, SourceMirror } from '../domain/network.ts';
import { canonicalRegistry } from '../domain/reference.ts';
import type { InputFile } from './catalogs.ts';
import { readDocument } from './documents.ts';
import { movedRules } from './moved-rules.ts';
import { type Complaint, type Problem, problemAt, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { checkRegistryHost, parseMirror } from './setting-checks.ts';
import { CHECKED_SETTINGS, SETTING_CHECKS, type SettingInputs } from './settings.ts';
import { type Field, fieldsOf, itemsOf, placeOf, sourceTextOf, stringOf } from './yaml-nodes.ts';
import type { YamlSource } from './yaml-source.ts';

/** The configuration file, read. Paths are absolute, hosts in their one spelling. */
export interface ConfigurationFile {
  readonly settings: SettingInputs;
  readonly hosts: ReadonlyMap<string, HostSettings>;
  /** `sourceMirrors` as listed. */
  readonly sourceMirrors: readonly SourceMirror[];
  /** The mirrors of `registries`. */
  readonly hostMirrors: readonly SourceMirror[];
  readonly plainHttp: boolean;
  readonly caFile: string | undefined;
  readonly moved: readonly MovedRule[];
}

/** The configuration of a run without a file. */
export const NO_CONFIGURATION: ConfigurationFile = {
  settings: {},
  hosts: new Map(),
  sourceMirrors: [],
  hostMirrors: [],
  plainHttp: false,
  caFile: undefined,
  moved: [],
};

type Fields = ReadonlyMap<string, Field>;

function booleanOf(node: Node | undefined): boolean | undefined {
  return isScalar(node) && typeof node.value === 'boolean' ? node.value : undefined;
}

class ConfigurationReader {
  readonly #source: YamlSource;
  readonly #directory: string;
  readonly #files: InputFiles;
  readonly #known: ReadonlySet<string>;
  readonly problems: Problem[] = [];

  constructor(files: InputFiles, source: YamlSource, directory: string, known: readonly Problem[]) {
    this.#files = files;
    this.#source = source;
    this.#directory = directory;
    this.#known = new Set(known.map((problem) => `${problem.line}:${problem.column}`));
  }

  fields(node: Node | undefined): Fields {
    return new Map((isMap(node) ? fieldsOf(this.#source, node) : []).map((field) => [field.name, field]));
  }

  complain(node: Node, complaint: Complaint): void {
    const place = placeOf(this.#source, node);
    // the schema has said of this value already what is wrong with it
    if (!this.#known.has(`${place.line}:${place.column}`)) this.problems.push(problemAt(place, complaint));
  }

  async pemFile(field: Field | undefined): Promise<string | undefined> {
    const written = stringOf(field?.value);
    if (field === undefined || written === undefined || written === '') return undefined;
    const path = resolve(this.#directory, written);
    if ((await this.#files.kindOf(path)) === 'file') return path;
    this.complain(field.value, {
      what: `there is no file ${shown(written)}`,
      instead: 'write a path relative to this file',
    });
    return undefined;
  }

  settings(root: Fields): SettingInputs {
    for (const name of CHECKED_SETTINGS) {
      const value = root.get(name)?.value;
      if (value === undefined || !isScalar(value) || value.value === null) continue;
      const complaint = SETTING_CHECKS[name](sourceTextOf(value));
      if (complaint !== undefined) this.complain(value, complaint);
    }
    const text = (name: string): string | undefined => stringOf(root.get(name)?.value);
    const truth = (name: string): boolean | undefined => booleanOf(root.get(name)?.value);
    const concurrency = root.get('concurrency')?.value;
    const outputDir = text('outputDir');
    return {
      targetRegistry: text('targetRegistry'),
      targetPrefix: text('targetPrefix'),
      imagePath: text('imagePath'),
      kubeVersion: text('kubeVersion'),
      platform: text('platform'),
      concurrency: isScalar(concurrency) && typeof concurrency.value === 'number' ? concurrency.value : undefined,
      outputDir: outputDir === undefined ? undefined : resolve(this.#directory, outputDir),
      chartVersionSuffix: text('chartVersionSuffix'),
      strict: truth('strict'),
      includeDependencies: truth('includeDependencies'),
      skipExisting: truth('skipExisting'),
      verifyExistingDigest: truth('verifyExistingDigest'),
    };
  }

  mirror(node: Node, from: string, to: string): readonly SourceMirror[] {
    const mirror = parseMirror(from, to);
    if ('from' in mirror) return [mirror];
    this.complain(node, mirror);
    return [];
  }

  sourceMirrors(root: Fields): readonly SourceMirror[] {
    return itemsOf(this.#source, root.get('sourceMirrors')?.value).flatMap((item) => {
      const fields = this.fields(item);
      const from = stringOf(fields.get('from')?.value);
      const to = stringOf(fields.get('to')?.value);
      return from === undefined || to === undefined ? [] : this.mirror(item, from, to);
    });
  }

  async host(fields: Fields): Promise<HostSettings> {
    const concurrency = fields.get('concurrency')?.value;
    const certificate = this.fields(fields.get('clientCertificate')?.value);
    const certFile = await this.pemFile(certificate.get('cert'));
    const keyFile = await this.pemFile(certificate.get('key'));
    const type = stringOf(fields.get('type')?.value);
    return {
      type: type === 'ecr' || type === 'generic' ? type : undefined,
      plainHttp: booleanOf(fields.get('plainHttp')?.value),
      caFile: await this.pemFile(fields.get('ca')),
      clientCertificate: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
      concurrency: isScalar(concurrency) && typeof concurrency.value === 'number' ? concurrency.value : undefined,
    };
  }

  async registries(root: Fields): Promise<Pick<ConfigurationFile, 'hosts' | 'hostMirrors'>> {
    const hosts = new Map<string, HostSettings>();
    const hostMirrors: SourceMirror[] = [];
    for (const { name, key, value } of this.fields(root.get('registries')?.value).values()) {
      const complaint = checkRegistryHost(name);
      const host = canonicalRegistry(name);
      if (complaint !== undefined) this.complain(key, complaint);
      if (hosts.has(host))
        this.complain(key, { what: `${shown(name)} is ${host}, which stands here already`, instead: 'write it once' });
      const fields = this.fields(value);
      hosts.set(host, await this.host(fields));
      const mirror = fields.get('mirror');
      const to = stringOf(mirror?.value);
      if (mirror !== undefined && to !== undefined && complaint === undefined) {
        hostMirrors.push(...this.mirror(mirror.value, host, to));
      }
    }
    return { hosts, hostMirrors };
  }
}

/** Reads a configuration file. One that holds only comments is a configuration without settings. */
export async function readConfigurationFile(
  files: InputFiles,
  input: InputFile,
): Promise<{ readonly configuration: ConfigurationFile; readonly problems: readonly Problem[] }> {
  const read = await readDocument(files, input.path, input.file, 'configuration');
  if (read.kind === 'problems') return { configuration: NO_CONFIGURATION, problems: read.problems };
  if (read.kind === 'empty') return { configuration: NO_CONFIGURATION, problems: [] };
  const { source, root, problems: known } = read.document;
  const reader = new ConfigurationReader(files, source, dirname(input.path), known);
  const top = reader.fields(root);
  const configuration: ConfigurationFile = {
    settings: reader.settings(top),
    ...(await reader.registries(top)),
    sourceMirrors: reader.sourceMirrors(top),
    plainHttp: booleanOf(top.get('plainHttp')?.value) ?? false,
    caFile: await reader.pemFile(top.get('ca')),
    moved: movedRules(source, root),
  };
  return { configuration, problems: [...known, ...reader.problems] };
}
