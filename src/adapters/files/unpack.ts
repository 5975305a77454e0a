import { type FileHandle, open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { MirrorError } from '../../errors.ts';
import type { Refusals } from './refusals.ts';

const CHUNK_BYTES = 256 * 1024;

/** Below this nothing is a bomb, in bytes. */
const BOMB_FLOOR = 1024 * 1024 * 1024;

/** How many times larger than the file what it holds may be, above the floor. Deflate can reach 1032. */
const BOMB_RATIO = 100;

// RFC 1952, 2.3.1
const MAGIC = Buffer.from([0x1f, 0x8b]);

const MORE_BYTES = 'more bytes follow the end of the gzip file';

function isGzipError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

function whyUnreadable(error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  if (!isGzipError(error)) return `it cannot be read: ${detail}`;
  if (detail === 'unexpected end of file') return 'the gzip file ends too early';
  // the first member begins rightly, so this is of what comes after one
  if (detail === 'incorrect header check') return MORE_BYTES;
  return `its gzip bytes are damaged (${detail})`;
}

interface OpenFile {
  readonly file: FileHandle;
  readonly size: number;
  /** Its first two bytes, or fewer. */
  readonly start: Buffer;
}

async function openRegular(path: string): Promise<OpenFile> {
  // before opening, which waits for a writer where this is a named pipe
  if (!(await stat(path)).isFile()) throw new Error('it is no regular file');
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return { file, size, start: buffer.subarray(0, bytesRead) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openGzipFile(path: string, refusals: Refusals): Promise<OpenFile> {
  const opened = await openRegular(path).catch((cause: unknown) => {
    throw refusals.refuse(whyUnreadable(cause), { hint: 'name a file that is there and may be read', cause });
  });
  if (opened.start.equals(MAGIC)) return opened;
  await opened.file.close();
  throw refusals.refuse(opened.size === 0 ? 'it is empty' : 'it is not a gzip file');
}

/**
 * What a gzip file holds, in chunks. At the end it was all read and its checksums were right: a file that was cut, or has
 * anything behind its end that is not another gzip member, is refused, and so is one that unpacks to more than 1 GiB and
 * more than a hundred times its own size. An abort comes out as it is.
 *
 * @throws MirrorError FILE_REFUSED, made by `refusals`.
 */
export async function* unpacked(path: string, signal: AbortSignal, refusals: Refusals): AsyncGenerator<Buffer> {
  const { file, size } = await openGzipFile(path, refusals);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // a failure on either side also ends the loop below
  const passing = pipeline(file.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES }), gunzip, { signal }).catch(
    () => {},
  );
  let seen = 0;
  try {
    for await (const chunk of gunzip) {
      const bytes: Buffer = chunk;
      seen += bytes.length;
      if (seen > BOMB_FLOOR && seen > BOMB_RATIO * size) {
        throw refusals.refuse(`it unpacks to more than ${BOMB_RATIO} times its ${size} bytes`);
      }
      yield bytes;
    }
    if (gunzip.bytesWritten !== size) throw refusals.refuse(MORE_BYTES);
  } catch (error) {
    if (signal.aborted || error instanceof MirrorError) throw error;
    throw refusals.refuse(whyUnreadable(error), { cause: error });
  } finally {
    gunzip.destroy();
    await passing;
  }
}
