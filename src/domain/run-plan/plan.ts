import type { ArtifactChoice } from '../artifacts/artifact-choice.ts';
import type { ImagePath } from '../plan/destination.ts';
import type { Digest } from '../reference.ts';
import type { ReportedSettings } from '../report/reported-ecr.ts';
import type { SignaturePolicy } from '../signatures/policy.ts';

/**
 * What a run will do with an image. `replace`: the tag at the target holds other content, and may be replaced. `unconfirmed` and
 * `not-needed` are left out; with `refused` and `failed` the plan is not complete.
 */
export type ImageDecision =
  | 'copy'
  | 'replace'
  | 'present'
  | 'kept'
  | 'unconfirmed'
  | 'not-needed'
  | 'refused'
  | 'failed';

/** What a run will do with the chart of a release. All but the first two make a plan incomplete. */
export type ChartDecision = 'push' | 'present' | 'not-proven' | 'refused' | 'failed';

/** One release: its chart as it is fetched, and as it will be at the target. */
export interface PlannedChart {
  readonly chart: string;
  readonly release: string;
  /** Of everything that the inputs say of it. */
  readonly inputs: Digest;
  readonly source: string;
  readonly version: string | null;
  /** Of the archive at its source; and of the files of the relocated one, however they are packed. */
  readonly archive: Digest | null;
  readonly relocated: Digest | null;
  readonly destination: string | null;
  readonly decision: ChartDecision;
  /** Null where the decision says it all. */
  readonly reason: string | null;
}

/** Something with a digest and a size in bytes. */
export interface PlannedContent {
  readonly digest: Digest;
  readonly size: number;
}

/** What an image is made of, each part once. */
export interface PlannedContents {
  readonly manifests: readonly PlannedContent[];
  readonly blobs: readonly PlannedContent[];
}

/** One image. `digest` is what the target then has. */
export interface PlannedImage {
  readonly source: string;
  readonly destination: string;
  /** The one platform that is copied; null for the whole image. */
  readonly platform: string | null;
  readonly digest: Digest | null;
  readonly decision: ImageDecision;
  readonly reason: string | null;
  /** The digest at the target that is replaced. */
  readonly replaces: Digest | null;
  /** What its blobs come to, each once; null where not every manifest was read. */
  readonly bytes: number | null;
  /** Null where not every manifest was read. */
  readonly contents: PlannedContents | null;
  /** The releases that use it; empty for images of a list. */
  readonly usedBy: readonly string[];
}

/** What a run will do with an artifact. `kept`: the target has something else under its tag, and keeps it. */
export type ArtifactDecision = 'copy' | 'replace' | 'present' | 'kept' | 'unconfirmed' | 'failed';

/** A signature, an attestation or anything else that belongs to an image, as its source shows it now. */
export interface PlannedArtifact {
  /** The image that it was found for, at its source. */
  readonly image: string;
  readonly source: string;
  readonly destination: string;
  readonly artifactType: string | null;
  readonly digest: Digest | null;
  readonly decision: ArtifactDecision;
  /** Why it is kept, unconfirmed or failed; null for the others. */
  readonly reason: string | null;
  /** Null where its manifest was not read. */
  readonly bytes: number | null;
}

/** A repository at a source whose images may have more than the plan knows. */
export interface UnknownArtifacts {
  readonly registry: string;
  readonly repository: string;
  readonly images: number;
  readonly reason: string;
}

/** What belongs to images. It is taken along, and a run looks for it again: what came meanwhile is no difference. */
export interface PlannedArtifacts {
  readonly rows: readonly PlannedArtifact[];
  readonly notLookedFor: readonly UnknownArtifacts[];
}

/** A repository of Amazon ECR that is made, or changed where `create` is false. */
export interface PlannedRepository {
  readonly name: string;
  readonly create: boolean;
  readonly settings: ReportedSettings;
  /** The settings of an existing one that are changed. */
  readonly changes: readonly string[];
}

