import { formatReference, type Reference } from '../reference.ts';
import type { ReportedError } from '../report/reported-error.ts';
import { compareVersions, parseVersion } from '../version/version.ts';

/** Images that a newer version of a chart renders and this one does not, and the other way round. */
export interface ImageChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A release, and what is newest of its chart. `local` charts have no newer version; `unknown` could not be looked at. */
export interface ReportedVersion {
  readonly chart: string;
  readonly release: string;
  readonly source: string;
  readonly state: 'current' | 'outdated' | 'local' | 'unknown';
  /** What the inputs, or the lock, come to. */
  readonly current: string | null;
  /** The newest stable version. */
  readonly newest: string | null;
  /** For outdated releases, with their values; null for others. */
  readonly images: ImageChanges | null;
  readonly error: ReportedError | null;
}

/** What `catalog outdated --json` prints: schemas/outdated.schema.json describes it. */
export interface OutdatedReport {
  readonly version: 1;
  readonly exitCode: number;
  readonly releases: readonly ReportedVersion[];
}

/** Whether a version is newer than another. What is no version is newer than nothing. */
export function isNewer(newest: string, current: string): boolean {
  const [left, right] = [parseVersion(newest), parseVersion(current)];
  return left !== undefined && right !== undefined && compareVersions(left, right) > 0;
}

/** What differs between the images of two versions, each once and sorted. */
export function imageChanges(before: readonly Reference[], after: readonly Reference[]): ImageChanges {
  const [old, fresh] = [new Set(before.map(formatReference)), new Set(after.map(formatReference))];
  return {
    added: [...fresh].filter((image) => !old.has(image)).sort(),
    removed: [...old].filter((image) => !fresh.has(image)).sort(),
  };
}
