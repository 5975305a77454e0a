import type { ReportedProfile, ReportedProof } from './reported-proof.ts';

/** The proof of one relocated chart as data: `proof.json` beside its archive, described by schemas/proof.schema.json. */
export interface ProofFile {
  readonly version: 1;
  readonly chart: string;
  readonly chartVersion: string;
  readonly source: string;
  readonly sourceDigest: string;
  readonly target: string;
  /** The archive, below the output directory. */
  readonly archive: string;
  readonly archiveDigest: string;
  readonly helm: string;
  readonly releases: readonly {
    readonly release: string;
    readonly namespace: string;
    readonly kubeVersion: string;
    readonly proof: ReportedProof;
    readonly profiles: readonly ReportedProfile[];
  }[];
}
