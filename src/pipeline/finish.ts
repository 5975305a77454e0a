import { formatChartSource } from '../domain/addon.ts';
import { literalPlaces, textsBelow } from '../domain/chart/chart-files.ts';
import { formatPath } from '../domain/chart/values-tree.ts';
import { editedValue } from '../domain/overlay/edit-values.ts';
import { formatPlatform } from '../domain/platform.ts';
import type { Residue } from '../domain/proof/compare.ts';
import { formatReference } from '../domain/reference.ts';
import type { ChartStatus, ImageStatus, Report, ReportedChart, ReportedEdit, ReportedError, ReportedImage, ReportedProof, Totals } from '../domain/report/report.ts';
import type { MirrorError } from '../errors.ts';
import { chartReference } from './push.ts';
import type { ChartItem, ImageItem, ReleaseItem, Run, Verdict } from './run.ts';

const REFUSALS = new Set(['CHART_TAG_TAKEN', 'DESTINATION_COLLISION', 'IMAGES_INCOMPLETE', 'IMAGE_TAG_TAKEN', 'IMAGE_SOURCE_ABSENT', 'IMAGE_PLATFORM_MISSING']);

function toError(error: MirrorError | undefined): ReportedError | null {
  if (error === undefined) return null;
  return { code: error.code, origin: error.origin, message: error.message, hint: error.hint ?? null };
}

function failedStatus(error: MirrorError): ChartStatus {
  if (error.code === 'INTERRUPTED') return 'unfinished';
  if (error.code === 'NOT_PROVEN') return 'not-proven';
  return REFUSALS.has(error.code) ? 'refused' : 'failed';
}

function statusOf(chart: ChartItem | undefined, release: ReleaseItem): ChartStatus {
  const failure = release.failure ?? chart?.failure;
  if (failure !== undefined) return failedStatus(failure);
  const unproven = release.verdict?.proven !== true;
  switch (chart?.push.kind) {
    case undefined:
    case 'waiting':
      return 'unfinished';
    case 'present':
      return 'present';
    case 'ready':
      return unproven ? 'ready-unproven' : 'ready';
    case 'pushed':
      return unproven ? 'pushed-unproven' : 'pushed';
  }
}

function toProof(verdict: Verdict | undefined, schemaChecked: boolean, literals: (text: string) => readonly string[]): ReportedProof {
  if (verdict === undefined) {
    return { state: 'not-run', references: 0, schemaChecked, reason: null, residue: [], unexplained: [], explained: {} };
  }
  const residue = verdict.residue.map(({ place, expected, found }: Residue) => ({
    place,
    expected: expected ?? null,
    found: found ?? null,
    literals: found === undefined ? [] : literals(found),
  }));
  const unexplained = verdict.unexplained.map(({ template, line, text }) => ({ template, line, text }));
  const { proven, references, reason, explained } = verdict;
  return { state: proven ? 'proven' : 'not-proven', references, schemaChecked, reason: reason ?? null, residue, unexplained, explained };
}

function literalFinder(chart: ChartItem | undefined): (text: string) => readonly string[] {
  const pulled = chart?.pulled;
  if (pulled === undefined) return () => [];
  const texts = ['templates/', 'files/', 'crds/'].flatMap((folder) => textsBelow(pulled.tree, pulled.chart, folder));
  return (text) => literalPlaces(texts, text);
}

function declaredOf(chart: ChartItem | undefined, release: ReleaseItem): ReportedChart['declaredImages'] {
  const rendered = new Set(release.extraction?.uses.map((use) => formatReference(use.reference)));
  return (chart?.pulled?.declared ?? []).map(({ reference, annotation, chart: name }) => {
    const image = formatReference(reference);
    return { image, annotation: `${annotation} of ${name}`, rendered: rendered.has(image) };
  });
}

function editsOf(chart: ChartItem | undefined): readonly ReportedEdit[] {
  const values = (chart?.relocated?.edits ?? []).map(({ file, edit }): ReportedEdit => {
    return { file, key: formatPath(edit.path), line: null, before: edit.before ?? null, after: editedValue(edit) };
  });
  const lines = (chart?.relocated?.patches ?? []).map(({ shown, line, before, after }): ReportedEdit => {
    return { file: shown, key: null, line, before, after };
  });
  return [...values, ...lines];
}

function toChart(run: Run, release: ReleaseItem): ReportedChart {
  const chart = run.charts.find((item) => item.releases.includes(release));
  const { addon, extraction } = release;
  const literals = literalFinder(chart);
  const schemaChecked = extraction !== undefined && extraction.settings.schemaSkipped === undefined;
  const images = new Set(run.images.filter((image) => image.users.some((user) => user.release === release)).map((image) => formatReference(image.source)));
  return {
    chart: addon.chart,
    release: addon.release,
    namespace: extraction?.settings.namespace ?? addon.namespace ?? null,
    requested: addon.version.kind === 'newest' ? `newest (${addon.version.asked})` : addon.version.text,
    version: chart?.pulled?.chart.metadata.version ?? release.resolved?.version ?? null,
    source: formatChartSource(addon.source),
    sourceDigest: chart?.pulled?.digest ?? null,
    destination: chart?.pulled === undefined ? null : `oci://${formatReference(chartReference(chart, run))}`,
    status: statusOf(chart, release),
    kubeVersion: extraction?.settings.kubeVersion ?? null,
    declared: addon.places,
    dependencies: (chart?.pulled?.dependencies ?? []).map(({ path, version, alias, condition, state }) => ({ path, version, alias: alias ?? null, condition: condition ?? null, state })),
    proof: toProof(release.verdict, schemaChecked, literals),
    consumer: { ...toProof(release.consumerVerdict, schemaChecked, literals), written: release.consumerWritten },
    edits: editsOf(chart),
    images: [...images],
    declaredImages: declaredOf(chart, release),
    notes: release.notes,
    error: toError(release.failure ?? chart?.failure),
  };
}

