/** Chunks of bytes, asked for by number. */
export interface ByteSource {
  /** How many bytes were taken. */
  readonly position: number;
  /** Some bytes, at least one and at most `most`; undefined at the end. */
  some(most: number): Promise<Buffer | undefined>;
  /** As many bytes; undefined where there are fewer, and then the end is reached. */
  exactly(count: number): Promise<Buffer | undefined>;
  /** Lets go of what the chunks come from. */
  close(): Promise<void>;
}

/** As many bytes of what is asked for by number; undefined where there are fewer, and then the end is reached. */
export async function exactlyOf(some: ByteSource['some'], count: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  for (let left = count; left > 0; ) {
    const part = await some(left);
    if (part === undefined) return undefined;
    parts.push(part);
    left -= part.length;
  }
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}

/** Reads chunks as they are asked for. What is given may share memory with the chunks, and is not changed later. */
export function openByteSource(chunks: AsyncIterable<Buffer>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;

  async function some(most: number): Promise<Buffer | undefined> {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return undefined;
      rest = next.value;
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    position += taken.length;
    return taken;
  }

  return {
    get position() {
      return position;
    },
    some,
    exactly: (count) => exactlyOf(some, count),
    async close() {
      await iterator.return?.();
    },
  };
}
