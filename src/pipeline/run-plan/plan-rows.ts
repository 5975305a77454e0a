import { formatChartSource } from '../../domain/addon.ts';
import { formatPlatform } from '../../domain/platform.ts';
import { formatReference } from '../../domain/reference.ts';
import { type PlanRows, releaseKey } from '../../domain/run-plan/compare.ts';
import type { PlanHints } from '../../domain/run-plan/hints.ts';
import {
  type ChartDecision,
  type ImageDecision,
  imageKey,
  type PlannedChart,
  type PlannedContents,
  type PlannedImage,
  type PlannedRepository,
} from '../../domain/run-plan/plan.ts';
import { releaseDigest } from '../../domain/run-plan/release-digest.ts';
import type { MirrorError } from '../../errors.ts';
import { chartReference } from '../chart-destination.ts';
import type { ChartItem } from '../chart-item.ts';
import { type ImageItem, isWanted } from '../image-item.ts';
import { proofFailure } from '../proof-failure.ts';
import type { ReleaseItem } from '../release-item.ts';
import { toSettings } from '../report-ecr.ts';
import { REFUSALS } from '../report-error.ts';
import { isToCreate } from '../repositories.ts';
import { plannedChanges } from '../repository-item.ts';
import type { Run } from '../run.ts';
import { toldImages } from '../told-images.ts';

type Decided<T> = { readonly decision: T; readonly reason: string | null };

function failed({ code, message }: MirrorError): Decided<'not-proven' | 'refused' | 'failed'> {
  const decision = code === 'NOT_PROVEN' ? 'not-proven' : REFUSALS.has(code) ? 'refused' : 'failed';
  return { decision, reason: message };
}

/** Why the chart of a release is not pushed; undefined where it is, or the run did not come so far. */
function chartFailure(chart: ChartItem | undefined, release: ReleaseItem, run: Run): MirrorError | undefined {
  const known = release.failure ?? chart?.failure;
  if (known !== undefined || chart?.relocated === undefined || run.options.pushUnproven) return known;
  return proofFailure(chart);
}

function chartDecision(chart: ChartItem | undefined, release: ReleaseItem, run: Run): Decided<ChartDecision> {
  const failure = chartFailure(chart, release, run);
  if (failure !== undefined) return failed(failure);
  if (chart?.relocated === undefined) return { decision: 'failed', reason: 'the run did not come so far' };
  const unproven = proofFailure(chart);
  const reason = unproven === undefined ? null : `${unproven.message}; --push-unproven was given`;
  return { decision: chart.push.kind === 'present' ? 'present' : 'push', reason };
}

function chartOf(release: ReleaseItem, run: Run): ChartItem | undefined {
  return run.charts.find((item) => item.releases.includes(release));
}

function toPlannedChart(release: ReleaseItem, run: Run): PlannedChart {
  const { addon, resolved } = release;
  const chart = chartOf(release, run);
  const version = resolved?.version === '' ? chart?.pulled?.chart.metadata.version : resolved?.version;
  return {
    chart: addon.chart,
    release: addon.release,
    inputs: run.plan?.inputs.get(addon) ?? releaseDigest(addon),
    source: formatChartSource(addon.source),
    version: version ?? null,
    archive: chart?.pulled?.digest ?? null,
    relocated: chart?.relocated === undefined ? null : run.ports.archives.contentDigest(chart.relocated.tree),
    destination: chart?.pulled === undefined ? null : `oci://${formatReference(chartReference(chart, run))}`,
    ...chartDecision(chart, release, run),
  };
}

function replacing({ source, state }: ImageItem, run: Run): string {
  const { overwrite, skipExisting } = run.options.existing;
  if (state.kind === 'cleared' && state.decision.kind === 'copy' && state.decision.replaces === state.digest)
    return skipExisting ? 'it is copied again' : '--no-skip-existing: it is copied again';
  if (overwrite) return 'the target has other content, and --overwrite-existing was given';
  return `the target has other content, and a moved rule for ${formatReference(source)} says overwrite`;
}

function imageDecision(image: ImageItem, run: Run): Decided<ImageDecision> {
  const { failure, state } = image;
  if (failure !== undefined)
    return { decision: REFUSALS.has(failure.code) ? 'refused' : 'failed', reason: failure.message };
  if (!isWanted(image)) return { decision: 'not-needed', reason: 'every chart that uses it is refused or failed' };
  if (state.kind === 'unconfirmed') return { decision: 'unconfirmed', reason: state.reason };
  if (state.kind !== 'cleared') return { decision: 'failed', reason: 'the run did not come so far' };
  switch (state.decision.kind) {
    case 'present':
      return {
        decision: 'present',
        reason: state.decision.verified ? 'the target has it' : 'the target has the tag, which is trusted',
      };
    case 'kept':
      return { decision: 'kept', reason: 'a moved rule keeps what the target has' };
    default:
      return state.decision.kind === 'copy' && state.decision.replaces !== undefined
        ? { decision: 'replace', reason: replacing(image, run) }
        : { decision: 'copy', reason: 'the target does not have it' };
  }
}

function contentsOf({ manifests, blobs, state }: ImageItem): PlannedContents | null {
  if (manifests.length === 0 || state.kind !== 'cleared' || state.decision.kind !== 'copy') return null;
  return { manifests, blobs };
}

function toPlannedImage(image: ImageItem, run: Run): PlannedImage {
  const { source, destination, platform, state, users } = image;
  const contents = contentsOf(image);
  const cleared = state.kind === 'cleared' ? state : undefined;
  return {
    source: formatReference(source),
    destination: formatReference(destination),
    platform: platform === undefined ? null : formatPlatform(platform),
    digest: cleared?.digest ?? null,
    ...imageDecision(image, run),
    replaces: cleared?.decision.kind === 'copy' ? (cleared.decision.replaces ?? null) : null,
    bytes: contents?.blobs.reduce((sum, { size }) => sum + size, 0) ?? null,
    contents,
    usedBy: users.map(({ release: { addon } }) => releaseKey(addon)),
  };
}

function toPlannedRepositories(run: Run): readonly PlannedRepository[] | null {
  if (run.ports.repositories === undefined) return null;
  return run.repositories.flatMap((repository) => {
    const create = isToCreate(repository, run);
    const changes = plannedChanges(repository, run);
    if (!create && changes.length === 0) return [];
    return [{ name: repository.name, create, settings: toSettings(repository.wanted), changes }];
  });
}

/** What a run has decided, before it writes anything. */
export function planRows(run: Run): PlanRows {
  return {
    charts: run.releases.map((release) => toPlannedChart(release, run)),
    images: toldImages(run).map((image) => toPlannedImage(image, run)),
    repositories: toPlannedRepositories(run),
  };
}

/** The hints of what has failed; none for images that a chart uses, whose own hint says it. */
export function planHints(run: Run): PlanHints {
  const charts = run.releases.flatMap((release) => {
    const hint = chartFailure(chartOf(release, run), release, run)?.hint;
    return hint === undefined ? [] : [[releaseKey(release.addon), hint] as const];
  });
  const images = toldImages(run).flatMap((image) => {
    const hint = image.users.length > 0 ? undefined : image.failure?.hint;
    return hint === undefined ? [] : [[imageKey(toPlannedImage(image, run)), hint] as const];
  });
  return { charts: new Map(charts), images: new Map(images) };
}
