import type { PolicyDocument } from '../ecr/least-policy.ts';
import type { ReportedError } from './reported-error.ts';

/** What a repository of Amazon ECR is to be like; null where nothing is said. Policies are JSON text. */
export interface ReportedSettings {
  readonly tags: Readonly<Record<string, string>>;
  readonly tagMutability: { readonly kind: 'mutable' | 'immutable'; readonly exceptions: readonly string[] } | null;
  readonly scanOnPush: boolean | null;
  readonly encryption: { readonly type: 'AES256' | 'KMS' | 'KMS_DSSE'; readonly key: string | null } | null;
  readonly lifecyclePolicy: string | null;
  readonly repositoryPolicy: string | null;
}

/**
 * Where a repository ended. `to-create` occurs in scans, and where everything that goes there failed before; `unknown`: it
 * may not be looked at; `existed`: somebody else created it during the run.
 */
export type RepositoryStatus = 'present' | 'to-create' | 'created' | 'existed' | 'changed' | 'unknown' | 'failed';

/** One repository at the target. */
export interface ReportedRepository {
  readonly name: string;
  readonly status: RepositoryStatus;
  readonly settings: ReportedSettings;
  readonly differences: readonly {
    readonly setting: string;
    readonly is: string;
    readonly wanted: string;
    readonly changeable: boolean;
    readonly changed: boolean;
  }[];
  /** Settings that are given and are not compared: of an existing repository for want of a right, or not known to the registry. */
  readonly notCompared: readonly string[];
  readonly detail: string | null;
  readonly error: ReportedError | null;
}

/** What a run knows of Amazon ECR as its target. */
export interface ReportedEcr {
  /** Null where neither the host nor the configuration says it: then it is that of the AWS identity. */
  readonly account: string | null;
  readonly region: string | null;
  readonly repositories: readonly ReportedRepository[];
  /** Whether blobs are mounted, and what mounting saves of this run's copies in bytes, each blob once per registry; null in scans, which read no manifests. */
  readonly mounting: { readonly state: 'on' | 'off' | 'unknown' | 'not-asked'; readonly savesBytes: number | null };
  /** The IAM policy that allows this run and no more; for pasting. */
  readonly policy: PolicyDocument;
  /** Where the policy allows more than the run needs, or is too long for one. */
  readonly policyNotes: readonly string[];
  /** Requests to the ECR API by name. */
  readonly calls: Readonly<Record<string, number>>;
}
