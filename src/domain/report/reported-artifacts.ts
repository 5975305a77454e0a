import type { ArtifactChoice } from '../artifacts/artifact-choice.ts';
import type { ReportedError } from './reported-error.ts';

/** Where an artifact ended. `to-copy` occurs in scans only; `unfinished` when its image, or the run, did not come so far. */
export type ArtifactStatus =
  | 'copied'
  | 'present'
  | 'replaced'
  | 'kept'
  | 'to-copy'
  | 'unconfirmed'
  | 'failed'
  | 'unfinished';

/** One artifact that belongs to an image. */
export interface ReportedArtifact {
  /** The image that it was found for, at its source. */
  readonly image: string;
  /** Where it is at its source. */
  readonly reference: string;
  readonly destination: string;
  readonly kind: 'tag' | 'referrer';
  /** Null where its manifest was not read. */
  readonly artifactType: string | null;
  readonly digest: string | null;
  readonly status: ArtifactStatus;
  /** Why it is kept or unconfirmed; null for any other status. */
  readonly reason: string | null;
  /** Its size at the source; null where its manifest was not read. */
  readonly bytes: number | null;
  readonly error: ReportedError | null;
}

/** A repository that did not tell what belongs to its images. */
export interface ReportedSearchRefusal {
  readonly registry: string;
  readonly repository: string;
  readonly what: 'tags' | 'referrers' | 'manifests';
  /** How many images it is about. */
  readonly images: number;
  readonly reason: string;
  /** Null where the registry answered, and refused. */
  readonly error: ReportedError | null;
}

/** What became of everything that belongs to images. */
export interface ReportedArtifacts {
  readonly choice: ArtifactChoice;
  readonly rows: readonly ReportedArtifact[];
  readonly totals: Readonly<Partial<Record<ArtifactStatus, number>>>;
  readonly bytesCopied: number;
  /** What it took to find out; copying is not in it. */
  readonly requests: {
    readonly tags: number;
    readonly referrers: number;
    readonly heads: number;
    readonly manifests: number;
  };
  readonly notLookedFor: readonly ReportedSearchRefusal[];
}
