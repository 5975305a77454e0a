import type { MirrorFlags } from '../cli/program.ts';
import type { Configuration } from '../config/configuration.ts';
import type { CatalogResult } from '../config/load-catalog.ts';
import { flagProblem, type Problem } from '../config/problems.ts';
import type { FlagInputs } from '../config/settings.ts';
import type { Catalog } from '../domain/addon.ts';
import { type EcrRegistry, ecrRegistry } from '../domain/ecr/registry.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { MirrorError } from '../errors.ts';
import type { MirrorOptions } from '../pipeline/run-settings.ts';
import { readConfiguration } from './read-configuration.ts';
import { type RunOutputs, readOutputs } from './run-outputs.ts';
import { signatureInputs } from './signature-inputs.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything a mirror run needs to know, checked; or all that is wrong. */
export type MirrorInputs =
  | {
      readonly kind: 'ok';
      readonly catalog: Catalog;
      readonly configuration: Configuration;
      readonly options: MirrorOptions;
      readonly outputs: RunOutputs;
    }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

function flagProblems(flags: MirrorFlags): readonly Problem[] {
  const both = (a: string, b: string): Problem =>
    flagProblem('command line', { what: `${a} and ${b} are both given`, instead: 'give one of them' });
  return [
    ...(flags.scanOnly && flags.pushImages ? [both('--scan-only', '--push-images')] : []),
    ...(flags.finish !== undefined && flags.plan === undefined
      ? [flagProblem('--finish', { what: 'no plan is named', instead: 'name the whole plan with --plan' })]
      : []),
    ...(flags.includeDependencies === true && flags.excludeDependencies === true
      ? [both('--include-dependencies', '--exclude-dependencies')]
      : []),
  ];
}

function noTarget(): MirrorError {
  return new MirrorError('there is no target registry, and no AWS identity whose own registry could be taken', {
    code: 'TARGET_UNKNOWN',
    origin: 'input',
    hint: 'name it with --target-registry HOST[/PATH], or as targetRegistry in airgap-charts.yaml',
  });
}

/** The target as a registry of Amazon ECR, if it is one. In ECR Public a registry is known by its alias. */
function ecrTarget(registry: string, { network }: Configuration): EcrRegistry | undefined {
  const ecr = ecrRegistry(registry, network);
  if (ecr?.kind !== 'public' || ecr.alias !== undefined) return ecr;
  throw new MirrorError(`${registry} names no registry of ECR Public`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: `add the alias of your registry: --target-registry ${registry}/ALIAS`,
  });
}

function toOptions(
  flags: MirrorFlags,
  configuration: Configuration,
  catalog: Catalog,
  registry: string,
  cores: number,
): MirrorOptions {
  const { settings, repositories } = configuration;
  return {
    scanOnly: flags.scanOnly,
    naming: { registry, prefix: settings.targetPrefix, imagePath: settings.imagePath },
    includeDependencies: settings.includeDependencies,
    kubeVersion: settings.kubeVersion,
    platform: settings.platform,
    existing: {
      skipExisting: settings.skipExisting,
      verifyDigest: settings.verifyExistingDigest,
      overwrite: flags.overwriteExisting,
      moved: [...catalog.moved, ...configuration.moved],
    },
    pushUnproven: flags.pushUnproven,
    chartVersionSuffix: settings.chartVersionSuffix ?? '',
    strict: settings.strict,
    trustJournal: flags.trustJournal === true,
    concurrency: settings.copies,
    renders: Math.max(1, cores),
    images: settings.images,
    artifacts: settings.artifacts,
    signatures: configuration.signatures,
    policy: configuration.policy,
    switches: settings.switches,
    pinDigests: settings.pinDigests,
    templatePatches: settings.templatePatches,
    pullSecret:
      settings.imagePullSecret === undefined
        ? undefined
        : { name: settings.imagePullSecret, inChart: settings.pullSecretInChart },
    ecr: ecrTarget(registry, configuration),
    repositories: { rules: repositories, applySettings: settings.applyRepositorySettings },
  };
}