function imageStatus(image: ImageItem): ImageStatus {
  if (image.failure !== undefined) {
    if (image.failure.code === 'INTERRUPTED') return 'unfinished';
    return REFUSALS.has(image.failure.code) ? 'refused' : 'failed';
  }
  const needed = image.users.some(({ chart, release }) => chart.failure === undefined && release.failure === undefined);
  const { state } = image;
  switch (state.kind) {
    case 'copied':
      return 'copied';
    case 'unconfirmed':
      return 'unconfirmed';
    case 'failed':
      return 'failed';
    case 'planned':
      return needed ? 'unfinished' : 'not-needed';
    case 'cleared':
      if (state.decision.kind === 'present') return state.decision.verified ? 'present' : 'present-unverified';
      if (state.decision.kind === 'kept') return 'kept';
      return needed ? 'to-copy' : 'not-needed';
  }
}

function toImage(image: ImageItem, scanOnly: boolean): ReportedImage {
  const { state } = image;
  const status = imageStatus(image);
  const known = state.kind === 'cleared' || state.kind === 'copied';
  return {
    source: formatReference(image.source),
    destination: formatReference(image.destination),
    digest: known ? state.digest : (image.source.digest ?? null),
    platforms: image.platforms.map(formatPlatform),
    status: status === 'to-copy' && !scanOnly ? 'unfinished' : status,
    bytes: known ? (state.bytes ?? null) : null,
    usedBy: image.users.map(({ chart, release, places }) => ({
      chart: chart.source.chart,
      version: chart.pulled?.chart.metadata.version ?? chart.version,
      release: release.addon.release,
      places,
    })),
    error: toError(image.failure),
  };
}

function count<T extends string>(values: readonly T[]): Readonly<Partial<Record<T, number>>> {
  const counts: Partial<Record<T, number>> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Good ends of a chart. `pushed-unproven` is an end, but the run is not all done with it. */
export function isGood(status: ChartStatus): boolean {
  return status === 'pushed' || status === 'present' || status === 'ready';
}

function totalsOf(run: Run, charts: readonly ReportedChart[], images: readonly ReportedImage[]): Totals {
  const entries = (rows: readonly ReportedChart[]): number => rows.reduce((sum, row) => sum + Math.max(1, row.declared.length), 0);
  const done = charts.filter((row) => isGood(row.status));
  const unmirrorable = run.catalog.unmirrorable.length;
  return {
    addons: { declared: entries(charts) + unmirrorable, done: entries(done), failed: entries(charts) - entries(done), unmirrorable },
    charts: count(charts.map((row) => row.status)),
    images: count(images.map((row) => row.status)),
    bytesCopied: run.images.reduce((sum, { state }) => (state.kind === 'copied' ? sum + state.bytes : sum), 0),
  };
}

/** What the report is about beside the run's state. */
export interface RunFacts {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly helm: string;
  readonly crane: string;
}

const GOOD_IMAGES = new Set<ImageStatus>(['copied', 'present', 'present-unverified', 'kept', 'to-copy', 'unconfirmed', 'not-needed']);

function exitCodeOf(run: Run, charts: readonly ReportedChart[], images: readonly ReportedImage[]): number {
  if (run.signal.aborted) return 130;
  const charted = charts.every((row) => isGood(row.status));
  const imaged = images.every((row) => GOOD_IMAGES.has(row.status));
  const unconfirmed = images.some((row) => row.status === 'unconfirmed');
  const strict = !run.options.strict || (run.catalog.unmirrorable.length === 0 && !unconfirmed);
  return charted && imaged && strict ? 0 : 1;
}

/** Folds the state into the report. Whatever did not reach an end is `unfinished`, and then the exit code is not 0. */
export function finish(run: Run, facts: RunFacts): Report {
  const charts = run.releases.map((release) => toChart(run, release));
  const images = run.images.map((image) => toImage(image, run.options.scanOnly));
  return {
    version: 1,
    mode: run.catalog.mode,
    scanOnly: run.options.scanOnly,
    target: run.options.naming.registry,
    startedAt: facts.startedAt,
    finishedAt: facts.finishedAt,
    interrupted: run.signal.aborted,
    exitCode: exitCodeOf(run, charts, images),
    tools: { helm: facts.helm, crane: facts.crane },
    totals: totalsOf(run, charts, images),
    charts,
    images,
    unmirrorable: run.catalog.unmirrorable,
    notes: run.catalog.notes,
  };
}
