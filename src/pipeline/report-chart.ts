import { formatChartSource } from '../domain/addon.ts';
import { formatPath } from '../domain/chart/values-tree.ts';
import { formatUsePlace } from '../domain/images/image-use.ts';
import { editedValue } from '../domain/overlay/edit-values.ts';
import { destinationOf } from '../domain/plan/destination.ts';
import { formatProfile } from '../domain/profiles/profile.ts';
import { formatSite } from '../domain/pull-secret/pull-sites.ts';
import { formatReference } from '../domain/reference.ts';
import type { ChartStatus, ReportedChart, ReportedEdit } from '../domain/report/report.ts';
import type { ReportedHiddenImage } from '../domain/report/reported-hidden.ts';
import type { MirrorError } from '../errors.ts';
import { chartReference } from './chart-destination.ts';
import type { ChartItem } from './chart-item.ts';
import { confirmationOf, isMirrored } from './confirm-hidden.ts';
import { hiddenImages } from './hidden-images.ts';
import { isProven } from './proof-failure.ts';
import type { ReleaseItem } from './release-item.ts';
import { REFUSALS, toError } from './report-error.ts';
import { toPins } from './report-pins.ts';
import { toProofs } from './report-proof.ts';
import type { Run } from './run.ts';
import { toldImages } from './told-images.ts';

function failedStatus(error: MirrorError): ChartStatus {
  if (error.code === 'INTERRUPTED') return 'unfinished';
  if (error.code === 'NOT_PROVEN') return 'not-proven';
  return REFUSALS.has(error.code) ? 'refused' : 'failed';
}

function statusOf(chart: ChartItem | undefined, release: ReleaseItem): ChartStatus {
  const failure = release.failure ?? chart?.failure;
  if (failure !== undefined) return failedStatus(failure);
  const unproven = !isProven(release);
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

function hiddenOf(chart: ChartItem | undefined, release: ReleaseItem, run: Run): readonly ReportedHiddenImage[] {
  if (chart?.relocated === undefined) return [];
  return hiddenImages(chart, release).map(({ reference, evidence, when, moved }) => {
    const confirmation = confirmationOf(reference, run);
    return {
      image: formatReference(reference),
      destination: formatReference(destinationOf(reference, run.options.naming)),
      evidence,
      when,
      moved,
      mirrored: isMirrored(reference, run),
      confirmation: confirmation.kind,
      reason: confirmation.kind === 'confirmed' ? null : confirmation.reason,
    };
  });
}

function refusedOf({ looked }: ReleaseItem): ReportedChart['refusedProfiles'] {
  return looked.refused.flatMap(({ profile, reason }) =>
    profile.kind === 'release' ? [] : [{ profile: formatProfile(profile), kind: profile.kind, reason }],
  );
}

function leftAsIs({ extraction, profiles }: ReleaseItem): ReportedChart['leftAsIs'] {
  const all = [extraction, ...profiles.map((one) => one.extraction)].flatMap((one) => one?.aside ?? []);
  const rows = all.map(({ use, why }) => ({ image: use.text, place: formatUsePlace(use), why }));
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

function pullSecretOf({ pullSecret }: ReleaseItem, run: Run): ReportedChart['pullSecret'] {
  const wish = run.options.pullSecret;
  if (wish === undefined || pullSecret?.verdict === undefined) return null;
  const { plan, verdict, accountWay } = pullSecret;
  const elsewhere = plan.elsewhere.map(
    ({ path, objects }) =>
      `${formatPath(path)} leads into ${objects.join(', ')}, for pods that a program makes: set it there`,
  );
  return {
    name: wish.name,
    written: wish.inChart ? 'chart' : 'values',
    keys: plan.keys.map(({ path, serves, replaced }) => ({
      key: formatPath(path),
      serves,
      replaced: replaced ?? null,
    })),
    served: verdict.served.length,
    unserved: verdict.unserved.map(formatSite),
    commands: accountWay.commands,
    notes: [...accountWay.notes, ...elsewhere],
  };
}

/** One release of a chart as the report shows it. */
export function toChart(run: Run, release: ReleaseItem): ReportedChart {
  const chart = run.charts.find((item) => item.releases.includes(release));
  const { addon, extraction } = release;
  const { proof, consumer, profiles } = toProofs(chart, release);
  const images = new Set(
    toldImages(run)
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
    provenance: chart?.provenance ?? null,
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
    proof,
    consumer: { ...consumer, written: release.consumerWritten },
    edits: editsOf(chart),
    images: [...images],
    declaredImages: declaredOf(chart, release),
    hiddenImages: hiddenOf(chart, release, run),
    profiles,
    pullSecret: pullSecretOf(release, run),
    ...toPins(chart, release),
    switches: run.options.switches ? release.looked.switches : null,
    refusedProfiles: refusedOf(release),
    leftAsIs: leftAsIs(release),
    notes: release.notes,
    error: toError(release.failure ?? chart?.failure ?? chart?.leftover),
  };
}
