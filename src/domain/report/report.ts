import type { Place } from '../addon.ts';
import type { PolicyDocument } from '../ecr/least-policy.ts';
import type { Evidence } from '../images/evidence.ts';

/** Where one release of a chart ended. Only `pushed`, `present` and `ready` (in a scan) are good ends. */
export type ChartStatus =
  | 'pushed'
  | 'pushed-unproven'
  | 'present'
  | 'present-unproven'
  | 'ready'
  | 'ready-unproven'
  | 'failed'
  | 'refused'
  | 'not-proven'
  | 'unfinished';

/** Where an image ended. `to-copy` and `unconfirmed` occur in scans; `not-needed` when every chart that uses it failed. */
export type ImageStatus =
  | 'copied'
  | 'present'
  | 'present-unverified'
  | 'kept'
  | 'to-copy'
  | 'unconfirmed'
  | 'refused'
  | 'failed'
  | 'not-needed'
  | 'unfinished';

/** An error as the report shows it. */
export interface ReportedError {
  readonly code: string;
  readonly origin: string;
  readonly message: string;
  readonly hint: string | null;
}

/** One difference between what was rendered and what was planned, with the places of the literal where it is one. */
export interface ReportedResidue {
  readonly place: string;
  readonly expected: string | null;
  readonly found: string | null;
  readonly literals: readonly string[];
}

/** A proof as data. */
export interface ReportedProof {
  readonly state: 'proven' | 'not-proven' | 'not-run';
  /** What renders the same with plain helm, in the output directory; null where no flag says it. */
  readonly command: string | null;
  readonly references: number;
  readonly schemaChecked: boolean;
  readonly reason: string | null;
  readonly residue: readonly ReportedResidue[];
  readonly unexplained: readonly { readonly template: string; readonly line: number; readonly text: string }[];
  readonly explained: Readonly<Record<string, number>>;
}

/** One change of the chart: a value (`key`), or a line of a file that spells a reference out (`line`). */
export interface ReportedEdit {
  readonly file: string;
  readonly key: string | null;
  readonly line: number | null;
  readonly before: string | null;
  readonly after: string;
}

/** How a hidden image is moved in the relocated chart: proven by a render, by the form of its value only, or not. */
export type HiddenMove = 'proven' | 'by-form' | 'no';

/** An image that the values of a release do not render, and other values may. */
export interface ReportedHiddenImage {
  readonly image: string;
  readonly destination: string;
  /** `conditional`: another profile renders it. `declared`: only values or annotations name it. */
  readonly evidence: 'conditional' | 'declared';
  /** The profiles that render it, or the keys and annotations that name it. */
  readonly when: readonly string[];
  readonly moved: HiddenMove;
  readonly mirrored: boolean;
}

/** What kind of values a profile has. */
export type ProfileKind = 'catalog' | 'defaults' | 'ci' | 'switch';

/** A profile beside the release that renders further images. */
export interface ReportedProfile {
  readonly profile: string;
  readonly kind: ProfileKind;
  readonly images: readonly string[];
  readonly proof: ReportedProof;
}

/** How a release names the pull secret. */
export interface ReportedPullSecret {
  readonly name: string;
  /** Where it is written: into the consumer values only, or into the relocated chart, too. */
  readonly written: 'values' | 'chart';
  /** The keys that name it; `replaced` is the secret that one of them named before. */
  readonly keys: readonly { readonly key: string; readonly serves: number; readonly replaced: string | null }[];
  /** How many pod specs have it in the proving render. */
  readonly served: number;
  /** The places of pod specs without it; what serves them is in `commands` and `notes`. */
  readonly unserved: readonly string[];
  /** For service accounts of the pods that no value serves. */
  readonly commands: readonly string[];
  readonly notes: readonly string[];
}

/** One release of one chart. */
export interface ReportedChart {
  readonly chart: string;
  readonly release: string;
  readonly namespace: string | null;
  readonly requested: string;
  readonly version: string | null;
  readonly source: string;
  readonly sourceDigest: string | null;
  readonly destination: string | null;
  /** The relocated archive, below the output directory; null when it was not written. */
  readonly archive: string | null;
  readonly status: ChartStatus;
  readonly kubeVersion: string | null;
  readonly declared: readonly Place[];
  readonly dependencies: readonly {
    readonly path: string;
    readonly chart: string;
    readonly version: string;
    readonly repository: string;
    readonly alias: string | null;
    readonly condition: string | null;
    readonly state: string;
  }[];
  readonly proof: ReportedProof;
  readonly consumer: ReportedProof & { readonly written: boolean };
  readonly edits: readonly ReportedEdit[];
  readonly images: readonly string[];
  readonly declaredImages: readonly {
    readonly image: string;
    readonly annotation: string;
    readonly rendered: boolean;
  }[];
  readonly hiddenImages: readonly ReportedHiddenImage[];
  readonly profiles: readonly ReportedProfile[];
  /** Null where none was asked for, or the release did not come so far. */
  readonly pullSecret: ReportedPullSecret | null;
  /** How many switches were turned to look for hidden images. */
  readonly switches: number;
  /** Profiles under which the chart does not render. */
  readonly refusedProfiles: readonly { readonly profile: string; readonly reason: string }[];
  /** References that are neither copied nor moved, and why. */
  readonly leftAsIs: readonly { readonly image: string; readonly place: string; readonly why: string }[];
  readonly notes: readonly string[];
  readonly error: ReportedError | null;
}

/** One image. `bytes` is what was to be moved, null where no manifest was read. */
export interface ReportedImage {
  readonly source: string;
  readonly destination: string;
  readonly digest: string | null;
  /** The one platform that is copied, as an image of its own; null for the whole image. */
  readonly platform: string | null;
  readonly platforms: readonly string[];
  readonly status: ImageStatus;
  readonly bytes: number | null;
  /** Why it is known: rendered for what was asked, by another profile only, named by values only, or added in the catalog. */
  readonly evidence: Evidence;
  readonly usedBy: readonly {
    readonly chart: string;
    readonly version: string;
    readonly release: string;
    readonly places: readonly string[];
  }[];
  readonly error: ReportedError | null;
}

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

/**
 * Counts. `addons` counts entries of the inputs, merged ones included; `charts` and `images` count rows of the report.
 * `bytesCopied` is what left the sources for the images that were copied.
 */
export interface Totals {
  readonly addons: {
    readonly declared: number;
    readonly done: number;
    readonly failed: number;
    readonly unmirrorable: number;
  };
  readonly charts: Readonly<Partial<Record<ChartStatus, number>>>;
  readonly images: Readonly<Partial<Record<ImageStatus, number>>>;
  readonly bytesCopied: number;
}

/** What a run did, complete: schemas/report.schema.json describes its JSON. */
export interface Report {
  readonly version: 1;
  readonly mode: 'catalog' | 'values';
  readonly scanOnly: boolean;
  readonly target: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly interrupted: boolean;
  readonly exitCode: number;
  readonly tools: { readonly helm: string; readonly crane: string };
  readonly totals: Totals;
  readonly charts: readonly ReportedChart[];
  readonly images: readonly ReportedImage[];
  /** Null for targets that are not Amazon ECR. */
  readonly ecr: ReportedEcr | null;
  readonly unmirrorable: readonly { readonly key: string; readonly place: Place; readonly reason: string }[];
  readonly notes: readonly string[];
}
