import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import type { ArchiveTree, ChartFile } from '../domain/chart/archive-tree.ts';
import type { Digest } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';

/** Helm's own bound for an unpacked chart (pkg/chart/loader/archive: MaxDecompressedChartSize), in bytes. */
export const UNPACKED_LIMIT = 100 * 1024 * 1024;
const ENTRY_LIMIT = 20_000;
const NESTING_LIMIT = 8;

// what `helm package` takes; the highest costs three times the time for a fiftieth of the size
const PACKED_LEVEL = 6;

function refused(name: string, why: string, cause?: unknown): MirrorError {
  return new MirrorError(`chart archive ${name} refused: ${why}`, {
    code: 'CHART_ARCHIVE_REFUSED',
    origin: 'source',
    hint: 'get the archive from its publisher again, or repack it with helm package',
    cause,
  });
}

function checkedPath(archive: string, raw: string): readonly string[] {
  const name = raw.replace(/^(?:\.\/)+/, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: such names are what is to be refused
  if (/[\u0000-\u001f\\]/.test(name))
    throw refused(archive, `entry ${JSON.stringify(raw)} has a backslash or control character`);
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) throw refused(archive, `entry ${raw} has an absolute name`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refused(archive, `entry ${raw} leaves the archive`);
  return parts;
}

async function readEntries(archive: string, tar: Buffer): Promise<{ top: string; files: Map<string, ChartFile> }> {
  const files = new Map<string, ChartFile>();
  const reader = extract();
  reader.end(tar);
  let top: string | undefined;
  let entries = 0;
  for await (const entry of reader) {
    const header = entry.header;
    entries += 1;
    if (entries > ENTRY_LIMIT) throw refused(archive, `more than ${ENTRY_LIMIT} entries`);
    const parts = checkedPath(archive, header.name);
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (header.type === 'directory' || (header.type as string) === 'pax-global-header') continue;
    if (header.type !== 'file' && header.type !== 'contiguous-file') {
      throw refused(archive, `entry ${header.name} is a ${header.type}, only files and directories are allowed`);
    }
    const [first, ...rest] = parts;
    if (first === undefined || rest.length === 0)
      throw refused(archive, `entry ${header.name} is not inside a chart directory`);
    if (top !== undefined && top !== first) throw refused(archive, `two top directories, ${top} and ${first}`);
    top = first;
    const path = rest.join('/');
    const data = Buffer.concat(chunks);
    const before = files.get(path);
    // helm package writes a subchart twice that it has found twice: the same content says the same
    if (before !== undefined && !before.data.equals(data))
      throw refused(archive, `two entries of the name ${header.name}, of different content`);
    if (before !== undefined) continue;
    const mtime = Math.floor((header.mtime?.getTime() ?? 0) / 1000);
    files.set(path, { path, data, mode: header.mode ?? 0o644, mtime });
  }
  if (top === undefined) throw refused(archive, 'it is empty');
  return { top, files };
}

function gunzip(archive: string, bytes: Uint8Array, budget: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: budget });
  } catch (error) {
    const tooLarge = error instanceof RangeError || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw refused(archive, tooLarge ? `it unpacks to more than ${budget} bytes` : 'it is not a whole gzip file', error);
  }
}

async function unpackWithin(
  name: string,
  bytes: Uint8Array,
  budget: { left: number },
  depth: number,
): Promise<ArchiveTree> {
  if (depth > NESTING_LIMIT) throw refused(name, `charts nested deeper than ${NESTING_LIMIT}`);
  const tar = gunzip(name, bytes, Math.max(1, budget.left));
  budget.left -= tar.length;
  const { top, files } = await readEntries(name, tar).catch((error: unknown) => {
    throw error instanceof MirrorError ? error : refused(name, 'it is not a whole tar archive', error);
  });
  const packed = new Map<string, ArchiveTree>();
  for (const [path, file] of files) {
    // helm loads archives in the charts/ of a chart or of a subchart directory, and skips names that begin with "_" or "."
    if (/^(?:charts\/[^/_.][^/]*\/)*charts\/[^/_.][^/]*\.tgz$/.test(path)) {
      packed.set(path, await unpackWithin(`${name}!${path}`, file.data, budget, depth + 1));
    }
  }
  return { top, files, packed };
}

