import type { Digest } from '../../domain/reference.ts';
import type { ResultCache } from '../../ports/files.ts';
import { ChartResults } from './chart-results.ts';

/** A cache that remembers what passed through it. */
export interface RecordingCache extends ResultCache {
  /** What is known of a chart now, without proofs: these are made where the target is known. */
  readings(chart: Digest): string | undefined;
}

/** A chart's results without its proofs. */
function withoutProofs(text: string, today: number): string {
  const all = new ChartResults(text, today);
  return all.writtenReadings;
}

/** Remembers the results of every chart on their way to the cache of this machine, where there is one. */
export function recordingCache(own: ResultCache | undefined, today: number): RecordingCache {
  const texts = new Map<Digest, string>();
  return {
    today: own?.today ?? today,
    async load(chart) {
      const text = texts.get(chart) ?? (await own?.load(chart));
      if (text !== undefined) texts.set(chart, text);
      return text;
    },
    async store(chart, text) {
      texts.set(chart, text);
      await own?.store(chart, text);
    },
    readings(chart) {
      const text = texts.get(chart);
      return text === undefined ? undefined : withoutProofs(text, own?.today ?? today);
    },
  };
}

/**
 * Gives what travelled with charts where this machine knows nothing of them, and keeps what is found out here. Of what
 * travelled no proof is believed.
 */
export function travelledCache(
  own: ResultCache | undefined,
  today: number,
  travelled: (chart: Digest) => Promise<string | undefined>,
): ResultCache {
  const now = own?.today ?? today;
  return {
    today: now,
    async load(chart) {
      const known = await own?.load(chart);
      if (known !== undefined) return known;
      const text = await travelled(chart);
      return text === undefined ? undefined : withoutProofs(text, now);
    },
    store: async (chart, text) => own?.store(chart, text),
  };
}
