import type { ChartItem } from '../chart-item.ts';
import type { Run } from '../run.ts';

/** Keeps what was found out about a chart for the next run, where there is something new. */
export async function keepResults({ pulled, results }: ChartItem, { ports: { cache } }: Run): Promise<void> {
  if (cache === undefined || pulled === undefined || !results.isChanged) return;
  await cache.store(pulled.archive.digest, results.written);
}