/**
 * Unpacks a chart archive in memory, packed subcharts included. Refuses links and devices, absolute names, `..`,
 * two different entries of one name, two top directories, and more than `UNPACKED_LIMIT` bytes over all levels.
 *
 * @throws MirrorError CHART_ARCHIVE_REFUSED, naming the entry.
 */
export async function unpackChart(name: string, bytes: Uint8Array): Promise<ArchiveTree> {
  const tree = await unpackWithin(name, bytes, { left: UNPACKED_LIMIT }, 0);
  if (!tree.files.has('Chart.yaml')) throw refused(name, 'it holds no Chart.yaml');
  return tree;
}

const compress = promisify(gzip);

function sameTree(a: ArchiveTree | undefined, b: ArchiveTree): boolean {
  return a === b;
}

async function packAt(level: number, tree: ArchiveTree, before: ArchiveTree | undefined): Promise<Buffer> {
  const writer = pack();
  const chunks: Buffer[] = [];
  const collected = (async () => {
    for await (const chunk of writer) chunks.push(chunk as Buffer);
  })();
  const paths = new Set([...tree.files.keys(), ...tree.packed.keys()]);
  for (const path of paths) {
    const inner = tree.packed.get(path);
    const file = tree.files.get(path);
    const unchanged = inner !== undefined && file !== undefined && sameTree(before?.packed.get(path), inner);
    const data = inner === undefined || unchanged ? file?.data : await packAt(level, inner, before?.packed.get(path));
    const mtime = file?.mtime ?? tree.files.get('Chart.yaml')?.mtime ?? 0;
    const mode = (file?.mode ?? 0o644) & 0o111 ? 0o755 : 0o644;
    const header = {
      name: `${tree.top}/${path}`,
      mode,
      mtime: new Date(mtime * 1000),
      uid: 0,
      gid: 0,
      uname: '',
      gname: '',
    };
    writer.entry(header, data ?? Buffer.alloc(0));
  }
  writer.finalize();
  await collected;
  const bytes = await compress(Buffer.concat(chunks), { level });
  bytes[9] = 0xff; // the operating system byte differs between builds of zlib
  return bytes;
}

/**
 * Packs a tree reproducibly: entries in the tree's order, times and modes as in the tree, owner 0, one gzip level,
 * no name or time in the gzip header. A packed subchart is written again only where it was changed against `before`.
 */
export function packChart(tree: ArchiveTree, before?: ArchiveTree): Promise<Buffer> {
  return packAt(PACKED_LEVEL, tree, before);
}

/** The same, fast and not small. */
export function packScratch(tree: ArchiveTree, before?: ArchiveTree): Promise<Buffer> {
  return packAt(1, tree, before);
}

function addContent(hash: ReturnType<typeof createHash>, prefix: string, tree: ArchiveTree): void {
  const paths = [...new Set([...tree.files.keys(), ...tree.packed.keys()])].sort();
  for (const path of paths) {
    const inner = tree.packed.get(path);
    if (inner !== undefined) {
      addContent(hash, `${prefix}${path}!`, inner);
      continue;
    }
    const data = tree.files.get(path)?.data ?? Buffer.alloc(0);
    hash.update(`${prefix}${path}\n${createHash('sha256').update(data).digest('hex')}\n`);
  }
}

/** A digest of what is in the archive, whatever its gzip bytes, times and order: equal content, equal digest. */
export function contentDigest(tree: ArchiveTree): Digest {
  const hash = createHash('sha256');
  addContent(hash, '', tree);
  return `sha256:${hash.digest('hex')}` as Digest;
}
