import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Digest, parseDigest } from '../../domain/reference.ts';
import { diskFailure } from '../files/disk-failure.ts';
import { openDraft } from '../files/draft.ts';
import { type GzipWriter, openGzip } from '../files/gzip-writer.ts';
import { END, padding, tarHeader } from '../files/ustar.ts';
import { packFailure } from './pack-failure.ts';
import { type PackedFile, sizeOf } from './pack-files.ts';

/** An archive that was written. */
export interface WrittenArchive {
  readonly digest: Digest;
  readonly size: number;
}

const CHUNK_BYTES = 256 * 1024;

// 2000-01-01T00:00:00Z: the content alone decides the bytes, and some programs warn of 1970
const TIME = 946_684_800;

async function* bytesOf({ from }: PackedFile): AsyncGenerator<Uint8Array> {
  if (from.kind === 'text') {
    yield Buffer.from(from.text);
    return;
  }
  try {
    yield* createReadStream(from.path, { highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw diskFailure(from.path, 'read', error);
  }
}

async function writeFile(gzip: GzipWriter, file: PackedFile, signal: AbortSignal): Promise<void> {
  const { name, mode } = file;
  const size = await sizeOf(file);
  await gzip.write(tarHeader({ name, kind: 'file', size, mode, mtime: TIME }), false);
  let seen = 0;
  for await (const chunk of bytesOf(file)) {
    signal.throwIfAborted();
    seen += chunk.length;
    if (seen > size) break;
    await gzip.write(chunk, false);
  }
  if (seen !== size) throw packFailure(`${name} was changed while it was read`, 'run it again');
  await gzip.write(padding(size), false);
}

/**
 * Writes files as tar in gzip, in the order of their names, all with one time, owner 0. The same files give the same bytes,
 * with the same zlib. Memory does not grow with them.
 *
 * @throws MirrorError WORKSPACE_FAILED when a disk refuses, TOOL_FAILED for a file that changes meanwhile; RangeError for
 *   two of a name.
 */
export async function writeArchive(
  path: string,
  files: readonly PackedFile[],
  signal: AbortSignal,
): Promise<WrittenArchive> {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const twice = sorted.find(({ name }, index) => sorted[index + 1]?.name === name);
  if (twice !== undefined) throw new RangeError(`${twice.name} is there twice`);
  const hash = createHash('sha256');
  let size = 0;
  const draft = await openDraft(path, 0o600);
  try {
    const gzip = openGzip((bytes) => {
      hash.update(bytes);
      size += bytes.length;
      return draft.put(bytes);
    });
    for (const file of sorted) await writeFile(gzip, file, signal);
    await gzip.write(END, false);
    await gzip.finish();
    await draft.keep();
  } finally {
    await draft.discard();
  }
  const digest = parseDigest(`sha256:${hash.digest('hex')}`);
  if (digest === undefined) throw new RangeError('sha256 gave no digest');
  return { digest, size };
}
