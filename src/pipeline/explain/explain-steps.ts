import { isAskedFor } from '../../domain/profiles/profile.ts';
import type { ChartItem } from '../chart-item.ts';
import { placed } from '../extract.ts';
import { eachRelease, lookSteps } from '../look-steps.ts';
import type { Step } from '../progress.ts';
import type { ReleaseItem, Traced } from '../release-item.ts';
import { keepResults } from '../results/keep-results.ts';
import { traceRelease } from '../trace-profiles.ts';
import { type Explaining, isWanted, type Measured } from './explain-run.ts';
import { findNeeds } from './find-needs.ts';
import { measureTags } from './measure-tags.ts';
import type { Ground } from './render-with.ts';

/** Whether a release shows a reference that is asked for, under any profile. */
function showsWanted({ extraction, profiles }: ReleaseItem, { request }: Explaining): boolean {
  const all = [extraction, ...profiles.map((one) => one.extraction)].flatMap((one) => one?.uses ?? []);
  return all.some(({ reference, role }) => isWanted(reference, role, request));
}

function groundOf(item: ChartItem, traced: Traced, folder: string, explaining: Explaining): Ground | undefined {
  const { release, profile, values } = traced;
  const extraction = profile === undefined ? release.extraction : profile.extraction;
  const { request } = explaining;
  if (extraction === undefined) return undefined;
  const uses = (profile?.fresh ?? extraction.uses).filter(({ reference, role }) => isWanted(reference, role, request));
  if (uses.length === 0) return undefined;
  return { item, release, values, settings: extraction.settings, all: extraction.uses, uses, folder };
}

/** Measures what makes the tags of references, and which booleans those need that somebody asked for. */
async function measure(ground: Ground, traced: Traced, explaining: Explaining): Promise<ReadonlyMap<string, Measured>> {
  const { run, request } = explaining;
  const tags = await measureTags(ground, run);
  const isAsked = traced.profile === undefined || isAskedFor(traced.profile.profile);
  const needs = isAsked && request.switches ? await findNeeds(ground, run) : undefined;
  if (needs?.complete === false)
    ground.release.notes.push('it has too many booleans that are on: not all were turned off to see what needs them');
  return new Map(
    ground.uses.map((use) => [placed(use), { tags: tags.get(use) ?? [], needs: needs?.byUse.get(use) ?? [] }]),
  );
}

async function find(chart: ChartItem, release: ReleaseItem, index: number, explaining: Explaining): Promise<void> {
  if (!showsWanted(release, explaining)) return;
  const traced = await traceRelease(chart, release, `explain-${index}`, [], explaining.run);
  const measured = new Map<Traced, ReadonlyMap<string, Measured>>();
  for (const [position, one] of traced.entries()) {
    const ground = groundOf(chart, one, `explain/${index}-${position}`, explaining);
    if (ground !== undefined) measured.set(one, await measure(ground, one, explaining));
  }
  explaining.findings.set(release, { traced, measured });
  await keepResults(chart, explaining.run);
}

/** The steps up to where all is known that can be told. Nothing outside the workspace is written. */
export function explainSteps(explaining: Explaining): readonly Step[] {
  const { run } = explaining;
  return [
    ...lookSteps(run),
    {
      title: 'Trace values and conditions',
      width: run.options.renders,
      items: () => eachRelease(run, (chart, release, index) => find(chart, release, index, explaining)),
    },
  ];
}
