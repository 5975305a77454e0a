import { isAtTarget } from '../report/good-ends.ts';
import type { ChartStatus, Report } from '../report/report.ts';
import type { ReportedError } from '../report/reported-error.ts';

const GOOD_CHARTS: ReadonlySet<ChartStatus> = new Set(['pushed', 'present']);

/** Whether a chart is at the target, and proven. */
export function isChartThere(status: ChartStatus): boolean {
  return GOOD_CHARTS.has(status);
}

function because(status: string, error: ReportedError | null): string {
  return error === null ? status : `${status}: ${error.message}`;
}

function runGaps({ interrupted, plan }: Report): readonly string[] {
  return [
    ...(interrupted ? ['the run was interrupted'] : []),
    ...(plan?.shard == null
      ? []
      : [`this is shard ${plan.shard.index} of ${plan.shard.of} of a plan, without its charts`]),
    ...(plan?.moved ?? []).map((line) => `not as planned: ${line}`),
    ...(plan?.missing ?? []).map((line) => `no shard has brought it: ${line}`),
  ];
}

function artifactGaps({ artifacts }: Report): readonly string[] {
  const bad = artifacts.rows.filter(({ status }) => status === 'failed' || status === 'unfinished');
  const refused = artifacts.notLookedFor.filter(({ error }) => error !== null);
  return [
    ...bad.map(
      ({ reference, image, status, error }) => `${reference}, which belongs to ${image}: ${because(status, error)}`,
    ),
    ...refused.map(
      ({ registry, repository, reason }) => `what belongs to images of ${registry}/${repository}: ${reason}`,
    ),
  ];
}

/**
 * What a run has not brought to its target, one line each; empty for a run that is all done. Everything that a run may leave
 * behind counts, since the images of a chart that failed early are not known.
 */
export function gapsOf(report: Report): readonly string[] {
  const charts = report.charts
    .filter(({ status, error }) => !isChartThere(status) || error !== null)
    .map(({ chart, release, status, error }) => `chart ${chart} (${release}): ${because(status, error)}`);
  const images = report.images
    .filter(({ status }) => !isAtTarget(status))
    .map(
      ({ source, status, error, reason }) =>
        `image ${source}: ${because(status, error)}${reason === null ? '' : `: ${reason}`}`,
    );
  const repositories = (report.ecr?.repositories ?? [])
    .filter(({ status }) => status === 'failed')
    .map(({ name, status, error }) => `repository ${name}: ${because(status, error)}`);
  const gaps = [...runGaps(report), ...charts, ...images, ...artifactGaps(report), ...repositories];
  if (gaps.length > 0 || report.exitCode === 0) return gaps;
  const strict = report.unmirrorable.map(({ key, reason }) => `${key}: cannot be mirrored: ${reason}`);
  return strict.length > 0 ? strict : [`the run ended with exit code ${report.exitCode}`];
}
