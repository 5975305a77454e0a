import { toMirrorError } from '../../errors.ts';
import type { ChartItem } from '../chart-item.ts';
import type { PulledChart } from '../resolved-chart.ts';
import type { Run } from '../run.ts';
import { ChartResults } from './chart-results.ts';

async function load({ archive }: PulledChart, { ports: { cache } }: Run): Promise<ChartResults> {
  if (cache === undefined) return new ChartResults(undefined, 0);
  return new ChartResults(await cache.load(archive.digest), cache.today);
}

/** What is known of a chart that was pulled, the same for all charts of the run that have its archive. */
export function knownResults(pulled: PulledChart, run: Run): Promise<ChartResults> {
  const { digest } = pulled.archive;
  const known = run.results.get(digest) ?? load(pulled, run);
  run.results.set(digest, known);
  return known;
}

/**
 * Keeps what was found out about a chart for the next run, where there is something new, beside what another run has kept
 * since this one began. It is no need: a failure is told.
 */
export async function keepResults({ pulled, results }: ChartItem, { ports: { cache }, say }: Run): Promise<void> {
  if (cache === undefined || pulled === undefined || !results.isChanged) return;
  const { digest } = pulled.archive;
  try {
    const meanwhile = await cache.load(digest);
    if (meanwhile !== undefined) results.adopt(meanwhile);
    await cache.store(digest, results.written);
  } catch (error) {
    say(`results cannot be kept: ${toMirrorError(error).message}`);
  }
}
