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
