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
  /** Whether an earlier run rendered for it, with the very same content; this run did not. */
  readonly earlier: boolean;
  /** What renders the same with plain helm, in the output directory; null where no flag says it. */
  readonly command: string | null;
  readonly references: number;
  readonly schemaChecked: boolean;
  readonly reason: string | null;
  readonly residue: readonly ReportedResidue[];
  readonly unexplained: readonly { readonly template: string; readonly line: number; readonly text: string }[];
  readonly explained: Readonly<Record<string, number>>;
}

/** What kind of values a profile has. */
export type ProfileKind = 'catalog' | 'defaults' | 'ci' | 'switch';

/** A profile beside the release that renders further images. */
export interface ReportedProfile {
  readonly profile: string;
  readonly kind: ProfileKind;
  /** Helm's reason, where the chart's NOTES.txt alone refuses it: looked at and proven without NOTES.txt. Null for all others. */
  readonly refusedByNotes: string | null;
  readonly images: readonly string[];
  readonly proof: ReportedProof;
}
