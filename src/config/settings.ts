import deepmerge from 'deepmerge';
import { ARTIFACT_CHOICES, type ArtifactChoice } from '../domain/artifacts/artifact-choice.ts';
import { DEFAULT_KUBE_VERSION } from '../domain/chart/kube-version.ts';
import { IMAGE_CHOICES, type ImageChoice } from '../domain/images/evidence.ts';
import { IMAGE_PATHS, type ImagePath } from '../domain/plan/destination.ts';
import { type Platform, parsePlatform } from '../domain/platform.ts';
import { canonicalRegistry } from '../domain/reference.ts';
import {
  type Check,
  checkConcurrency,
  checkEcrAccount,
  checkEcrRegion,
  checkKubeVersion,
  checkOneOf,
  checkProfile,
  checkSecretName,
  checkTargetPrefix,
  checkTargetRegistry,
  checkVersionSuffix,
} from './setting-checks.ts';
import { layerSignatures, type SignatureInputs } from './signature-settings.ts';

/** The settings that both a flag and the configuration file can give. Undefined means not given. */
export interface SettingInputs extends SignatureInputs {
  readonly targetRegistry?: string | undefined;
  readonly targetPrefix?: string | undefined;
  readonly imagePath?: string | undefined;
  readonly images?: string | undefined;
  readonly switches?: boolean | undefined;
  readonly templatePatches?: boolean | undefined;
  readonly pinDigests?: boolean | undefined;
  readonly imagePullSecret?: string | undefined;
  readonly pullSecretInChart?: boolean | undefined;
  readonly kubeVersion?: string | undefined;
  readonly platform?: string | undefined;
  readonly concurrency?: string | number | undefined;
  readonly engine?: string | undefined;
  readonly artifacts?: string | undefined;
  /** Absolute. */
  readonly outputDir?: string | undefined;
  /** Whether results are kept between runs. */
  readonly cache?: boolean | undefined;
  /** Absolute. */
  readonly cacheDir?: string | undefined;
  readonly chartVersionSuffix?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly includeDependencies?: boolean | undefined;
  readonly skipExisting?: boolean | undefined;
  readonly verifyExistingDigest?: boolean | undefined;
  readonly profile?: string | undefined;
  readonly applyRepositorySettings?: boolean | undefined;
}

/** What flags can say beside that: what the target is, or, where none is named, which registry of Amazon ECR it is to be. */
export interface FlagInputs extends SettingInputs {
  readonly registryType?: string | undefined;
  readonly ecrAccount?: string | undefined;
  readonly ecrRegion?: string | undefined;
}

/** What copies images: the program crane, or this tool itself. */
export type CopyEngine = 'crane' | 'native';

/** Where results are kept between runs: in the user's own place, in a directory that is named (absolute), or nowhere. */
export type CacheSetting =
  | { readonly kind: 'own' }
  | { readonly kind: 'named'; readonly directory: string }
  | { readonly kind: 'none' };

/** The settings of a run, checked. */
export interface Settings {
  /** A host, or a host with a path; undefined when nothing named one. */
  readonly targetRegistry: string | undefined;
  /** Empty for none; no slash at the ends. */
  readonly targetPrefix: string;
  readonly imagePath: ImagePath;
  readonly images: ImageChoice;
  readonly switches: boolean;
  readonly templatePatches: boolean;
  readonly pinDigests: boolean;
  /** The secret that pods are to name; undefined for none. */
  readonly imagePullSecret: string | undefined;
  readonly pullSecretInChart: boolean;
  readonly kubeVersion: string;
  /** Undefined is `auto`: whole indexes. */
  readonly platform: Platform | undefined;
  readonly concurrency: number;
  /** Images copied at once. */
  readonly copies: number;
  /** What copies images. */
  readonly engine: CopyEngine;
  /** What is taken along of what belongs to images. */
  readonly artifacts: ArtifactChoice;
  readonly verifySignatures: boolean;
  /** What was said of signatures, as it was said. */
  readonly signatures: SignatureInputs;
  readonly outputDir: string;
  readonly cache: CacheSetting;
  readonly chartVersionSuffix: string | undefined;
  readonly strict: boolean;
  readonly includeDependencies: boolean;
  readonly skipExisting: boolean;
  readonly verifyExistingDigest: boolean;
  /** The AWS profile for logins at Amazon ECR; undefined for the one that the environment names. */
  readonly profile: string | undefined;
  readonly applyRepositorySettings: boolean;
}

const DEFAULTS = {
  targetPrefix: '',
  imagePath: 'source',
  images: 'rendered',
  switches: true,
  templatePatches: true,
  pinDigests: false,
  cache: true,
  pullSecretInChart: false,
  kubeVersion: DEFAULT_KUBE_VERSION,
  platform: 'auto',
  concurrency: 8,
  engine: 'native',
  artifacts: 'all',
  verifySignatures: false,
  strict: false,
  includeDependencies: true,
  skipExisting: true,
  verifyExistingDigest: true,
  applyRepositorySettings: false,
} as const;

/**
 * Images copied at once where nothing says how many. The engine bounds its requests to each host by itself; of a program there is
 * one process for each image.
 */
const COPIES: Readonly<Record<CopyEngine, number>> = { native: 32, crane: 8 };

