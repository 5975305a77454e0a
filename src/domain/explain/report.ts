import type { UseRole } from '../images/image-use.ts';
import type { ReportedError } from '../report/reported-error.ts';
import type { ProfileKind } from '../report/reported-proof.ts';

/**
 * Why an image is known: a release or a profile of its catalog entry renders it, another profile does, only values or
 * annotations name it, the catalog entry adds it, or it is left as it is.
 */
export type ExplainedEvidence = 'rendered' | 'conditional' | 'declared' | 'added' | 'left-as-is';

/** A line of a file of the chart (`shop/charts/cache/values.yaml`), of a values file or of the catalog; from 1. */
export interface ExplainedSpot {
  readonly file: string;
  readonly line: number | null;
}

/**
 * A value that takes part in a reference: in its name (registry and path), or in its tag or digest. `text` is the part of
 * the value that stands in the reference; null where the values have no such key, and setting it would have an effect.
 * `measured`: changing the value changed the reference; otherwise its text and key say so.
 */
export interface ExplainedValue {
  readonly key: string;
  readonly part: 'name' | 'tag';
  readonly text: string | null;
  readonly measured: boolean;
  /** Where the value is set; null where no file sets it. */
  readonly setBy: ExplainedSpot | null;
}

/** One place of the rendered output. `literals` are the lines that spell the reference out where no value makes its name. */
export interface ExplainedPlace {
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
  /** The reference as it is written there. */
  readonly text: string;
  readonly values: readonly ExplainedValue[];
  readonly literals: readonly ExplainedSpot[];
  /** Booleans that are on, and without which the reference is not there: `metrics.enabled=true`. */
  readonly needs: readonly string[];
}

/** The values with which the places are rendered: those of the release, or of a profile. */
export interface ExplainedProfile {
  readonly profile: string;
  readonly kind: 'release' | ProfileKind;
  readonly places: readonly ExplainedPlace[];
}

/** A key, an annotation or a list of the catalog that names an image. */
export interface ExplainedNaming {
  readonly where: string;
  readonly spot: ExplainedSpot | null;
}

/** One image of a release. */
export interface ExplainedImage {
  readonly image: string;
  /** Its name at the target; null without a target, and where nothing is copied. */
  readonly destination: string | null;
  readonly evidence: ExplainedEvidence;
  readonly role: UseRole;
  readonly certainty: 'certain' | 'candidate';
  /** The rule or the reason behind role and evidence; null for a plain image, which needs none. */
  readonly why: string | null;
  readonly profiles: readonly ExplainedProfile[];
  readonly named: readonly ExplainedNaming[];
  /** What adds an image that is not mirrored, below `images` or `images.add` of its catalog entry; null for all others. */
  readonly add: { readonly under: string; readonly line: string } | null;
}

/** One release of a chart, with its images or the reason why there are none. */
export interface ExplainedRelease {
  readonly chart: string;
  readonly release: string;
  readonly version: string | null;
  readonly source: string;
  /** How many switches were turned on, and with which values the chart does not render. */
  readonly switches: number;
  readonly refusedProfiles: readonly { readonly profile: string; readonly reason: string }[];
  readonly images: readonly ExplainedImage[];
  readonly notes: readonly string[];
  readonly error: ReportedError | null;
}

/** What `explain` found: schemas/explain.schema.json describes its JSON. */
export interface ExplainReport {
  readonly version: 1;
  /** The image that was asked for; null for all. */
  readonly asked: string | null;
  readonly exitCode: number;
  /** Names near to the one that was asked for, where it fits none. */
  readonly near: readonly string[];
  readonly releases: readonly ExplainedRelease[];
}

/** 0 when something was found and nothing failed; without a question, charts without any image are no failure. */
export function explainExitCode(asked: string | undefined, releases: readonly ExplainedRelease[]): 0 | 1 {
  if (releases.some(({ error }) => error !== null)) return 1;
  return asked !== undefined && releases.every(({ images }) => images.length === 0) ? 1 : 0;
}
