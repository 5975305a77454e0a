import type { Place } from '../addon.ts';
import type { Evidence } from '../images/evidence.ts';
import type { ReportedArtifacts } from './reported-artifacts.ts';
import type { ReportedChanges } from './reported-changes.ts';
import type { ReportedEcr } from './reported-ecr.ts';
import type { ReportedError } from './reported-error.ts';
import type { RefusedProfile, ReportedHiddenImage } from './reported-hidden.ts';
import type { ReportedLayers } from './reported-layers.ts';
import type { ReportedPin, ReportedUnpinned } from './reported-pins.ts';
import type { ReportedPlan } from './reported-plan.ts';
import type { ReportedProfile, ReportedProof } from './reported-proof.ts';
import type { ReportedPullSecret } from './reported-pull-secret.ts';
import type { ReportedSignature, ReportedSignatures } from './reported-signatures.ts';

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

/** Where an image ended. `to-copy` occurs in scans only; `not-needed` when every chart that uses it failed. */
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

/** One change of the chart: a value (`key`), or a line of a file that spells a reference out (`line`). */
export interface ReportedEdit {
  readonly file: string;
  readonly key: string | null;
  readonly line: number | null;
  readonly before: string | null;
  readonly after: string;
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
  /** The provenance file of the original, beside the original; it does not verify the relocated archive. Null where there is none. */
  readonly provenance: string | null;
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
  /** With `pinDigests`: the images that the relocated chart names by digest, and those that it does not. */
  readonly pinned: readonly ReportedPin[];
  readonly notPinned: readonly ReportedUnpinned[];
  /** How many switches were turned to look for hidden images; null where none was to be turned. */
  readonly switches: number | null;
  readonly refusedProfiles: readonly RefusedProfile[];
  /** References that are neither copied nor moved, and why. */
  readonly leftAsIs: readonly { readonly image: string; readonly place: string; readonly why: string }[];
  readonly notes: readonly string[];
  readonly error: ReportedError | null;
}

/** One image. `bytes` is its size at the source; null where no manifest was read, by this run or an earlier one. */
export interface ReportedImage {
  readonly source: string;
  readonly destination: string;
  readonly digest: string | null;
  /** The one platform that is copied, as an image of its own; null for the whole image. */
  readonly platform: string | null;
  readonly platforms: readonly string[];
  readonly status: ImageStatus;
  /** Why it is unconfirmed; null for any other status. */
  readonly reason: string | null;
  readonly bytes: number | null;
  /** Why it is known: rendered for what was asked, by another profile only, named by values only, added in the catalog, or listed. */
  readonly evidence: Evidence;
  readonly usedBy: readonly {
    readonly chart: string;
    readonly version: string;
    readonly release: string;
    readonly places: readonly string[];
  }[];
  /** Null where nobody asked for signatures, or the image was not looked at. */
  readonly signature: ReportedSignature | null;
  /** The lines of the list that name it; empty for images of charts. */
  readonly listed: readonly { readonly file: string; readonly line: number }[];
  readonly error: ReportedError | null;
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
  readonly mode: 'catalog' | 'values' | 'list';
  readonly scanOnly: boolean;
  readonly target: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly interrupted: boolean;
  readonly exitCode: number;
  /** What copied the images, or would have. */
  readonly engine: 'native' | 'crane';
  /** Helm is null where no chart was looked at, crane where the native engine copied the images. */
  readonly tools: { readonly helm: string | null; readonly crane: string | null };
  /** Null for a run without a plan. */
  readonly plan: ReportedPlan | null;
  /** How this run differs from the one of `--previous`; null without it. */
  readonly changes: ReportedChanges | null;
  readonly totals: Totals;
  readonly charts: readonly ReportedChart[];
  readonly images: readonly ReportedImage[];
  /** What the images share; null where no manifest was read, by this run or an earlier one. */
  readonly layers: ReportedLayers | null;
  /** What belongs to the images. What a file carries is in `images`. */
  readonly artifacts: ReportedArtifacts;
  /** Whose signatures images must have. Null where none were asked for. */
  readonly signatures: ReportedSignatures | null;
  /** Null for targets that are not Amazon ECR. */
  readonly ecr: ReportedEcr | null;
  readonly unmirrorable: readonly { readonly key: string; readonly place: Place; readonly reason: string }[];
  readonly notes: readonly string[];
}
