import type { VersionRequest } from '../addon.ts';
import type { Reference } from '../reference.ts';
import { parseConstraint, satisfies } from '../version/constraint.ts';
import { tagToVersion } from '../version/tags.ts';
import { compareVersions, isPrerelease, parseStrictVersion, parseVersion, type Version } from '../version/version.ts';
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

/** Whether a tag spells all three numbers. Others that helm reads are mostly no versions: tags that move (`3.1`), or dates. */
function isWhole({ original }: Version): boolean {
  return /^v?[0-9]+\.[0-9]+\.[0-9]+/.test(original);
}

/** The versions by which a chart is counted: its whole ones, or all where it has no whole one. */
function countedVersions(chart: Pick<StoredManifest, 'tags'>): readonly Version[] {
  const all = versionsOf(chart);
  const whole = all.filter(isWhole);
  return whole.length > 0 ? whole : all;
}

/** The versions of each chart. */
type Charts = readonly (readonly Version[])[];

function highestFirst(versions: readonly Version[]): readonly Version[] {
  return versions.toSorted((a, b) => compareVersions(b, a));
}

/**
 * The highest version of each chart, highest first, each precedence once: versions that differ in build metadata, such as a
 * suffix, count as one.
 */
function ranked(charts: Charts): readonly Version[] {
  const sorted = highestFirst(charts.flatMap((own) => highestFirst(own).slice(0, 1)));
  return sorted.filter((version, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareVersions(before, version) !== 0;
  });
}

function isAmong(version: Version, few: readonly Version[]): boolean {
  return few.some((one) => isWhole(one) === isWhole(version) && compareVersions(one, version) === 0);
}

/** What is counted: the charts of a repository that can be pulled, those with a whole version apart from those without. */
function countedCharts({ manifests }: StoredRepository): { readonly whole: Charts; readonly partial: Charts } {
  const charts = manifests
    .filter(({ isChart, isArchived, content }) => isChart && !isArchived && content.kind === 'image')
    .map(countedVersions);
  return {
    whole: charts.filter((own) => own.some(isWhole)),
    partial: charts.filter((own) => !own.some(isWhole)),
  };
}

function only(charts: Charts, isMeant: (version: Version) => boolean): Charts {
  return charts.map((own) => own.filter(isMeant));
}

function isStable(version: Version): boolean {
  return !isPrerelease(version);
}

/** The newest `count` versions, and the newest `count` stable ones: a pre-release never takes the place of a release. */
function newestOf(charts: Charts, count: number): readonly Version[] {
  return [...ranked(charts).slice(0, count), ...ranked(only(charts, isStable)).slice(0, count)];
}

/** The newest stable version, or the newest pre-release where there is no other. */
function newestStable(charts: Charts): readonly Version[] {
  return [ranked(only(charts, isStable))[0] ?? ranked(charts)[0]].flatMap((version) => version ?? []);
}

/** Whether mirror finds the version when it looks for the newest tag. */
function isStrict({ original }: Version): boolean {
  return parseStrictVersion(original) !== undefined;
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

function isNamedBy(entry: KeptEntry, chart: StoredManifest, ranking: Ranking): boolean {
  if (!isPlaceOf(entry.path, ranking.name)) return false;
  const { versions } = entry;
  if (versions === undefined) return true;
  if (versions.kind === 'version') return versionsOf(chart).some((version) => isAskedFor(version, versions.text));
  return countedVersions(chart).some((version) => isAmong(version, ranking.newestStable));
}

function rankingOf(repository: StoredRepository, { newest = 0 }: KeepRules): Ranking {
  const { whole, partial } = countedCharts(repository);
  return {
    name: repository.name,
    newest: [...newestOf(whole, newest), ...newestOf(partial, newest)],
    // mirror takes the newest of an index with its leniency, but of tags the newest strict one: both stay
    newestStable: [whole, only(whole, isStrict), partial].flatMap(newestStable),
  };
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
    const own = countedVersions(chart);
    const kept: ChartRule[] = [];
    if (rules.catalog.some((entry) => isNamedBy(entry, chart, ranking))) kept.push('catalog');
    if (own.some((version) => isAmong(version, ranking.newest))) kept.push('newest');
    if (own.length === 0 && chart.tags.length > 0) kept.push('no-version');
    return kept;
  };
}

/** The entries of the catalogs of which the registry has no chart at all: perhaps a slip in a name or in the target's path. */
export function entriesWithoutChart(repositories: readonly StoredRepository[], rules: KeepRules): readonly KeptEntry[] {
  const charts = repositories.map((repository) => ({
    ranking: rankingOf(repository, rules),
    manifests: repository.manifests.filter(({ isChart }) => isChart),
  }));
  return rules.catalog.filter(
    (entry) => !charts.some(({ ranking, manifests }) => manifests.some((chart) => isNamedBy(entry, chart, ranking))),
  );
}
