import { Transform } from 'node:stream';

/** A line that lets so many bytes through in a second, for all who share it. */
export interface Pace {
  /** Takes room for bytes; how many milliseconds later they are through. */
  take(bytes: number): number;
}

const SHORT_MS = 1;

/** A line with nothing on it. `now` is in milliseconds. */
export function createPace(bytesPerSecond: number, now: () => number = performance.now.bind(performance)): Pace {
  let free = Number.NEGATIVE_INFINITY;
  return {
    take(bytes) {
      const begin = Math.max(now(), free);
      free = begin + (bytes * 1000) / bytesPerSecond;
      return free - now();
    },
  };
}

/** A stream that passes bytes on when all lines have let them through, and tells how many. */
export function paced(paces: readonly Pace[], onBytes: (count: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      onBytes(chunk.length);
      const wait = Math.max(0, ...paces.map((pace) => pace.take(chunk.length)));
      if (wait < SHORT_MS) done(undefined, chunk);
      else setTimeout(done, wait, undefined, chunk);
    },
  });
}
