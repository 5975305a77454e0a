/** A blob that several images are made of. */
export interface SharedLayer {
  readonly digest: string;
  readonly bytes: number;
  /** The images at their sources, in the order of the report. */
  readonly images: readonly string[];
}

/** What images share. Known of images whose manifests were read, by this run or an earlier one. */
export interface ReportedLayers {
  /** How many images this is about. */
  readonly images: number;
  /** What they would take if nothing were shared, in bytes. */
  readonly bytes: number;
  /** What they take, each blob once, in bytes. */
  readonly uniqueBytes: number;
  /** The blobs that save most, at most twenty, best first. */
  readonly shared: readonly SharedLayer[];
}
