/** A stream that is read in pieces of lengths that are not those of its chunks. */
export interface Pieces {
  /** The next bytes, as many as are asked for, or fewer at the end. One piece is read to its end before the next. */
  next(length: number): AsyncGenerator<Uint8Array>;
  /** Ends the stream, wherever it is. */
  close(): Promise<void>;
}

/** Reads a stream in pieces. */
export function createPieces(stream: AsyncIterable<Uint8Array>): Pieces {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  async function* next(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      if (rest.length === 0) {
        const read = await chunks.next();
        if (read.done === true) return;
        rest = read.value;
      }
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  return {
    next,
    async close() {
      await chunks.return?.();
    },
  };
}
