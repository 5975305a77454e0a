import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Digest } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { OpenBundle } from '../../ports/bundles.ts';
import type { Contents } from '../../ports/contents.ts';
import { checkBundle, digestsOf, refusalAt, wrongBytes } from './bundle-check.ts';
import { bundleRefusals, checkFiles, type FoundFiles, findParts, findWhole, partsBeside } from './bundle-find.ts';
import { type IndexedEntry, readIndex, readSize } from './bundle-headers.ts';
import { parseNumbered } from './bundle-parts.ts';
import { openSpan, type Span } from './bundle-span.ts';

const CHUNK_BYTES = 256 * 1024;

/** A bundle's files, open, with all of its entries but the first. */
interface Opened {
  readonly span: Span;
  readonly files: FoundFiles;
  readonly entries: readonly IndexedEntry[];
}

function spanOf({ places, label }: FoundFiles): Span {
  return openSpan(places, 'read', (path, _verb, thrown) => {
    const why = thrown instanceof Error ? thrown.message : 'it ends too early';
    return bundleRefusals(label).refuse(`${basename(path)} cannot be read: ${why}`, { cause: thrown });
  });
}

/** Whether a file that is named like a part is a bundle in one file. */
async function isWhole(path: string): Promise<boolean> {
  const files = await findWhole(path);
  const span = spanOf(files);
  try {
    return (await readSize(span, bundleRefusals(path))).partBytes === undefined;
  } catch (error) {
    if (error instanceof MirrorError) return false;
    throw error;
  } finally {
    await span.close();
  }
}

async function find(files: readonly string[]): Promise<FoundFiles> {
  const [first, ...others] = files;
  if (first === undefined) throw new RangeError('a bundle has at least one file');
  if (others.length > 0) return findParts(files);
  if (parseNumbered(first) === undefined || (await isWhole(first))) return findWhole(first);
  return findParts(await partsBeside(first));
}

async function openFiles(paths: readonly string[], signal: AbortSignal): Promise<Opened> {
  const files = await find(paths);
  const span = spanOf(files);
  try {
    const size = await readSize(span, bundleRefusals(files.label));
    checkFiles(files, size);
    return { span, files, entries: await readIndex(span, size, bundleRefusals(files.label), signal) };
  } catch (error) {
    await span.close();
    throw error;
  }
}

/** The bytes of a small entry, which are what they should be. */
async function readEntry({ span, files }: Opened, entry: IndexedEntry): Promise<Buffer> {
  const data = Buffer.alloc(entry.size);
  await span.read(data, entry.at);
  for (const digest of digestsOf(entry)) {
    const [algorithm = ''] = digest.split(':');
    if (`${algorithm}:${createHash(algorithm).update(data).digest('hex')}` !== digest) throw wrongBytes(entry, files);
  }
  return data;
}

function contentsOf(opened: Opened, blobs: ReadonlyMap<Digest, IndexedEntry>): Contents {
  const { span, files } = opened;
  const { label } = files;
  function entryOf(digest: Digest): IndexedEntry {
    const entry = blobs.get(digest);
    if (entry === undefined) throw new RangeError(`content ${digest} is not in ${label}`);
    return entry;
  }
  return {
    size: async (digest) => blobs.get(digest)?.size,
    async read(digest, limit) {
      const entry = entryOf(digest);
      if (entry.size > limit) throw new RangeError(`content ${digest} has ${entry.size} bytes, more than ${limit}`);
      return readEntry(opened, entry);
    },
    async *open(digest, from = 0) {
      const { at, size } = entryOf(digest);
      for (let done = from; done < size; ) {
        const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, size - done));
        await span.read(buffer, at + done);
        done += buffer.length;
        yield buffer;
      }
    },
    write: async (digest) => {
      throw new RangeError(`content ${digest} cannot be put into ${label}`);
    },
  };
}

/**
 * Opens a bundle to be read in place. `files` is the one file, or all parts in any order; of a single part (`base.001`) the
 * others are looked for beside it. Only headers are read, so this is fast whatever the size.
 *
 * The small things that `text` and `contents.read` give are compared with their digests. What `contents.open` streams is not:
 * `check` does that for the whole bundle.
 *
 * @throws MirrorError FILE_REFUSED, naming the file or the entry, for everything that is not as it must be: a part that is
 *   missing, twice, of another size or not of this bundle, and whatever `readIndex` refuses; RangeError for no files.
 */
export async function openBundle(paths: readonly string[], signal: AbortSignal): Promise<OpenBundle> {
  const opened = await openFiles(paths, signal);
  const { span, files, entries } = opened;
  const texts = new Map(entries.filter(({ sum }) => sum !== undefined).map((entry) => [entry.name, entry]));
  const blobs = new Map<Digest, IndexedEntry>();
  for (const entry of entries) if (entry.digest !== undefined) blobs.set(entry.digest, entry);
  return {
    files: files.places.map(({ path }) => path),
    bytes: span.bytes,
    blobs: new Map([...blobs].map(([digest, { size }]) => [digest, size])),
    contents: contentsOf(opened, blobs),
    async text(name, limit) {
      const entry = texts.get(name);
      if (entry === undefined) return undefined;
      if (entry.size > limit) throw refusalAt(files, entry).refuse(`it has ${entry.size} bytes, more than ${limit}`);
      return readEntry(opened, entry);
    },
    check: (onBytes, running) => checkBundle(span, entries, files, onBytes, running),
    close: () => span.close(),
  };
}