function dependenciesFlag(flags: MirrorFlags): boolean | undefined {
  return flags.excludeDependencies === true ? false : flags.includeDependencies;
}

/** How AWS is asked for the registry of the caller's own account; undefined parts are those of the AWS identity. */
export interface OwnRegistryQuestion {
  readonly profile: string | undefined;
  readonly region: string | undefined;
}

/** Finds the private registry of the caller's own AWS account, for runs that name no target: its host. */
export type OwnRegistry = (network: NetworkSettings, question: OwnRegistryQuestion) => Promise<string | undefined>;

/** The registry to mirror to where none is named: the own one, or that of the account that was asked for, in the same region. */
async function foundRegistry(configuration: Configuration, ownRegistry: OwnRegistry): Promise<string> {
  const { network, settings, ownRegistry: wish } = configuration;
  const own = await ownRegistry(network, { profile: settings.profile, region: wish.region });
  if (own === undefined) throw noTarget();
  if (wish.account === undefined) return own;
  const [, name] = /^[0-9]{12}(\..+)$/.exec(own) ?? [];
  if (name !== undefined) return `${wish.account}${name}`;
  throw new MirrorError(`the registry of the AWS identity is ${own}, a name that does not begin with an account`, {
    code: 'TARGET_UNKNOWN',
    origin: 'input',
    hint: 'name the target with --target-registry in place of --ecr-account',
  });
}

/** The flags that settings of the file stand behind. */
export function settingsOf(flags: MirrorFlags): FlagInputs {
  const {
    targetRegistry,
    targetPrefix,
    imagePath,
    kubeVersion,
    platform,
    concurrency,
    outputDir,
    chartVersionSuffix,
    strict,
  } = flags;
  const { skipExisting, verifyExistingDigest, registryType, ecrAccount, ecrRegion } = flags;
  const { profile, applyRepositorySettings, images, switches, templatePatches } = flags;
  const { imagePullSecret, pullSecretInChart, pinDigests, cache, cacheDir, engine, artifacts } = flags;
  return {
    ...{ targetRegistry, targetPrefix, imagePath, kubeVersion, platform, concurrency, chartVersionSuffix, strict },
    ...{ skipExisting, verifyExistingDigest, includeDependencies: dependenciesFlag(flags) },
    ...{ images, switches, templatePatches, imagePullSecret, pullSecretInChart, pinDigests },
    ...{ cache, cacheDir, outputDir, engine, artifacts },
    ...signatureInputs(flags),
    ...{ registryType, ecrAccount, ecrRegion, profile, applyRepositorySettings },
  };
}

/**
 * Checks flags and configuration for a catalog that was read. Nothing is fetched or written; all problems come back together.
 * Only where all is well but no target is named, AWS is asked whose registry it could be.
 *
 * @throws MirrorError TARGET_UNKNOWN when nothing names a target, INPUT_INVALID for ECR Public without an alias.
 */
export async function mirrorInputsFor(
  loaded: CatalogResult,
  flags: MirrorFlags,
  around: Surroundings,
  loginProblems: readonly Problem[],
  ownRegistry: OwnRegistry,
): Promise<MirrorInputs> {
  const configured = await readConfiguration(flags, settingsOf(flags), around.cwd, true);
  const { outputs, problems: wrongOutputs } = await readOutputs(flags, around.cwd);
  const problems = [
    ...flagProblems(flags),
    ...wrongOutputs,
    ...loginProblems,
    ...(configured.kind === 'problems' ? configured.problems : []),
    ...(loaded.kind === 'problems' ? loaded.problems : []),
  ];
  if (configured.kind === 'problems' || loaded.kind === 'problems' || problems.length > 0) {
    return { kind: 'problems', problems };
  }
  const { configuration } = configured;
  const { catalog } = loaded;
  const registry = configuration.settings.targetRegistry ?? (await foundRegistry(configuration, ownRegistry));
  return {
    kind: 'ok',
    catalog,
    configuration,
    options: toOptions(flags, configuration, catalog, registry, around.cores),
    outputs,
  };
}
