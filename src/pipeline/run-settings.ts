import type { ArtifactChoice } from '../domain/artifacts/artifact-choice.ts';
import type { EcrRegistry } from '../domain/ecr/registry.ts';
import type { RepositoryRule } from '../domain/ecr/repository-settings.ts';
import type { ImageChoice } from '../domain/images/evidence.ts';
import type { NamingRule } from '../domain/plan/destination.ts';
import type { Platform } from '../domain/platform.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { ExistingRules } from '../domain/preflight/decide.ts';
import type { Digest } from '../domain/reference.ts';
import type { SignaturePolicy } from '../domain/signatures/policy.ts';
import type { Archives, ChartPusher, ChartRepository, LocalCharts } from '../ports/charts.ts';
import type { Output, ResultCache, Workspace } from '../ports/files.ts';
import type { Helm } from '../ports/helm.ts';
import type { Journal } from '../ports/journal.ts';
import type { ArtifactPusher, Copier, Registry } from '../ports/registry.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import type { SourceQuota } from '../ports/source-quota.ts';

/** Everything outside that the pipeline uses. */
export interface Ports {
  readonly helm: Helm;
  readonly registry: Registry;
  /** Told of manifests of sources that nobody in the run needs any more. */
  readonly releaseManifests?: ((digests: readonly Digest[]) => void) | undefined;
  /** Undefined where no source tells quotas: files. */
  readonly quota?: SourceQuota | undefined;
  /** Undefined for a target that creates repositories by itself. */
  readonly repositories: Repositories | undefined;
  readonly charts: ChartRepository;
  readonly localCharts: LocalCharts;
  readonly archives: Archives;
  readonly copier: Copier;
  readonly pusher: ChartPusher;
  readonly artifacts: ArtifactPusher;
  /** Undefined where nobody asks for signatures. */
  readonly signatures?: SignatureVerifier | undefined;
  readonly workspace: Workspace;
  readonly output: Output;
  /** Undefined where nothing is written. */
  readonly journal?: Journal | undefined;
  /** Undefined where nothing is kept between runs. */
  readonly cache: ResultCache | undefined;
}

/** What the person asked for. */
export interface MirrorOptions {
  readonly scanOnly: boolean;
  readonly naming: NamingRule;
  readonly includeDependencies: boolean;
  readonly kubeVersion: string;
  readonly platform: Platform | undefined;
  readonly existing: ExistingRules;
  readonly pushUnproven: boolean;
  readonly chartVersionSuffix: string;
  readonly strict: boolean;
  /** Whether the journal is believed about what the target has. */
  readonly trustJournal: boolean;
  /** Images copied at once. */
  readonly concurrency: number;
  /** Charts rendered at once. */
  readonly renders: number;
  readonly images: ImageChoice;
  /** What is taken along of what belongs to images; what a file carries is in its list of images. */
  readonly artifacts: ArtifactChoice;
  /** Whose signature every image must have; undefined where none is asked for. */
  readonly signatures: SignaturePolicy | undefined;
  /** What may be mirrored at all; undefined where nothing is said. */
  readonly policy: Policy | undefined;
  /** Whether every switch that is off is turned on once, to see what it brings. */
  readonly switches: boolean;
  /** Whether references that files of a chart spell out are patched. */
  readonly templatePatches: boolean;
  /** Whether relocated charts name digests beside tags, where their templates allow. */
  readonly pinDigests: boolean;
  /** The secret with the credentials of the target that pods are to name, and whether charts are to have it, too. */
  readonly pullSecret: { readonly name: string; readonly inChart: boolean } | undefined;
  /** The target, where it is a registry of Amazon ECR. */
  readonly ecr: EcrRegistry | undefined;
  /** What repositories of Amazon ECR are to be like, and whether existing ones are changed to be so. */
  readonly repositories: { readonly rules: readonly RepositoryRule[]; readonly applySettings: boolean };
}
