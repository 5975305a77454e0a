import { formatSize } from '../domain/report/size.ts';

/** Over so long the rate is taken: long enough to stand still, short enough to show a stall. */
const WINDOW_MS = 5000;
const SAMPLE_MS = 250;

/** Counts bytes as they move. */
export interface Meter {
  readonly moved: (bytes: number) => void;
  /** `12.3 MB of 40.0 MB, 6.1 MB/s`; empty while nothing has moved. `total` is undefined where nobody knows it. */
  readonly text: (total: number | undefined) => string;
}

/** A meter whose rate is that of the last seconds. `now` is in milliseconds. */
export function createMeter(now: () => number = () => performance.now()): Meter {
  const samples = [{ at: now(), sum: 0 }];
  let sum = 0;

  function sample(): { readonly at: number; readonly sum: number } {
    const at = now();
    if (at - (samples.at(-1)?.at ?? 0) >= SAMPLE_MS) samples.push({ at, sum });
    // one sample stays from before the window
    while ((samples[1]?.at ?? at) <= at - WINDOW_MS) samples.shift();
    return samples[0] ?? { at, sum };
  }

  return {
    moved(bytes) {
      sum += bytes;
      sample();
    },
    text(total) {
      if (sum === 0) return '';
      const first = sample();
      const seconds = (now() - first.at) / 1000;
      const rate = seconds < SAMPLE_MS / 1000 ? '' : `, ${formatSize((sum - first.sum) / seconds)}/s`;
      const of = total === undefined || total < sum ? '' : ` of ${formatSize(total)}`;
      return `${formatSize(sum)}${of}${rate}`;
    },
  };
}
