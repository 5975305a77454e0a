import { chmod, lstat, mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../domain/reference.ts';
import type { Contents } from '../../ports/contents.ts';
import { checkedContent, uncheckable } from './checked-content.ts';
import { diskFailure, isAbsent, onDisk } from './disk-failure.ts';
import { openDraft } from './draft.ts';

// OCI image-spec, "Digests", "Registered algorithms": their length in hex digits
const HEX_DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

const READ_BYTES = 256 * 1024;

interface Place {
  readonly algorithm: string;
  readonly hex: string;
  readonly path: string;
}

/** Where content is; undefined for a digest that cannot be computed here, of which nothing is kept. */
function placeOf(directory: string, digest: Digest): Place | undefined {
  const [algorithm = '', hex = ''] = digest.split(':');
  if (!Object.hasOwn(HEX_DIGITS, algorithm) || hex.length !== HEX_DIGITS[algorithm]) return undefined;
  return { algorithm, hex, path: join(directory, algorithm, hex) };
}

/** What is kept is believed, so nobody else may be able to write it. */
async function makeOwn(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await stat(directory);
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own) throw new Error('it belongs to another user');
  await chmod(directory, 0o700);
}

async function keptSize(path: string): Promise<number | undefined> {
  try {
    const found = await lstat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw diskFailure(path, 'read', error);
  }
}

async function* readFrom(path: string, from: number): AsyncGenerator<Uint8Array> {
  const file = await onDisk(path, 'read', open(path));
  try {
    for (let position = from; ; ) {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      const { bytesRead } = await onDisk(path, 'read', file.read(buffer, 0, READ_BYTES, position));
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function takeIn(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const draft = await openDraft(path, 0o600);
  try {
    for await (const chunk of chunks) await draft.put(chunk);
    await draft.keep();
  } finally {
    await draft.discard();
  }
}

/**
 * Content in files `<algorithm>/<hex>` below a directory, for the user alone; it is made where it is not there. A file gets
 * its name when all of it was checked, so what an earlier run kept is believed by its name. Two that write the same do not
 * disturb each other. Memory does not grow with size. Knows sha256, sha384 and sha512; of other digests nothing is there.
 *
 * Beside what the port says, everything throws MirrorError WORKSPACE_FAILED when the disk fails, or the directory belongs
 * to another user.
 */
export function openContentStore(directory: string): Contents {
  let made: Promise<void> | undefined;
  function ready(): Promise<void> {
    made ??= onDisk(directory, 'written', makeOwn(directory));
    return made;
  }

  /** The file of content that is there, with its size. */
  async function find(digest: Digest): Promise<{ readonly path: string; readonly size: number } | undefined> {
    await ready();
    const path = placeOf(directory, digest)?.path;
    const size = path === undefined ? undefined : await keptSize(path);
    return path === undefined || size === undefined ? undefined : { path, size };
  }

  async function found(digest: Digest): Promise<{ readonly path: string; readonly size: number }> {
    const file = await find(digest);
    if (file === undefined) throw new RangeError(`content ${digest} is not in ${directory}`);
    return file;
  }

  return {
    size: async (digest) => (await find(digest))?.size,
    async read(digest, limit) {
      const { path, size } = await found(digest);
      if (size > limit) throw new RangeError(`content ${digest} has ${size} bytes, more than ${limit}`);
      return onDisk(path, 'read', readFile(path));
    },
    async *open(digest, from = 0) {
      yield* readFrom((await found(digest)).path, from);
    },
    async write(digest, size, chunks, signal) {
      const place = placeOf(directory, digest);
      if (place === undefined) throw uncheckable(digest);
      const bytes = checkedContent({ digest, size }, chunks, signal);
      if ((await find(digest)) !== undefined) {
        for await (const _ of bytes);
        return;
      }
      await onDisk(directory, 'written', mkdir(join(directory, place.algorithm), { recursive: true, mode: 0o700 }));
      await takeIn(place.path, bytes);
    },
  };
}
