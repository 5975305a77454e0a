import { parseStrictVersion, parseVersion } from '../../domain/version/version.ts';
import { flagProblem, shown } from '../problems.ts';
import type { ChartRepositories } from './chart-repositories.ts';
import type { Findings, Subject } from './findings.ts';
import { readTrees } from './read-tree.ts';
import { type Tree, textAt } from './tree.ts';
import { addWanted } from './wanted-chart.ts';

/** A chart's name and version. */
export interface ChartAndVersion {
  readonly chart: string;
  readonly version: string;
}

function splits(text: string, isVersion: (text: string) => boolean): readonly ChartAndVersion[] {
  return [...text.matchAll(/-/g)].flatMap(({ index }) => {
    const version = text.slice(index + 1);
    return index > 0 && isVersion(version) ? [{ chart: text.slice(0, index), version }] : [];
  });
}

/**
 * Every way to read helm's `name-version`: the version is one by the letter of semver, with a `v` if any; where there is no
 * such, one that helm reads leniently. Both names and pre-releases may hold hyphens, so there may be several.
 */
export function chartSplits(text: string): readonly ChartAndVersion[] {
  const strict = splits(text, (version) => parseStrictVersion(version.replace(/^v/, '')) !== undefined);
  return strict.length > 0 ? strict : splits(text, (version) => parseVersion(version) !== undefined);
}

const EXPECTED = 'write what "helm list -A -o json" prints';

// helm pkg/release/v1, Status
const MAY_RUN = /^(?:failed|unknown|pending-)/;

type Told = ChartAndVersion | { readonly reason: string };

/** The chart of a release, if the repositories tell which it is. */
function toldChart(repositories: ChartRepositories, written: string): Told {
  const ways = chartSplits(written);
  if (ways.length === 0) return { reason: `no version can be told in ${shown(written)}` };
  const [way, other] = ways.filter(({ chart }) => repositories.has(chart));
  const names = ways.map(({ chart }) => shown(chart)).join(' or ');
  if (way === undefined) return { reason: `--repositories names no repository of the chart ${names} (${written})` };
  if (other === undefined) return way;
  return { reason: `${shown(written)} can be read as ${shown(way.chart)} and as ${shown(other.chart)}` };
}

function readRelease(findings: Findings, repositories: ChartRepositories, file: string, item: Tree): void {
  const name = textAt(item, 'name');
  const namespace = textAt(item, 'namespace');
  const written = textAt(item, 'chart');
  const status = textAt(item, 'status');
  const key = [namespace, name].filter((text) => text !== undefined).join('/');
  const subject: Subject = { label: `release ${key}`, place: { ...item.at, file, key } };
  if (status !== undefined && status !== 'deployed') {
    const reason = `${written ?? 'a chart'} is ${status}, only what is deployed is taken`;
    // pods of a release that failed or is pending may run all the same, those of others do not
    if (MAY_RUN.test(status)) findings.refuse(subject, reason);
    else findings.note(`release ${key} of ${reason}`);
    return;
  }
  const isNamed = name !== undefined && written !== undefined;
  const told: Told = isNamed ? toldChart(repositories, written) : { reason: 'it has no name or no chart' };
  if ('reason' in told) {
    findings.refuse(subject, told.reason);
    return;
  }
  const from = { kind: 'repository', text: repositories.get(told.chart) ?? '' } as const;
  addWanted(findings, { subject, ...told, from, release: name, namespace, layers: [] });
}

/** Reads the releases of a cluster as helm lists them in JSON; only what is deployed. Helm tells neither repositories nor values. */
export function readHelmList(findings: Findings, text: string, file: string, repositories: ChartRepositories): void {
  const read = readTrees(file, text);
  const [tree] = read.kind === 'trees' ? read.trees : [];
  if (tree?.kind !== 'list') {
    findings.problems.push(
      flagProblem('--helm-list', { what: `${file} is no list of releases in JSON`, instead: EXPECTED }),
    );
    return;
  }
  if (tree.items.length === 0) {
    findings.problems.push(flagProblem('--helm-list', { what: `${file} names no release`, instead: EXPECTED }));
  }
  for (const item of tree.items) readRelease(findings, repositories, file, item);
  findings.note(`${file}: helm does not list values; releases are read without theirs`);
}
