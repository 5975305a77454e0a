import type { NetworkSettings } from '../domain/network.ts';
import { formatReference } from '../domain/reference.ts';
import { isGoodChart, isGoodImage } from '../domain/report/good-ends.ts';
import type { ImageContentsByDigest } from '../domain/report/image-contents.ts';
import type { Report, ReportedChart, ReportedImage, Totals } from '../domain/report/report.ts';
import type { ReportedArtifacts } from '../domain/report/reported-artifacts.ts';
import type { ReportedLayers } from '../domain/report/reported-layers.ts';
import { sharedLayers } from '../domain/report/shared-layers.ts';
import { areArtifactsDone, reportArtifacts } from './artifacts/report-artifacts.ts';
import { contentsOf } from './image-contents.ts';
import { toEcr } from './report-ecr.ts';
import { toImage } from './report-image.ts';
import type { Run } from './run.ts';
import { isRefused, reportPlan } from './run-plan/run-plan.ts';
import { reportSignatures } from './signatures/report-signatures.ts';
import { toldImages } from './told-images.ts';

function count<T extends string>(values: readonly T[]): Readonly<Partial<Record<T, number>>> {
  const counts: Partial<Record<T, number>> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function totalsOf(run: Run, charts: readonly ReportedChart[], images: readonly ReportedImage[]): Totals {
  const entries = (rows: readonly ReportedChart[]): number =>
    rows.reduce((sum, row) => sum + Math.max(1, row.declared.length), 0);
  const done = charts.filter(isGoodChart);
  const unmirrorable = run.catalog.unmirrorable.length;
  return {
    addons: {
      declared: entries(charts) + unmirrorable,
      done: entries(done),
      failed: entries(charts) - entries(done),
      unmirrorable,
    },
    charts: count(charts.map((row) => row.status)),
    images: count(images.map((row) => row.status)),
    bytesCopied: run.images.reduce((sum, { state }) => (state.kind === 'copied' ? sum + state.moved : sum), 0),
  };
}

/** What the report is about beside the run's state. */
export interface RunFacts {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly helm: string | null;
  readonly crane: string | null;
  /** How hosts are reached. */
  readonly network: NetworkSettings;
  /** What earlier runs have read of images, for those that this one has not read. */
  readonly earlier: ImageContentsByDigest;
}

function exitCodeOf(
  run: Run,
  charts: readonly ReportedChart[],
  images: readonly ReportedImage[],
  artifacts: ReportedArtifacts,
): number {
  if (run.signal.aborted) return 130;
  const charted = charts.every(isGoodChart);
  const imaged = images.every(({ status }) => isGoodImage(status));
  const unconfirmed = images.some((row) => row.status === 'unconfirmed');
  const strict = !run.options.strict || (run.catalog.unmirrorable.length === 0 && !unconfirmed);
  const setUp = run.repositories.every(({ failure }) => failure === undefined);
  const artifacted = areArtifactsDone(artifacts, run);
  return charted && imaged && setUp && strict && artifacted && !isRefused(run) ? 0 : 1;
}

function layersOf({ images }: Run, { earlier }: RunFacts): ReportedLayers | null {
  const named = images.map((image) => {
    const blobs = image.blobs.length > 0 ? image.blobs : (contentsOf(image, earlier)?.blobs ?? []);
    return { name: formatReference(image.source), blobs };
  });
  return sharedLayers(named.filter(({ blobs }) => blobs.length > 0));
}

/** Folds the state into the report, with `charts` as the rows of its releases. Whatever did not reach an end is `unfinished`, and then the exit code is not 0. */
export function finish(run: Run, facts: RunFacts, charts: readonly ReportedChart[]): Report {
  const images = toldImages(run).map((image) => toImage(image, run, facts.earlier));
  const artifacts = reportArtifacts(run);
  return {
    version: 1,
    mode: run.catalog.mode,
    scanOnly: run.options.scanOnly,
    target: run.options.naming.registry,
    startedAt: facts.startedAt,
    finishedAt: facts.finishedAt,
    interrupted: run.signal.aborted,
    exitCode: exitCodeOf(run, charts, images, artifacts),
    engine: facts.crane === null ? 'native' : 'crane',
    tools: { helm: facts.helm, crane: facts.crane },
    plan: reportPlan(run),
    changes: null,
    totals: totalsOf(run, charts, images),
    charts,
    images,
    layers: layersOf(run, facts),
    artifacts,
    signatures: reportSignatures(run),
    ecr: toEcr(run, facts.network),
    unmirrorable: run.catalog.unmirrorable,
    notes: run.catalog.notes,
  };
}
