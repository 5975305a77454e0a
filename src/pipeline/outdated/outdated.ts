import { type Addon, type Catalog, formatChartSource } from '../../domain/addon.ts';
import { pulledReferences } from '../../domain/images/artifacts.ts';
import { isCarried } from '../../domain/images/image-use.ts';
import { imageChanges, isNewer, type OutdatedReport, type ReportedVersion } from '../../domain/outdated/outdated.ts';
import type { Reference } from '../../domain/reference.ts';
import type { ChartItem } from '../chart-item.ts';
import { extract } from '../extract.ts';
import { eachRelease, pullSteps } from '../look-steps.ts';
import type { Step } from '../progress.ts';
import type { ReleaseItem } from '../release-item.ts';
import { toError } from '../report-error.ts';
import type { Run } from '../run.ts';

/** A catalog in which every addon stands twice: as it is asked for, and with the newest version; local charts once. */
export function withNewest(catalog: Catalog): Catalog {
  const newest = catalog.addons
    .filter(({ source }) => source.kind !== 'local')
    .map((addon): Addon => ({ ...addon, version: { kind: 'newest', asked: '--latest' } }));
  return { ...catalog, addons: [...catalog.addons, ...newest] };
}

interface Pair {
  readonly current: ReleaseItem;
  /** Undefined for local charts. */
  readonly newest: ReleaseItem | undefined;
}

/** The releases of a run over such a catalog, by two. */
function pairsOf({ releases }: Run): readonly Pair[] {
  const locals = releases.filter(({ addon }) => addon.source.kind === 'local').length;
  const count = (releases.length + locals) / 2;
  const twice = releases.slice(count);
  let index = 0;
  return releases.slice(0, count).map((current) => {
    if (current.addon.source.kind === 'local') return { current, newest: undefined };
    const newest = twice[index];
    index += 1;
    return { current, newest };
  });
}

function isOutdated({ current, newest }: Pair): boolean {
  const [now, then] = [current.resolved?.version, newest?.resolved?.version];
  return now !== undefined && then !== undefined && isNewer(then, now);
}

/** Only what differs is fetched and rendered. */
function outdatedCharts(run: Run): readonly ChartItem[] {
  const wanted = new Set(
    pairsOf(run)
      .filter(isOutdated)
      .flatMap(({ current, newest }) => [current, newest]),
  );
  return run.charts.flatMap((chart) => {
    const releases = chart.releases.filter((release) => wanted.has(release));
    return releases.length === 0 ? [] : [{ ...chart, releases }];
  });
}

/** The steps up to where the newest version of every chart is known, and the images of both versions where it is another one. */
export function outdatedSteps(run: Run): readonly Step[] {
  return [
    ...pullSteps(run, undefined, outdatedCharts),
    {
      title: 'Render and extract images',
      width: run.options.renders,
      items: () => eachRelease(run, (chart, release, index) => extract(chart, release, index, run)),
    },
  ];
}

function imagesOf({ extraction, addon }: ReleaseItem): readonly Reference[] {
  const rendered = (extraction?.uses ?? []).filter(({ role }) => isCarried(role));
  return [
    ...rendered.flatMap(({ reference }) => pulledReferences(reference)),
    ...addon.images.map((one) => one.reference),
  ];
}

function failureOf(release: ReleaseItem | undefined, run: Run) {
  if (release === undefined) return undefined;
  return release.failure ?? run.charts.find(({ releases }) => releases.includes(release))?.failure;
}

function toRow(pair: Pair, run: Run): ReportedVersion {
  const { current, newest } = pair;
  const { addon } = current;
  const failure = failureOf(current, run) ?? failureOf(newest, run);
  const outdated = isOutdated(pair);
  const known = {
    chart: addon.chart,
    release: addon.release,
    source: formatChartSource(addon.source),
    current: addon.source.kind === 'local' ? null : (current.resolved?.version ?? null),
    newest: newest?.resolved?.version ?? null,
  };
  if (failure !== undefined) return { ...known, state: 'unknown', images: null, error: toError(failure) };
  if (newest === undefined) return { ...known, state: 'local', images: null, error: null };
  if (!outdated) return { ...known, state: 'current', images: null, error: null };
  return { ...known, state: 'outdated', images: imageChanges(imagesOf(current), imagesOf(newest)), error: null };
}

/** What a run over `withNewest` has found. */
export function outdatedReport(run: Run): OutdatedReport {
  const releases = pairsOf(run).map((pair) => toRow(pair, run));
  const exitCode = releases.some(({ state }) => state === 'unknown') ? 1 : 0;
  return { version: 1, exitCode, releases };
}
