import { dirname, resolve } from 'node:path';
import { isScalar, type Node } from 'yaml';
import type { HostSettings, SourceMirror } from '../domain/network.ts';
import { canonicalRegistry } from '../domain/reference.ts';
import type { InputFile } from './catalogs.ts';
import { type ConfigurationFile, NO_CONFIGURATION } from './configuration-settings.ts';
import { readDocument } from './documents.ts';
import { movedRules } from './moved-rules.ts';
import { readPolicy } from './policy.ts';
import { type Problem, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { booleanOf, type Fields, Reading } from './reading.ts';
import { identityComplaints } from './registry-identity.ts';
import { repositoryRules } from './repository-rules.ts';
import { type Check, checkEcrAccount, checkEcrRegion, checkRegistryHost, parseMirror } from './setting-checks.ts';
import { CHECKED_SETTINGS, SETTING_CHECKS, type SettingInputs } from './settings.ts';
import { signaturePlaces } from './signature-places.ts';
import type { SignatureInputs } from './signature-settings.ts';
import { type Field, itemsOf, sourceTextOf, stringOf } from './yaml-nodes.ts';

class ConfigurationReader {
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  async pemFile(field: Field | undefined): Promise<string | undefined> {
    const written = stringOf(field?.value);
    if (field === undefined || written === undefined || written === '') return undefined;
    const path = resolve(this.#reading.directory, written);
    if ((await this.#reading.files.kindOf(path)) === 'file') return path;
    this.#reading.complain(field.value, {
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
      if (complaint !== undefined) this.#reading.complain(value, complaint);
    }
    const text = (name: string): string | undefined => stringOf(root.get(name)?.value);
    const truth = (name: string): boolean | undefined => booleanOf(root.get(name)?.value);
    const concurrency = root.get('concurrency')?.value;
    const path = (name: string): string | undefined => {
      const given = text(name);
      return given === undefined ? undefined : resolve(this.#reading.directory, given);
    };
    return {
      targetRegistry: text('targetRegistry'),
      targetPrefix: text('targetPrefix'),
      imagePath: text('imagePath'),
      engine: text('engine'),
      artifacts: text('artifacts'),
      ...this.signatures(root),
      images: text('images'),
      switches: truth('switches'),
      templatePatches: truth('templatePatches'),
      pinDigests: truth('pinDigests'),
      imagePullSecret: text('imagePullSecret'),
      pullSecretInChart: truth('pullSecretInChart'),
      kubeVersion: text('kubeVersion'),
      platform: text('platform'),
      concurrency: isScalar(concurrency) && typeof concurrency.value === 'number' ? concurrency.value : undefined,
      outputDir: path('outputDir'),
      cache: truth('cache'),
      cacheDir: path('cacheDir'),
      chartVersionSuffix: text('chartVersionSuffix'),
      strict: truth('strict'),
      includeDependencies: truth('includeDependencies'),
      skipExisting: truth('skipExisting'),
      verifyExistingDigest: truth('verifyExistingDigest'),
      profile: text('profile'),
      applyRepositorySettings: truth('applyRepositorySettings'),
    };
  }

  signatures(root: Fields): SignatureInputs {
    const text = (name: string): string | undefined => stringOf(root.get(name)?.value);
    const absolute = (written: string): string => resolve(this.#reading.directory, written);
    const keys = root.get('signatureKeys')?.value;
    const trustRoot = text('signatureTrustRoot');
    return {
      verifySignatures: booleanOf(root.get('verifySignatures')?.value),
      signatureKeys:
        keys === undefined
          ? undefined
          : itemsOf(this.#reading.source, keys)
              .flatMap((item) => stringOf(item) ?? [])
              .map(absolute),
      signatureIdentity: text('signatureIdentity'),
      signatureIdentityRegexp: text('signatureIdentityRegexp'),
      signatureIssuer: text('signatureIssuer'),
      signatureIssuerRegexp: text('signatureIssuerRegexp'),
      signatureTrustRoot: trustRoot === undefined ? undefined : absolute(trustRoot),
    };
  }

  mirror(node: Node, from: string, to: string): readonly SourceMirror[] {
    const mirror = parseMirror(from, to);
    if ('from' in mirror) return [mirror];
    this.#reading.complain(node, mirror);
    return [];
  }

  sourceMirrors(root: Fields): readonly SourceMirror[] {
    return itemsOf(this.#reading.source, root.get('sourceMirrors')?.value).flatMap((item) => {
      const fields = this.#reading.fields(item);
      const from = stringOf(fields.get('from')?.value);
      const to = stringOf(fields.get('to')?.value);
      return from === undefined || to === undefined ? [] : this.mirror(item, from, to);
    });
  }

  detail(field: Field | undefined, check: Check): string | undefined {
    const text = stringOf(field?.value);
    const complaint = text === undefined ? undefined : check(text);
    if (field !== undefined && complaint !== undefined) this.#reading.complain(field.value, complaint);
    return complaint === undefined ? text : undefined;
  }

  contradictions(host: string, settings: HostSettings, fields: Fields): void {
    const complaints = identityComplaints(host, settings);
    for (const detail of ['account', 'region'] as const) {
      const [field, complaint] = [fields.get(detail), complaints[detail]];
      if (field !== undefined && complaint !== undefined) this.#reading.complain(field.value, complaint);
    }
  }

  async host(fields: Fields): Promise<HostSettings> {
    const concurrency = fields.get('concurrency')?.value;
    const certificate = this.#reading.fields(fields.get('clientCertificate')?.value);
    const certFile = await this.pemFile(certificate.get('cert'));
    const keyFile = await this.pemFile(certificate.get('key'));
    const type = stringOf(fields.get('type')?.value);
    return {
      type: type === 'ecr' || type === 'generic' ? type : undefined,
      account: this.detail(fields.get('account'), checkEcrAccount),
      region: this.detail(fields.get('region'), checkEcrRegion),
      plainHttp: booleanOf(fields.get('plainHttp')?.value),
      caFile: await this.pemFile(fields.get('ca')),
      clientCertificate: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
      concurrency: isScalar(concurrency) && typeof concurrency.value === 'number' ? concurrency.value : undefined,
    };
  }

  async registries(root: Fields): Promise<Pick<ConfigurationFile, 'hosts' | 'hostMirrors'>> {
    const hosts = new Map<string, HostSettings>();
    const hostMirrors: SourceMirror[] = [];
    for (const { name, key, value } of this.#reading.fields(root.get('registries')?.value).values()) {
      const complaint = checkRegistryHost(name);
      const host = canonicalRegistry(name);
      if (complaint !== undefined) this.#reading.complain(key, complaint);
      if (hosts.has(host))
        this.#reading.complain(key, {
          what: `${shown(name)} is ${host}, which stands here already`,
          instead: 'write it once',
        });
      const fields = this.#reading.fields(value);
      const settings = await this.host(fields);
      if (complaint === undefined) this.contradictions(host, settings, fields);
      hosts.set(host, settings);
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
  const reading = new Reading(files, source, dirname(input.path), known);
  const reader = new ConfigurationReader(reading);
  const top = reading.fields(root);
  const configuration: ConfigurationFile = {
    settings: reader.settings(top),
    ...(await reader.registries(top)),
    sourceMirrors: reader.sourceMirrors(top),
    plainHttp: booleanOf(top.get('plainHttp')?.value) ?? false,
    caFile: await reader.pemFile(top.get('ca')),
    moved: movedRules(source, root),
    repositories: await repositoryRules(reading, top.get('repositories')?.value),
    policy: readPolicy(reading, top.get('policy')?.value),
    signaturePlaces: signaturePlaces(reading, top),
  };
  return { configuration, problems: [...known, ...reading.problems] };
}
