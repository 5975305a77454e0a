import { formatProfile, isAskedFor } from '../domain/profiles/profile.ts';
import { MirrorError } from '../errors.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import type { ReleaseItem, Verdict } from './release-item.ts';

/** How the reason of a verdict begins where dependencies were left out. */
export const LEFT_OUT = 'dependencies were left out:';

/** How the reason of a verdict begins, or goes on, where a program makes names of its own that cannot be flat. */
export const NOT_FLAT = 'programs add to these at run time, so that no flat name comes of them:';

function whatIsLeft(verdict: Verdict): string {
  const residue = verdict.residue.map(
    ({ place, expected, found }) => `${place}: ${found ?? 'nothing'} instead of ${expected ?? 'nothing'}`,
  );
  const swept = verdict.unexplained.map(
    ({ template, line, text }) => `${template} line ${line} of the render: ${text}`,
  );
  const all = [...(verdict.reason === undefined ? [] : [verdict.reason]), ...residue, ...swept];
  const shown = all.slice(0, 3).join('; ');
  return all.length > 3 ? `${shown}; and ${all.length - 3} more in the report` : shown;
}

/** A proof that was asked for and that failed: of a release, or of a profile that the catalog names. */
interface FailedProof {
  readonly whose: string;
  readonly verdict: Verdict | undefined;
}

function failedProofs(release: ReleaseItem): readonly FailedProof[] {
  const name = `release ${release.addon.release}`;
  const profiles = release.profiles.flatMap(({ profile, verdict }) =>
    isAskedFor(profile) ? [{ whose: `${name} with ${formatProfile(profile)}`, verdict }] : [],
  );
  return [{ whose: name, verdict: release.verdict }, ...profiles].filter(({ verdict }) => verdict?.proven !== true);
}

/** Whether a release and the profiles that its catalog entry names are proven. */
export function isProven(release: ReleaseItem): boolean {
  return failedProofs(release).length === 0;
}

function hintFor({ reason }: Verdict): string {
  return reason?.startsWith(LEFT_OUT)
    ? 'run without --exclude-dependencies, or take an archive that holds them'
    : reason?.includes(NOT_FLAT)
      ? 'mirror this chart to a registry that takes deeper paths, without --image-path flat'
      : 'these references are written in the chart itself, or could not be traced: see residue in the report';
}

/** Why a chart is not proven, as the failure of its releases; undefined when every living release is. */
export function proofFailure(item: ChartItem): MirrorError | undefined {
  const failed = livingReleases(item)
    .flatMap(failedProofs)
    .find(({ verdict }) => verdict !== undefined);
  if (failed?.verdict === undefined) return undefined;
  return new MirrorError(`${chartName(item)} is not proven for ${failed.whose}: ${whatIsLeft(failed.verdict)}`, {
    code: 'NOT_PROVEN',
    origin: 'source',
    hint: `${hintFor(failed.verdict)}; --push-unproven pushes all the same`,
  });
}
