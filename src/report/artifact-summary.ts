import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import type { ReportedArtifact, ReportedArtifacts } from '../domain/report/reported-artifacts.ts';
import { formatSize } from '../domain/report/size.ts';
import type { Paint } from './ecr-summary.ts';
import { eachLine } from './fit-parts.ts';
import { NOTHING_TOLD, type Told } from './told.ts';

const BAD = new Set<ReportedArtifact['status']>(['failed', 'unfinished']);
const DOUBTFUL = new Set<ReportedArtifact['status']>(['kept', 'unconfirmed']);

function rowLine(row: ReportedArtifact, scanOnly: boolean, paint: Paint): string {
  const { status, reference, destination, reason, error } = row;
  const name = status === 'kept' ? destination : reference;
  const isBad = BAD.has(status);
  const words = status === 'unconfirmed' ? (scanOnly ? 'not confirmed' : 'NOT COPIED') : status;
  const word = paint(isBad ? 'red' : 'yellow', (isBad ? words.toUpperCase() : words).padEnd(15));
  if (error !== null) return `${word} ${name}: ${error.code} ${error.message}`;
  if (reason === null) return `${word} ${name}`;
  return `${word} ${reason.startsWith(`${name} `) ? reason : `${name}: ${reason}`}`;
}

/** What was not told, registry by registry: nobody knows whether there is anything. */
function refusalLines({ notLookedFor }: ReportedArtifacts, scanOnly: boolean, paint: Paint): readonly string[] {
  const word = paint('yellow', (scanOnly ? 'not confirmed' : 'NOT COPIED').padEnd(15));
  return [...new Set(notLookedFor.map(({ registry }) => registry))].map((registry) => {
    const own = notLookedFor.filter((one) => one.registry === registry);
    const repositories = new Set(own.map(({ repository }) => repository)).size;
    const ways = [...new Set(own.map(({ what }) => what))].join(' and ');
    const of = counted(repositories, 'repository', 'repositories');
    return `${word} artifacts at ${registry} could not be looked for: ${ways} of ${of}: ${own[0]?.reason}`;
  });
}

/** What became of what belongs to images, with its cost. Nothing where nobody wants it. */
export function artifactsTold({ artifacts, scanOnly }: Report, paint: Paint): Told {
  const { choice, rows, totals, bytesCopied, requests } = artifacts;
  if (choice === 'none') return NOTHING_TOLD;
  const linesOf = (statuses: ReadonlySet<ReportedArtifact['status']>): readonly string[] =>
    rows.filter(({ status }) => statuses.has(status)).map((row) => rowLine(row, scanOnly, paint));
  const doubtful = [...linesOf(DOUBTFUL), ...refusalLines(artifacts, scanOnly, paint)];
  const counts = Object.entries(totals).map(([status, count]) => `${count} ${status}`);
  const size = bytesCopied === 0 ? '' : `; ${formatSize(bytesCopied)} copied`;
  const asked = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const found = counts.length === 0 ? 'none' : counts.join(', ');
  const total = `artifacts: ${found}${size}; ${counted(asked, 'request', 'requests')}`;
  return { ...NOTHING_TOLD, failed: eachLine(linesOf(BAD)), doubtful: eachLine(doubtful), totals: [total] };
}