/** The flag that goes with a setting. */
export const SETTING_FLAGS = {
  targetRegistry: '--target-registry',
  targetPrefix: '--target-prefix',
  imagePath: '--image-path',
  images: '--images',
  imagePullSecret: '--image-pull-secret',
  kubeVersion: '--kube-version',
  platform: '--platform',
  concurrency: '--concurrency',
  engine: '--engine',
  artifacts: '--artifacts',
  chartVersionSuffix: '--chart-version-suffix',
  profile: '--profile',
  registryType: '--registry-type',
  ecrAccount: '--ecr-account',
  ecrRegion: '--ecr-region',
} as const;

/** A setting whose value has to be checked beyond its type. */
export type CheckedSetting = keyof typeof SETTING_FLAGS;

/** What decides whether a value of a setting can be used; the same for flags and the configuration file. */
export const SETTING_CHECKS: Readonly<Record<CheckedSetting, Check>> = {
  targetRegistry: checkTargetRegistry,
  targetPrefix: checkTargetPrefix,
  imagePath: checkOneOf('the image path', IMAGE_PATHS),
  images: checkOneOf('the choice of images', IMAGE_CHOICES),
  imagePullSecret: checkSecretName,
  kubeVersion: checkKubeVersion,
  platform: checkOneOf('the platform', ['auto', 'linux/amd64', 'linux/arm64']),
  concurrency: checkConcurrency,
  engine: checkOneOf('the engine', ['native', 'crane']),
  artifacts: checkOneOf('the choice of artifacts', ARTIFACT_CHOICES),
  chartVersionSuffix: checkVersionSuffix,
  profile: checkProfile,
  registryType: checkOneOf('the type of the registry', ['ecr', 'generic']),
  ecrAccount: checkEcrAccount,
  ecrRegion: checkEcrRegion,
};

/** The flags that only the command line knows; in the file, the entry of a host says the same. */
export const TARGET_FLAGS = ['registryType', 'ecrAccount', 'ecrRegion'] as const;

/** The other names of `SETTING_CHECKS`. */
export const CHECKED_SETTINGS: readonly CheckedSetting[] = [
  'targetRegistry',
  'targetPrefix',
  'imagePath',
  'images',
  'imagePullSecret',
  'kubeVersion',
  'platform',
  'concurrency',
  'engine',
  'artifacts',
  'chartVersionSuffix',
  'profile',
];

function given(inputs: SettingInputs): SettingInputs {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
}

function canonicalTarget(text: string): string {
  const [host = '', ...path] = text.split('/');
  return [canonicalRegistry(host), ...path].join('/');
}

function cacheSetting({ cache = DEFAULTS.cache, cacheDir }: SettingInputs): CacheSetting {
  if (!cache) return { kind: 'none' };
  return cacheDir === undefined ? { kind: 'own' } : { kind: 'named', directory: cacheDir };
}

/** Lays the file's settings over the defaults, and the flags over both. All values have been checked. */
export function layerSettings(file: SettingInputs, flags: SettingInputs, cwd: string): Settings {
  const merged: SettingInputs = deepmerge.all<SettingInputs>(
    [DEFAULTS, { outputDir: cwd }, given(file), given(flags)],
    {
      arrayMerge: (_target, source) => source,
    },
  );
  const signatures = layerSignatures(file, flags);
  const engine = merged.engine === 'crane' ? 'crane' : 'native';
  return {
    targetRegistry: merged.targetRegistry === undefined ? undefined : canonicalTarget(merged.targetRegistry),
    targetPrefix: merged.targetPrefix ?? DEFAULTS.targetPrefix,
    imagePath: IMAGE_PATHS.find((choice) => choice === merged.imagePath) ?? DEFAULTS.imagePath,
    images: IMAGE_CHOICES.find((choice) => choice === merged.images) ?? DEFAULTS.images,
    switches: merged.switches ?? DEFAULTS.switches,
    templatePatches: merged.templatePatches ?? DEFAULTS.templatePatches,
    pinDigests: merged.pinDigests ?? DEFAULTS.pinDigests,
    imagePullSecret: merged.imagePullSecret,
    pullSecretInChart: merged.pullSecretInChart ?? DEFAULTS.pullSecretInChart,
    kubeVersion: merged.kubeVersion ?? DEFAULTS.kubeVersion,
    platform: parsePlatform(merged.platform ?? DEFAULTS.platform),
    engine,
    artifacts: ARTIFACT_CHOICES.find((choice) => choice === merged.artifacts) ?? DEFAULTS.artifacts,
    concurrency: Number(merged.concurrency ?? DEFAULTS.concurrency),
    copies: Number(given(flags).concurrency ?? given(file).concurrency ?? COPIES[engine]),
    verifySignatures: signatures.verifySignatures ?? DEFAULTS.verifySignatures,
    signatures,
    outputDir: merged.outputDir ?? cwd,
    cache: cacheSetting(merged),
    chartVersionSuffix: merged.chartVersionSuffix,
    strict: merged.strict ?? DEFAULTS.strict,
    includeDependencies: merged.includeDependencies ?? DEFAULTS.includeDependencies,
    skipExisting: merged.skipExisting ?? DEFAULTS.skipExisting,
    verifyExistingDigest: merged.verifyExistingDigest ?? DEFAULTS.verifyExistingDigest,
    profile: merged.profile,
    applyRepositorySettings: merged.applyRepositorySettings ?? DEFAULTS.applyRepositorySettings,
  };
}