/** Manifest reads at a source registry, which count against quotas (docker/docs, docker-hub/usage/pulls). */
export interface PlannedRequests {
  readonly registry: string;
  /** How many the run needs that has none of them yet. */
  readonly manifests: number;
  /**
   * Whether that is all: of an image that was not read to its end only what is known counts, and artifacts that could not be
   * looked for count as none.
   */
  readonly exact: boolean;
  /** How many of them the plan has made, and keeps beside itself. */
  readonly kept: number;
  /** The quota of a window of so many seconds, as the host told last; null where it told none. */
  readonly quota: { readonly limit: number | null; readonly remaining: number; readonly seconds: number | null } | null;
}

/** The files and choices that the charts came from, as they were given; paths are relative to the working directory. */
export interface PlanInputs {
  readonly catalogs: readonly string[];
  readonly values: string | null;
  readonly chartOverrides: readonly string[];
  readonly onlyAddon: readonly string[];
  readonly excludeAddons: readonly string[];
  readonly latest: boolean;
  /** The file of the lock that is kept to; left out where there is none. */
  readonly locked?: string;
}

/** Everything a person can choose that decides what is done. */
export interface PlanOptions {
  readonly target: string;
  readonly targetPrefix: string;
  readonly imagePath: ImagePath;
  readonly includeDependencies: boolean;
  readonly kubeVersion: string;
  /** Null for whole images. */
  readonly platform: string | null;
  readonly images: 'rendered' | 'conditional' | 'all';
  /** What is taken along of what belongs to images. It is looked for again when the plan is run. */
  readonly artifacts: ArtifactChoice;
  /** Whose signatures images must have; null where none is asked for. They are verified again when the plan is run. */
  readonly signatures: SignaturePolicy | null;
  /** Patterns of the images that must have one; left out where all must. */
  readonly signedImages?: readonly string[];
  readonly switches: boolean;
  readonly templatePatches: boolean;
  readonly pinDigests: boolean;
  readonly imagePullSecret: string | null;
  readonly pullSecretInChart: boolean;
  readonly chartVersionSuffix: string;
  readonly skipExisting: boolean;
  readonly verifyExistingDigest: boolean;
  readonly overwriteExisting: boolean;
  readonly pushUnproven: boolean;
  readonly strict: boolean;
  readonly applyRepositorySettings: boolean;
}

/** Which part of a plan a shard is. `plan` is the digest of the whole. */
export interface PlanShard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
  readonly plan: Digest;
}

/** A plan without its own digest. */
export interface PlanContent {
  readonly version: 1;
  readonly mode: 'catalog' | 'values' | 'list';
  /** Whether nothing in it is refused or failed. */
  readonly complete: boolean;
  /** Null for a whole plan. */
  readonly shard: PlanShard | null;
  /** Null where no chart is looked at. */
  readonly inputs: PlanInputs | null;
  readonly options: PlanOptions;
  readonly charts: readonly PlannedChart[];
  readonly images: readonly PlannedImage[];
  /** Null where none are taken along. */
  readonly artifacts: PlannedArtifacts | null;
  /** Null for targets that make repositories by themselves. */
  readonly repositories: readonly PlannedRepository[] | null;
  readonly requests: readonly PlannedRequests[];
  readonly notes: readonly string[];
}

/** What a run will do: schemas/plan.schema.json describes its JSON. */
export interface Plan extends PlanContent {
  /** Of all else. */
  readonly digest: Digest;
}

/** The image and where it goes: what a row is known by. */
export function imageKey({ source, destination }: Pick<PlannedImage, 'source' | 'destination'>): string {
  return `${source} → ${destination}`;
}

/** Whether a run of the plan writes an image. */
export function isMoved({ decision }: Pick<PlannedImage, 'decision'>): boolean {
  return decision === 'copy' || decision === 'replace';
}

/** Whether a run of the plan ends with an image being at the target. */
export function isCarried(image: Pick<PlannedImage, 'decision'>): boolean {
  return isMoved(image) || image.decision === 'present' || image.decision === 'kept';
}
