import type { ChartItem } from './chart-item.ts';
import { isPinning } from './pin-literals.ts';
import { prove } from './prove.ts';
import { proveConsumer } from './prove-consumer.ts';
import type { Run } from './run.ts';

/** The proof of the relocated chart, and that of the consumer values, which decides nothing, side by side. */
export async function proveBoth(chart: ChartItem, index: number, run: Run): Promise<void> {
  const before = chart.relocated;
  // digests are the likeliest to be taken back, and consumer values with them
  const consumer = isPinning(chart) ? undefined : proveConsumer(chart, index, run);
  const [proof] = await Promise.allSettled([prove(chart, index, run), consumer]);
  const isOutdated = consumer === undefined || chart.relocated !== before;
  if (isOutdated && !run.signal.aborted) await proveConsumer(chart, index, run);
  if (proof.status === 'rejected') throw proof.reason;
}
