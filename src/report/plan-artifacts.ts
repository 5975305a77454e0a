import { counted } from '../domain/report/counted.ts';
import { formatSize } from '../domain/report/size.ts';
import type { Plan, PlannedArtifact } from '../domain/run-plan/plan.ts';
import type { Paint } from './ecr-summary.ts';

/** The most artifacts, and repositories, that are told one by one; the plan has them all. */
const MOST_ROWS = 5;

function cut(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_ROWS;
  return more > 0 ? [...lines.slice(0, MOST_ROWS), `artifacts: and ${more} more such lines in the plan`] : lines;
}

function isMoved({ decision }: PlannedArtifact): boolean {
  return decision === 'copy' || decision === 'replace';
}

/** What belongs to images: how much a run takes along, and of which images nobody knows it. Nothing where it is left out. */
export function artifactLines({ artifacts }: Plan, paint: Paint): readonly string[] {
  if (artifacts === null) return [];
  const { rows, notLookedFor } = artifacts;
  const counts = new Map<string, number>();
  for (const { decision } of rows) counts.set(decision, (counts.get(decision) ?? 0) + 1);
  const bytes = rows.filter(isMoved).reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  const size = rows.some(isMoved) ? `; ${formatSize(bytes)} beside the images` : '';
  const found = [...counts].map(([decision, count]) => `${count} ${decision}`).join(', ');
  const doubtful = rows.filter(({ decision }) => decision === 'failed' || decision === 'kept');
  const unknown = notLookedFor.map(
    ({ registry, repository, images, reason }) =>
      `artifacts: ${paint('yellow', 'UNKNOWN')} for ${counted(images, 'image', 'images')} of ${registry}/${repository}, their reads and bytes are not counted: ${reason}`,
  );
  return [
    `artifacts: ${rows.length === 0 ? 'none found' : `${found}${size}`}`,
    ...cut(doubtful.map(({ decision, source, reason }) => `artifacts: ${decision} ${source}: ${reason}`)),
    ...cut(unknown),
  ];
}
