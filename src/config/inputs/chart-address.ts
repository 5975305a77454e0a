/** A chart in a registry, and what stands before its name. */
export interface ChartAddress {
  readonly repository: string;
  readonly chart: string;
}

/** The parts of `oci://host/path/chart`; undefined where there is no chart behind the host. */
export function chartAddress(text: string): ChartAddress | undefined {
  const match = /^(oci:\/\/.+)\/([^/]+)\/*$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { repository: match[1], chart: match[2] };
}
