import { resolve } from 'node:path';
import type { MovedRule } from '../domain/addon.ts';
import type { RepositoryRule } from '../domain/ecr/repository-settings.ts';
import type { NetworkSettings, SourceMirror } from '../domain/network.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { canonicalRegistry } from '../domain/reference.ts';
import type { SignaturePolicy } from '../domain/signatures/policy.ts';
import { type ConfigurationFile, NO_CONFIGURATION } from './configuration-settings.ts';
import { flagProblem, orderProblems, type Problem, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { checkRegistryHost, parseMirrorFlag } from './setting-checks.ts';
import {
  CHECKED_SETTINGS,
  type FlagInputs,
  layerSettings,
  SETTING_CHECKS,
  SETTING_FLAGS,
  type Settings,
  TARGET_FLAGS,
} from './settings.ts';
import type { PolicyResult } from './signature-policy.ts';
import { placesBeside } from './signature-words.ts';
import { type OwnRegistryWish, targetIdentity } from './target-identity.ts';

/** The name of the configuration file that is read from the working directory when --config is not given. */
const CONFIGURATION_FILE = 'airgap-charts.yaml';

/** What the command line says, as given; paths are relative to `cwd`. */
export interface ConfigurationRequest {
  readonly config: string | undefined;
  /** Flags that settings of the file stand behind, and those of the target. `outputDir` and `cacheDir` may be relative. */
  readonly flags: FlagInputs;
  /** The values of --plain-http, `true` where it has none. */
  readonly plainHttp: readonly (string | true)[];
  readonly caFile: string | undefined;
  /** The values of --source-mirror, `FROM=TO`. Given at all, they replace `sourceMirrors` of the file. */
  readonly sourceMirrors: readonly string[];
  readonly cwd: string;
  readonly files: InputFiles;
  /** Given where images are verified: why a text is no trust root. Else what is said of signatures is left alone. */
  readonly checkTrustRoot?: (text: string) => Promise<string | undefined>;
}

/** How a run is set up. `moved` comes after the rules of the catalogs. */
export interface Configuration {
  readonly settings: Settings;
  readonly network: NetworkSettings;
  readonly moved: readonly MovedRule[];
  /** What repositories of Amazon ECR are to be like. */
  readonly repositories: readonly RepositoryRule[];
  /** Whose signatures images must have; undefined where none is asked for. */
  readonly signatures: SignaturePolicy | undefined;
  /** What may be mirrored at all; undefined where nothing is said. */
  readonly policy: Policy | undefined;
  /** Whose registry is taken where no target is named. */
  readonly ownRegistry: OwnRegistryWish;
}

/** The configuration, whole and checked, or everything that is wrong with the file and the flags. */
export type ConfigurationResult =
  | { readonly kind: 'ok'; readonly configuration: Configuration }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

async function readFile(
  request: ConfigurationRequest,
): Promise<{ readonly configuration: ConfigurationFile; readonly problems: readonly Problem[] }> {
  const { config, cwd, files } = request;
  if (config === '') {
    const problem = flagProblem('--config', { what: 'no file is named', instead: 'name a configuration file' });
    return { configuration: NO_CONFIGURATION, problems: [problem] };
  }
  const file = config ?? CONFIGURATION_FILE;
  const path = resolve(cwd, file);
  if (config === undefined && (await files.kindOf(path)) === 'absent')
    return { configuration: NO_CONFIGURATION, problems: [] };
  // what reads YAML is waited for only where there is some
  const { readConfigurationFile } = await import('./configuration-file.ts');
  return readConfigurationFile(files, { path, file });
}

function settingProblems(flags: FlagInputs): readonly Problem[] {
  return [...CHECKED_SETTINGS, ...TARGET_FLAGS].flatMap((name) => {
    const value = flags[name];
    const complaint = value === undefined ? undefined : SETTING_CHECKS[name](String(value));
    return complaint === undefined ? [] : [flagProblem(SETTING_FLAGS[name], complaint)];
  });
}

async function caFile(
  request: ConfigurationRequest,
): Promise<{ readonly path?: string; readonly problems: readonly Problem[] }> {
  if (request.caFile === undefined) return { problems: [] };
  const path = resolve(request.cwd, request.caFile);
  if ((await request.files.kindOf(path)) === 'file') return { path, problems: [] };
  const complaint = { what: `there is no file ${shown(request.caFile)}`, instead: 'name a PEM file' };
  return { problems: [flagProblem('--ca-file', complaint)] };
}

async function signaturesOf(
  { checkTrustRoot, files, cwd, flags }: ConfigurationRequest,
  settings: Settings,
  { policy, signaturePlaces }: ConfigurationFile,
): Promise<PolicyResult> {
  if (checkTrustRoot === undefined) return { policy: undefined, problems: [] };
  const { readSignaturePolicy } = await import('./signature-policy.ts');
  // a policy that wants signatures asks for them, unless they are turned off by name
  const asks = policy?.requireSignatures != null && settings.signatures.verifySignatures === undefined;
  const inputs = asks ? { ...settings.signatures, verifySignatures: true } : settings.signatures;
  return readSignaturePolicy(inputs, { files, cwd, checkTrustRoot, places: placesBeside(flags, signaturePlaces) });
}

function flagMirrors(values: readonly string[]): {
  readonly mirrors: readonly SourceMirror[];
  readonly problems: readonly Problem[];
} {
  const parsed = values.map(parseMirrorFlag);
  return {
    mirrors: parsed.flatMap((mirror) => ('from' in mirror ? [mirror] : [])),
    problems: parsed.flatMap((mirror) => ('from' in mirror ? [] : [flagProblem('--source-mirror', mirror)])),
  };
}

function firstOfEach(mirrors: readonly SourceMirror[]): readonly SourceMirror[] {
  return mirrors.filter((mirror, index) => mirrors.findIndex(({ from }) => from === mirror.from) === index);
}

/** The flags, with paths from the root. */
function absoluteFlags({ flags, cwd }: ConfigurationRequest): FlagInputs {
  const { outputDir, cacheDir, signatureKeys, signatureTrustRoot } = flags;
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(cwd, path);
  return {
    ...flags,
    ...{ outputDir: absolute(outputDir), cacheDir: absolute(cacheDir) },
    signatureKeys: signatureKeys?.map((path) => resolve(cwd, path)),
    signatureTrustRoot: absolute(signatureTrustRoot),
  };
}

function plainHosts(request: ConfigurationRequest, isGeneral: boolean, settings: Settings): readonly string[] {
  const named = request.plainHttp.filter((host) => host !== true).map(canonicalRegistry);
  const target = isGeneral ? settings.targetRegistry?.split('/')[0] : undefined;
  return [...new Set(target === undefined ? named : [...named, target])];
}

/**
 * Lays flags over the configuration file over the defaults. Lists are replaced, not joined; mirrors of `registries`
 * stand behind those of --source-mirror or `sourceMirrors`, and of two mirrors for one source the first counts.
 */
export async function loadConfiguration(request: ConfigurationRequest): Promise<ConfigurationResult> {
  const read = await readFile(request);
  const authority = await caFile(request);
  const fromFlags = flagMirrors(request.sourceMirrors);
  const hostProblems = request.plainHttp.flatMap((host) => {
    const complaint = host === true ? undefined : checkRegistryHost(host);
    return complaint === undefined ? [] : [flagProblem('--plain-http', complaint)];
  });
  const identity = targetIdentity(request.flags, read.configuration.settings.targetRegistry, read.configuration.hosts);
  const { configuration: file } = read;
  const settings = layerSettings(file.settings, absoluteFlags(request), request.cwd);
  const signatures = await signaturesOf(request, settings, file);
  const problems = [
    ...settingProblems(request.flags),
    ...identity.problems,
    ...hostProblems,
    ...authority.problems,
    ...fromFlags.problems,
    ...signatures.problems,
    ...read.problems,
  ];
  if (problems.length > 0) return { kind: 'problems', problems: orderProblems(problems) };

  const isGeneral = file.plainHttp || request.plainHttp.includes(true);
  const listedMirrors = fromFlags.mirrors.length > 0 ? fromFlags.mirrors : file.sourceMirrors;
  const network: NetworkSettings = {
    hosts: identity.hosts,
    plainHttpHosts: plainHosts(request, isGeneral, settings),
    plainHttpLoopback: isGeneral,
    caFile: authority.path ?? file.caFile,
    mirrors: firstOfEach([...listedMirrors, ...file.hostMirrors]),
  };
  const { moved, repositories } = file;
  const { policy } = signatures;
  // who asks for signatures by a flag or setting asks for those of all images
  const isForAll = settings.signatures.verifySignatures === true;
  const allowed = isForAll && file.policy !== undefined ? { ...file.policy, requireSignatures: null } : file.policy;
  const configuration = {
    ...{ settings, network, moved, repositories, signatures: policy, policy: allowed, ownRegistry: identity.wish },
  };
  return { kind: 'ok', configuration };
}
