import type { Span } from './bundle-span.ts';
import { exactlyOf } from './byte-source.ts';
import type { TarSource } from './read-tar.ts';

// one header with what is small behind it: reading more would be in vain before a large blob
const WINDOW_BYTES = 8 * 1024;

/** A span from its beginning, for one who jumps over most of it. Closing it does not close the span. */
export function openSpanSource(span: Span): TarSource {
  let position = 0;
  let window: Buffer = Buffer.alloc(0);
  let windowAt = 0;

  async function some(most: number): Promise<Buffer | undefined> {
    if (position >= span.bytes) return undefined;
    if (position < windowAt || position >= windowAt + window.length) {
      const fresh = Buffer.allocUnsafe(WINDOW_BYTES);
      window = fresh.subarray(0, await span.read(fresh, position));
      windowAt = position;
    }
    const taken = window.subarray(position - windowAt, position - windowAt + most);
    position += taken.length;
    return taken;
  }

  return {
    get position() {
      return position;
    },
    some,
    exactly: (count) => exactlyOf(some, count),
    async skip(count) {
      if (position + count > span.bytes) return false;
      position += count;
      return true;
    },
    close: () => Promise.resolve(),
  };
}
