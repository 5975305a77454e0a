import type { VersionRequest } from '../addon.ts';
import type { Reference } from '../reference.ts';
import { parseConstraint, satisfies } from '../version/constraint.ts';
import { tagToVersion } from '../version/selection.ts';
import { compareVersions, isPrerelease, parseVersion, type Version } from '../version/version.ts';
import type { StoredManifest, StoredRepository } from './stored.ts';

/** One chart that a catalog names. `versions` is undefined where the catalog names a chart on disk, whatever its version. */
export interface KeptEntry {
  /** How the catalog names it, for people. */
  readonly name: string;
  /** Where mirror puts it below the target: the path of the chart's repository. */
  readonly path: string;
  readonly versions: VersionRequest | undefined;
  /** Further images that the entry carries. */
  readonly images: readonly Reference[];
}

/** What is kept, by the person's own words. */
export interface KeepRules {
  readonly catalog: readonly KeptEntry[];
  /** So many versions of every chart; undefined when this rule was not given. */
  readonly newest: number | undefined;
  /** Nothing that was pushed less than so many milliseconds ago goes. */
  readonly minimumAge: number;
}

/** Nothing younger than a day ever goes. */
export const LEAST_AGE = 24 * 60 * 60 * 1000;

/** Whether a repository is the one that the entry goes to: below any path, since a target may have been named with a longer one. */
export function isPlaceOf(path: string, repository: string): boolean {
  return repository === path || repository.endsWith(`/${path}`);
}

/** The versions that a chart is known by: those of its tags that read as one, `_` being the `+` of the version. */
function versionsOf({ tags }: Pick<StoredManifest, 'tags'>): readonly Version[] {
  return tags.flatMap((tag) => parseVersion(tagToVersion(tag)) ?? []);
}

/** Highest first, each precedence once: versions that differ in build metadata, such as a suffix, count as one. */
function ranked(versions: readonly Version[]): readonly Version[] {
  const sorted = versions.toSorted((a, b) => compareVersions(b, a));
  return sorted.filter((version, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareVersions(before, version) !== 0;
  });
}

function isAmong(version: Version, few: readonly Version[]): boolean {
  return few.some((one) => compareVersions(one, version) === 0);
}

/** The charts of a repository that can be pulled and have a version: what is counted. */
function countedVersions({ manifests }: StoredRepository): readonly Version[] {
  return manifests
    .filter(({ isChart, isArchived, content }) => isChart && !isArchived && content.kind === 'image')
    .flatMap(versionsOf);
}

/** The newest `count` versions, and the newest `count` stable ones: a pre-release never takes the place of a release. */
function newestOf(all: readonly Version[], count: number): readonly Version[] {
  return [...all.slice(0, count), ...all.filter((version) => !isPrerelease(version)).slice(0, count)];
}

/** The newest stable version, or the newest pre-release where there is no other. */
function newestStable(all: readonly Version[]): readonly Version[] {
  return [all.find((version) => !isPrerelease(version)) ?? all[0]].flatMap((version) => version ?? []);
}

/**
 * Whether a version is in the range that a text is read as (catalogs hold no other text); a whole version is the range of what has its precedence, so
 * that a suffix in the build metadata makes no difference.
 */
function isAskedFor(version: Version, text: string): boolean {
  const range = parseConstraint(text);
  return range !== undefined && satisfies(version, range);
}

/** A repository with what is known of its versions once. */
interface Ranking {
  readonly name: string;
  readonly newest: readonly Version[];
  readonly newestStable: readonly Version[];
}

function isNamedBy(entry: KeptEntry, own: readonly Version[], ranking: Ranking): boolean {
  if (!isPlaceOf(entry.path, ranking.name)) return false;
  const { versions } = entry;
  if (versions === undefined) return true;
  if (versions.kind === 'version') return own.some((version) => isAskedFor(version, versions.text));
  return own.some((version) => isAmong(version, ranking.newestStable));
}

function rankingOf(repository: StoredRepository, { newest }: KeepRules): Ranking {
  const all = ranked(countedVersions(repository));
  return { name: repository.name, newest: newestOf(all, newest ?? 0), newestStable: newestStable(all) };
}

/** The rule that keeps a chart: a catalog names it, it is among the newest, or it has no version that a rule could judge. */
export type ChartRule = 'catalog' | 'newest' | 'no-version';

/**
 * Judges the charts of a repository: by which rules each stays. A chart without any tag is one that was overwritten: no
 * rule keeps it.
 */
export function chartRules(
  repository: StoredRepository,
  rules: KeepRules,
): (chart: StoredManifest) => readonly ChartRule[] {
  const ranking = rankingOf(repository, rules);
  return (chart) => {
    const own = versionsOf(chart);
    const kept: ChartRule[] = [];
    if (rules.catalog.some((entry) => isNamedBy(entry, own, ranking))) kept.push('catalog');
    if (own.some((version) => isAmong(version, ranking.newest))) kept.push('newest');
    if (own.length === 0 && chart.tags.length > 0) kept.push('no-version');
    return kept;
  };
}

/** The entries of the catalogs of which the registry has no chart at all: perhaps a slip in a name or in the target's path. */
export function entriesWithoutChart(repositories: readonly StoredRepository[], rules: KeepRules): readonly KeptEntry[] {
  const charts = repositories.map((repository) => ({
    ranking: rankingOf(repository, rules),
    versions: repository.manifests.filter(({ isChart }) => isChart).map(versionsOf),
  }));
  return rules.catalog.filter(
    (entry) => !charts.some(({ ranking, versions }) => versions.some((own) => isNamedBy(entry, own, ranking))),
  );
}
