import { compareNumbers, compareVersions, isPrerelease, type Version } from './version.ts';

const MOST = 5;

/** How far a version is from the one asked for; family counts before prerelease, prerelease before steps, and less is nearer. */
interface Distance {
  readonly version: Version;
  readonly family: number;
  readonly prerelease: number;
  readonly steps: number;
}

function unique(versions: readonly Version[]): readonly Version[] {
  return [...new Map(versions.map((version) => [version.original, version])).values()];
}

function newestFirst(versions: readonly Version[]): readonly Version[] {
  return versions.toSorted((left, right) => compareVersions(right, left));
}

function distances(descending: readonly Version[], target: Version): readonly Distance[] {
  const notNewer = descending.findIndex((version) => compareVersions(version, target) <= 0);
  const gap = notNewer < 0 ? descending.length : notNewer;
  const wantsPrerelease = isPrerelease(target);
  return descending.map((version, index) => ({
    version,
    family: compareNumbers(version, target, 2) === 0 ? 0 : 1,
    prerelease: isPrerelease(version) && !wantsPrerelease ? 1 : 0,
    steps: index < gap ? gap - index : index - gap + 1,
  }));
}

/**
 * The spellings of at most five versions that lie closest to the one asked for, newest first. Those of the same major
 * and minor number are chosen before all others, then stable ones before pre-releases (unless a pre-release was asked
 * for), then those with the fewest versions in between (the newer of two). Without a target: the newest, stable ones
 * before pre-releases.
 */
export function nearestVersions(versions: readonly Version[], target: Version | undefined): readonly string[] {
  const descending = newestFirst(unique(versions));
  const closest =
    target === undefined
      ? descending.toSorted((a, b) => Number(isPrerelease(a)) - Number(isPrerelease(b)))
      : distances(descending, target)
          .toSorted((a, b) => a.family - b.family || a.prerelease - b.prerelease || a.steps - b.steps)
          .map((distance) => distance.version);
  return newestFirst(closest.slice(0, MOST)).map((version) => version.original);
}
