import type { Span } from './bundle-span.ts';

/** A piece of a stream that somebody wants to see pass. */
export interface Tile {
  readonly bytes: number;
  /** Its bytes in order, in pieces that are not there any more afterwards. */
  take(piece: Buffer): void;
  /** After its last byte; also for one without any. */
  end(): void;
}

const CHUNK_BYTES = 1024 * 1024;

/** Tiles that see a stream pass. */
export interface TiledStream {
  /** The next chunk of it. Throws RangeError when there are more bytes than tiles for them. */
  take(chunk: Buffer): void;
  /** Throws RangeError when there were fewer. */
  end(): void;
}

/** Hands the chunks of a stream to tiles, which lie one after the other and cover it. */
export function tileStream(tiles: Iterable<Tile>): TiledStream {
  const iterator = tiles[Symbol.iterator]();
  let current: Tile | undefined;
  let left = 0;

  function advance(): void {
    while (left === 0) {
      current?.end();
      const next = iterator.next();
      current = next.done === true ? undefined : next.value;
      if (current === undefined) return;
      left = current.bytes;
    }
  }

  advance();
  return {
    take(chunk) {
      for (let offset = 0; offset < chunk.length; ) {
        if (current === undefined) throw new RangeError('the stream is longer than its tiles');
        const piece = chunk.subarray(offset, offset + left);
        current.take(piece);
        offset += piece.length;
        left -= piece.length;
        advance();
      }
    },
    end() {
      if (current !== undefined) throw new RangeError('the stream is shorter than its tiles');
    },
  };
}

/**
 * All bytes of a stream in order. While a chunk is looked at, the next one is read; a chunk must not be kept, since there
 * are two buffers in all.
 */
export async function* sweep(span: Span, signal: AbortSignal): AsyncGenerator<Buffer> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
  let reading: Promise<number> | undefined;
  const begin = (index: number, position: number): Promise<number> | undefined => {
    const buffer = buffers[index % 2];
    if (buffer === undefined || position >= span.bytes) return undefined;
    const read = span.read(buffer, position);
    // a failure is told of where it is waited for
    read.catch(() => undefined);
    return read;
  };
  try {
    reading = begin(0, 0);
    for (let index = 0, position = 0; reading !== undefined; index += 1) {
      signal.throwIfAborted();
      const count = await reading;
      position += count;
      reading = begin(index + 1, position);
      const buffer = buffers[index % 2];
      if (buffer !== undefined) yield buffer.subarray(0, count);
    }
  } finally {
    // the file must not be closed under it
    await reading?.catch(() => undefined);
  }
}
