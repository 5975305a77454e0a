import { open, stat } from 'node:fs/promises';
import { MirrorError } from '../../errors.ts';
import { SIZE_NAME } from './bundle-names.ts';
import { onDisk } from './disk-failure.ts';
import { readTar } from './read-tar.ts';
import { openRefusals } from './refusals.ts';
import { unpacked } from './unpack.ts';

/** What a file looks like from its beginning: whether it is a whole one, its reader tells. */
export type FileKind = 'chart' | 'wrap' | 'bundle' | 'archive' | 'other';

// RFC 1952, 2.3.1
const GZIP = Buffer.from([0x1f, 0x8b]);
// POSIX.1-2017, pax, "ustar Interchange Format"
const USTAR = { at: 257, magic: Buffer.from('ustar') };

/** So many entries are looked at: a chart and a wrap both begin with the files of the chart. */
const ENTRIES = 1000;

async function startOf(path: string): Promise<Buffer> {
  // before opening, which waits for a writer where this is a named pipe
  if (!(await onDisk(path, 'read', stat(path))).isFile()) {
    throw new MirrorError(`${path} is no regular file`, {
      code: 'FILE_REFUSED',
      origin: 'input',
      hint: 'name a file that is there and may be read',
    });
  }
  const file = await onDisk(path, 'read', open(path));
  try {
    const { bytesRead, buffer } = await onDisk(path, 'read', file.read(Buffer.alloc(512), 0, 512, 0));
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function kindInside(path: string, signal: AbortSignal): Promise<FileKind> {
  const refusals = openRefusals(path);
  let seen = 0;
  for await (const { name } of readTar(unpacked(path, signal, refusals), refusals)) {
    const inside = name.replace(/^(?:\.\/)*[^/]*\//, '');
    if (inside === 'Chart.yaml') return 'chart';
    if (inside === 'chart/Chart.yaml') return 'wrap';
    seen += 1;
    if (seen === ENTRIES) break;
  }
  return 'archive';
}

/**
 * What a file is: a packed chart, a wrap, a bundle in one file or its first part, another archive, or something else.
 *
 * @throws MirrorError WORKSPACE_FAILED when it cannot be read, FILE_REFUSED when it is no regular file, or its archive is damaged
 * where it begins.
 */
export async function kindOfFile(path: string, signal: AbortSignal): Promise<FileKind> {
  const start = await startOf(path);
  if (start.subarray(0, GZIP.length).equals(GZIP)) return kindInside(path, signal);
  const isTar = start.subarray(USTAR.at, USTAR.at + USTAR.magic.length).equals(USTAR.magic);
  return isTar && start.toString('latin1', 0, SIZE_NAME.length + 1) === `${SIZE_NAME}\0` ? 'bundle' : 'other';
}
