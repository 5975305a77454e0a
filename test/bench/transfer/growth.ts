import { requestsOf } from './comparison.ts';
import { fixed, mebibytes, textTable } from './figures.ts';
import type { Outcome } from './scenarios.ts';

const HEADER = [
  ...['tool', 'scenario', 'images', 'wall s', 'ms per image', 'CPU ms per image', 'source requests per image'],
  ...['target requests per image', 'peak MiB', 'KiB more per image', 'others'],
];

function perImage(value: number | undefined, { verdict }: Outcome, digits: number): string {
  return fixed(value === undefined ? undefined : value / verdict.images, digits);
}

/** How much more memory each further image takes than in the smallest run of the same kind. */
function moreMemory(outcome: Outcome, all: readonly Outcome[]): string {
  const first = all.find(({ tool, scenario }) => tool === outcome.tool && scenario === outcome.scenario);
  const [peak, least] = [outcome.measured.peakBytes, first?.measured.peakBytes];
  if (first === undefined || peak === undefined || least === undefined) return '-';
  const more = outcome.verdict.images - first.verdict.images;
  return more === 0 ? '-' : fixed((peak - least) / 1024 / more, 1);
}

/** What each image takes, the more there are: it should not be more. `outcomes` begin with the fewest images. */
export function growthTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { tool, scenario, verdict, measured } = outcome;
    const { seconds, cpuSeconds } = measured;
    return [
      ...[tool, scenario, String(verdict.images), fixed(seconds, 2), perImage(seconds * 1000, outcome, 1)],
      perImage(cpuSeconds === undefined ? undefined : cpuSeconds * 1000, outcome, 1),
      perImage(requestsOf(outcome, 'source'), outcome, 2),
      perImage(requestsOf(outcome, 'target'), outcome, 2),
      ...[mebibytes(measured.peakBytes), moreMemory(outcome, outcomes), fixed(measured.othersCores, 2)],
    ];
  });
  return textTable(HEADER, rows);
}
