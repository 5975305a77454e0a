import { createHash } from 'node:crypto';
import type { WrapEntry } from '../../domain/wrap/wrap-entry.ts';
import { MirrorError } from '../../errors.ts';
import type { Contents } from '../../ports/contents.ts';
import { openDraft, removeAbandonedDrafts } from './draft.ts';
import { type GzipWriter, openGzip } from './gzip-writer.ts';
import { END, padding, tarHeader } from './ustar.ts';

type BlobEntry = Extract<WrapEntry, { kind: 'blob' }>;

async function writeBlob(gzip: GzipWriter, entry: BlobEntry, contents: Contents, signal: AbortSignal): Promise<void> {
  const { digest, size, packed } = entry;
  const [algorithm = '', hex = ''] = digest.split(':');
  const hash = createHash(algorithm);
  let seen = 0;
  for await (const chunk of contents.open(digest)) {
    signal.throwIfAborted();
    seen += chunk.length;
    if (seen > size) break;
    hash.update(chunk);
    await gzip.write(chunk, packed);
  }
  if (seen === size && hash.digest('hex') === hex) return;
  const much = seen > size ? `more than ${size} bytes` : `${seen} instead of ${size} bytes`;
  const what = seen === size ? 'is not that any more' : `has ${much}`;
  throw new MirrorError(`content ${digest}, kept on this machine for ${entry.name}, ${what}`, {
    code: 'CONTENT_DAMAGED',
    origin: 'local',
    hint: 'remove what is kept, and fetch it again',
  });
}

async function writeEntry(
  gzip: GzipWriter,
  entry: WrapEntry,
  contents: Contents,
  mtime: number,
  signal: AbortSignal,
): Promise<void> {
  const { name } = entry;
  switch (entry.kind) {
    case 'directory':
      return gzip.write(tarHeader({ name, kind: 'directory', size: 0, mode: 0o755, mtime }), false);
    case 'file': {
      const { data, mode } = entry;
      await gzip.write(tarHeader({ name, kind: 'file', size: data.length, mode, mtime }), false);
      await gzip.write(data, false);
      return gzip.write(padding(data.length), false);
    }
    case 'blob':
      await gzip.write(tarHeader({ name, kind: 'file', size: entry.size, mode: 0o644, mtime }), false);
      await writeBlob(gzip, entry, contents, signal);
      return gzip.write(padding(entry.size), false);
  }
}

/**
 * Writes a wrap: the entries in the order given, as tar in gzip, every time `mtimeSeconds` (whole seconds since the epoch),
 * directories 0755 and blobs 0644, owner 0. The same entries give the same bytes, with the same zlib. The file is in its
 * place when it is whole, over what was there; else nothing is. Memory does not grow with size.
 *
 * @returns how many bytes the file has.
 * @throws MirrorError WORKSPACE_FAILED when the disk refuses, CONTENT_DAMAGED when content has not the size that its entry
 *   says; RangeError when there is no such content.
 */
export async function writeWrap(
  path: string,
  entries: readonly WrapEntry[],
  contents: Contents,
  mtimeSeconds: number,
  signal: AbortSignal,
): Promise<{ readonly bytes: number }> {
  await removeAbandonedDrafts(path);
  const draft = await openDraft(path, 0o666);
  let bytes = 0;
  try {
    const gzip = openGzip((part) => {
      bytes += part.length;
      return draft.put(part);
    });
    for (const entry of entries) {
      signal.throwIfAborted();
      await writeEntry(gzip, entry, contents, mtimeSeconds, signal);
    }
    await gzip.write(END, false);
    await gzip.finish();
    signal.throwIfAborted();
    await draft.keep();
  } finally {
    await draft.discard();
  }
  return { bytes };
}
