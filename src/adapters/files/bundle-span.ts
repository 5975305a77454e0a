import { constants } from 'node:fs';
import { openHandles } from './bundle-handles.ts';
import { type PartPlace, placesWithin } from './bundle-parts.ts';

/** Files that are read, and written, as one stream. */
export interface Span {
  readonly bytes: number;
  /** Fills the buffer with what is there from `position` on; how many bytes that were: fewer only at the stream's end. */
  read(buffer: Buffer, position: number): Promise<number>;
  /** Writes all bytes from `position` on. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Gives each file the size that it must have, and sees to it that all of it is on the disk. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** What is thrown when a file cannot be read or written; `thrown` is undefined when it ends before it should. */
export type SpanFailure = (path: string, verb: 'read' | 'written', thrown: unknown) => Error;

const OPEN_FILES = 32;

/** The pieces of `length` bytes at `position`, by file: where they are in it, and in what was asked for. */
function* cutAt(places: readonly PartPlace[], position: number, length: number) {
  for (const { path, start, bytes } of placesWithin(places, position, length)) {
    const from = Math.max(position, start);
    const to = Math.min(position + length, start + bytes);
    yield { path, at: from - start, offset: from - position, length: to - from };
  }
}

/** Opens the files of a stream to be read, or also to be written; then what is not there is made. */
export function openSpan(places: readonly PartPlace[], mode: 'read' | 'write', failure: SpanFailure): Span {
  const handles = openHandles(mode === 'read' ? 'r' : constants.O_RDWR | constants.O_CREAT, OPEN_FILES);
  const last = places.at(-1);
  const total = last === undefined ? 0 : last.start + last.bytes;

  async function on<T>(path: string, verb: 'read' | 'written', act: Parameters<typeof handles.use<T>>[1]): Promise<T> {
    try {
      return await handles.use(path, act);
    } catch (error) {
      throw error instanceof RangeError ? error : failure(path, verb, error);
    }
  }

  return {
    bytes: total,
    async read(buffer, position) {
      let done = 0;
      for (const { path, at, offset, length } of cutAt(places, position, buffer.length)) {
        for (let got = 0; got < length; ) {
          const { bytesRead } = await on(path, 'read', (file) =>
            file.read(buffer, offset + got, length - got, at + got),
          );
          if (bytesRead === 0) throw failure(path, 'read', undefined);
          got += bytesRead;
        }
        done = offset + length;
      }
      return done;
    },
    async write(bytes, position) {
      if (position + bytes.length > total) throw new RangeError(`byte ${position + bytes.length} of ${total}`);
      for (const { path, at, offset, length } of cutAt(places, position, bytes.length)) {
        for (let put = 0; put < length; ) {
          const { bytesWritten } = await on(path, 'written', (file) =>
            file.write(bytes, offset + put, length - put, at + put),
          );
          put += bytesWritten;
        }
      }
    },
    async settle() {
      for (const { path, bytes } of places) {
        await on(path, 'written', async (file) => {
          await file.truncate(bytes);
          await file.sync();
        });
      }
    },
    close: () => handles.close(),
  };
}
