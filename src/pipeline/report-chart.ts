import { formatChartSource } from '../domain/addon.ts';
import { literalPlaces, literalTexts } from '../domain/chart/chart-files.ts';
import { formatPath } from '../domain/chart/values-tree.ts';
import { editedValue } from '../domain/overlay/edit-values.ts';
import type { Residue } from '../domain/proof/compare.ts';
import { formatReference } from '../domain/reference.ts';
import type { ChartStatus, ReportedChart, ReportedEdit, ReportedProof } from '../domain/report/report.ts';
import type { MirrorError } from '../errors.ts';
import { chartReference } from './push.ts';
import { REFUSALS, toError } from './report-error.ts';
import type { ChartItem, ReleaseItem, Run, Verdict } from './run.ts';

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
      return unproven ? 'present-unproven' : 'present';
    case 'ready':
      return unproven ? 'ready-unproven' : 'ready';
    case 'pushed':
      return unproven ? 'pushed-unproven' : 'pushed';
  }
}

function toProof(
  verdict: Verdict | undefined,
  schemaChecked: boolean,
  literals: (text: string) => readonly string[],
): ReportedProof {
  if (verdict === undefined) {
    return {
      state: 'not-run',
      references: 0,
      schemaChecked,
      reason: null,
      residue: [],
      unexplained: [],
      explained: {},
    };
  }
  const residue = verdict.residue.map(({ place, expected, found }: Residue) => ({
    place,
    expected: expected ?? null,
    found: found ?? null,
    literals: found === undefined ? [] : literals(found),
  }));
  const unexplained = verdict.unexplained.map(({ template, line, text }) => ({ template, line, text }));
  const { proven, references, reason, explained } = verdict;
  return {
    state: proven ? 'proven' : 'not-proven',
    references,
    schemaChecked,
    reason: reason ?? null,
    residue,
    unexplained,
    explained,
  };
}

function literalFinder(chart: ChartItem | undefined): (text: string) => readonly string[] {
  const pulled = chart?.pulled;
  if (pulled === undefined) return () => [];
  const texts = literalTexts(pulled.tree, pulled.chart);
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

/** One release of a chart as the report shows it. */
export function toChart(run: Run, release: ReleaseItem): ReportedChart {
  const chart = run.charts.find((item) => item.releases.includes(release));
  const { addon, extraction } = release;
  const literals = literalFinder(chart);
  const schemaChecked = extraction !== undefined && extraction.settings.schemaSkipped === undefined;
  const images = new Set(
    run.images
      .filter((image) => image.users.some((user) => user.release === release))
      .map((image) => formatReference(image.source)),
  );
  return {
    chart: addon.chart,
    release: addon.release,
    namespace: extraction?.settings.namespace ?? addon.namespace ?? null,
    requested: addon.version.kind === 'newest' ? `newest (${addon.version.asked})` : addon.version.text,
    version: chart?.pulled?.chart.metadata.version ?? release.resolved?.version ?? null,
    source: formatChartSource(addon.source),
    sourceDigest: chart?.pulled?.digest ?? null,
    destination: chart?.pulled === undefined ? null : `oci://${formatReference(chartReference(chart, run))}`,
    archive: chart?.archive ?? null,
    status: statusOf(chart, release),
    kubeVersion: extraction?.settings.kubeVersion ?? null,
    declared: addon.places,
    dependencies: (chart?.pulled?.dependencies ?? []).map(
      ({ path, name, version, repository, alias, condition, state }) => ({
        path,
        chart: name,
        version,
        repository,
        alias: alias ?? null,
        condition: condition ?? null,
        state,
      }),
    ),
    proof: toProof(release.verdict, schemaChecked, literals),
    consumer: { ...toProof(release.consumerVerdict, schemaChecked, literals), written: release.consumerWritten },
    edits: editsOf(chart),
    images: [...images],
    declaredImages: declaredOf(chart, release),
    notes: release.notes,
    error: toError(release.failure ?? chart?.failure ?? chart?.leftover),
  };
}
