/** The plan that a run was held to. */
export interface ReportedPlan {
  /** Of the whole plan, also where the run was one of its shards. */
  readonly digest: string;
  /** Null for a run of the whole. */
  readonly shard: { readonly index: number; readonly of: number } | null;
  /** What was not as planned, a line each; then nothing was written. */
  readonly moved: readonly string[];
  /** With `--finish`: what no shard has brought yet, a line each; then nothing was written. */
  readonly missing: readonly string[];
}
