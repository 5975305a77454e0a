import { formatChartSource } from '../../domain/addon.ts';
import { type NamedImage, nearImages } from '../../domain/explain/match-image.ts';
import { type ExplainedRelease, type ExplainReport, explainExitCode } from '../../domain/explain/report.ts';
import { formatProfile } from '../../domain/profiles/profile.ts';
import type { ReleaseItem } from '../release-item.ts';
import { toError } from '../report-error.ts';
import { explainImages } from './explain-images.ts';
import { type Explaining, namedImage } from './explain-run.ts';
import { namingsOf } from './namings.ts';

/** Everything that a release names, for what may have been meant. */
function knownImages(explaining: Explaining): readonly NamedImage[] {
  const { run, request } = explaining;
  return run.charts.flatMap((chart) =>
    chart.releases.flatMap((release) => {
      const renders = [release.extraction, ...release.profiles.map(({ extraction }) => extraction)];
      const uses = renders.flatMap((one) => [...(one?.uses ?? []), ...(one?.aside ?? []).map(({ use }) => use)]);
      return [
        ...uses.map(({ reference, role }) => namedImage(reference, role, request)),
        ...namingsOf(chart, release).map(({ reference }) => namedImage(reference, 'image', request)),
      ];
    }),
  );
}

/** The version that was chosen; null for charts on disk, which say theirs only when they are read. */
function versionOf(resolved: ReleaseItem['resolved']): string | null {
  return resolved === undefined || resolved.version === '' ? null : resolved.version;
}

/** Profiles of which is told what they render, though the chart as a whole does not render with them. */
function notesOnNotes({ profiles }: ReleaseItem): readonly string[] {
  return profiles.flatMap(({ profile, refusedByNotes }) =>
    refusedByNotes === undefined
      ? []
      : [`with ${formatProfile(profile)} NOTES.txt refuses to render; told is what the rest does: ${refusedByNotes}`],
  );
}

function toRelease(release: ReleaseItem, { run, request, findings }: Explaining): ExplainedRelease {
  const { addon, looked, notes, resolved } = release;
  const chart = run.charts.find(({ releases }) => releases.includes(release));
  const failure = release.failure ?? chart?.failure;
  const known = findings.get(release) ?? { traced: [], measured: new Map() };
  return {
    chart: addon.chart,
    release: addon.release,
    version: chart?.pulled?.chart.metadata.version ?? versionOf(resolved),
    source: formatChartSource(addon.source),
    switches: looked.switches,
    refusedProfiles: looked.refused.map(({ profile, reason }) => ({ profile: formatProfile(profile), reason })),
    images: chart === undefined || failure !== undefined ? [] : explainImages(chart, release, known, request),
    notes: [...notes, ...notesOnNotes(release)],
    error: toError(failure),
  };
}

/** Folds what the steps found into the report; releases that have nothing of what was asked for are left out, but for failed ones. */
export function explainReport(explaining: Explaining): ExplainReport {
  const { run, request } = explaining;
  const { asked } = request;
  const all = run.releases.map((release) => toRelease(release, explaining));
  const releases = asked === undefined ? all : all.filter(({ images, error }) => images.length > 0 || error !== null);
  const isMissing = asked !== undefined && releases.every(({ images }) => images.length === 0);
  return {
    version: 1,
    asked: asked ?? null,
    exitCode: explainExitCode(asked, releases),
    near: isMissing ? nearImages(asked, knownImages(explaining)) : [],
    releases,
  };
}
