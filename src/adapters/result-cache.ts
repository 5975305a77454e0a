import { createHash, randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { digestOf } from '../domain/manifest.ts';
import type { Digest } from '../domain/reference.ts';
import { MirrorError, oneLine } from '../errors.ts';
import type { ResultCache } from '../ports/files.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

const DAY_MS = 86_400_000;

/** How much is kept in all, in bytes; the charts that were used least recently go first. */
const LIMIT_BYTES = 256 * 1024 * 1024;

/** The most that one chart's file may be unpacked, in bytes: several times what is written of one chart. */
const CHART_BYTES = 64 * 1024 * 1024;

/** Where results are kept, and what they hold for. */
export interface CacheSetup {
  readonly directory: string;
  /** The digest of our rules, and that of the program helm. */
  readonly rules: Digest;
  readonly helm: Digest;
  readonly now: () => Date;
  /** Told of the first thing that could not be kept. */
  readonly complain: (why: string) => void;
  readonly limit?: number;
}

/** A cache that can be brought within its bound. */
export interface OpenCache extends ResultCache {
  /** What its results hold for. */
  readonly stamp: Pick<CacheSetup, 'rules' | 'helm'>;
  /** Removes the least recently used results until the bound is met. */
  trim(): Promise<void>;
}

/** That results cannot be kept in a directory; `thrown` is why. A refusal stays what it is. */
export function cacheRefusal(directory: string, thrown: unknown): MirrorError {
  if (thrown instanceof MirrorError) return thrown;
  const why = oneLine(thrown instanceof Error ? thrown.message : String(thrown));
  return new MirrorError(`results cannot be kept in ${directory}: ${why}`, {
    code: 'CACHE_REFUSED',
    origin: 'local',
    hint: 'name a directory of your own with --cache-dir, or keep nothing with --no-cache',
    cause: thrown,
  });
}

/** Proofs are believed, so nobody else may be able to write them; they name images and values, so nobody else may read them. */
async function ownDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await lstat(directory);
    if (!found.isDirectory()) throw new Error('it is no directory');
    const { uid } = found;
    const own = process.getuid?.();
    if (own !== undefined && uid !== own) throw new Error('it belongs to another user');
    await chmod(directory, 0o700);
  } catch (error) {
    throw cacheRefusal(directory, error);
  }
}

async function isOwnFile(file: string): Promise<boolean> {
  const found = await lstat(file);
  const own = process.getuid?.();
  return found.isFile() && (own === undefined || found.uid === own) && (found.mode & 0o022) === 0;
}

interface CacheFile {
  readonly path: string;
  readonly mtimeMs: number;
  readonly size: number;
}

/** A file with its age and size; undefined where another run has removed it meanwhile. */
async function fileAt(path: string): Promise<CacheFile | undefined> {
  try {
    const { mtimeMs, size } = await lstat(path);
    return { path, mtimeMs, size };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes the oldest files of the cache until the rest is within the limit; files of others are not touched. */
async function trim(directory: string, limit: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => /^[0-9a-f]{64}\.json\.gz(?:\.[0-9a-f-]+)?$/.test(name));
  const found = await Promise.all(names.map((name) => fileAt(join(directory, name))));
  const files = found.filter((file) => file !== undefined);
  let left = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (left <= limit) return;
    await rm(path, { force: true });
    left -= size;
  }
}

/**
 * Keeps what was found out about charts in one file each, readable and writable by the user alone. A file starts with the
 * digest of all that follows, and what it holds for stands in it: what was cut off or changed, or is no file of this chart,
 * this helm and these rules whatever its name, counts as not there.
 *
 * @throws MirrorError CACHE_REFUSED when the directory cannot be made, or belongs to somebody else.
 */
export async function openResultCache(setup: CacheSetup): Promise<OpenCache> {
  const { directory, rules, helm, now, complain, limit = LIMIT_BYTES } = setup;
  await ownDirectory(directory);
  let complained = false;
  const headOf = (chart: Digest): string => `${JSON.stringify({ rules, helm, chart })}\n`;
  const fileOf = (chart: Digest): string => {
    const name = createHash('sha256').update(headOf(chart)).digest('hex');
    return join(directory, `${name}.json.gz`);
  };
  const failed = (error: unknown): void => {
    if (!complained) complain(`results cannot be kept: ${error instanceof Error ? error.message : String(error)}`);
    complained = true;
  };
  return {
    stamp: { rules, helm },
    today: Math.floor(now().getTime() / DAY_MS),
    async load(chart) {
      const file = fileOf(chart);
      try {
        if (!(await isOwnFile(file))) return undefined;
        const text = (await unpack(await readFile(file), { maxOutputLength: CHART_BYTES })).toString();
        const end = text.indexOf('\n');
        const content = text.slice(end + 1);
        const head = headOf(chart);
        if (text.slice(0, end) !== digestOf(content) || !content.startsWith(head)) return undefined;
        return content.slice(head.length);
      } catch {
        // not there, or not whole: then it is found out again
        return undefined;
      }
    },
    async store(chart, text) {
      const file = fileOf(chart);
      const draft = `${file}.${randomUUID()}`;
      const content = `${headOf(chart)}${text}`;
      try {
        await writeFile(draft, await pack(`${digestOf(content)}\n${content}`), { mode: 0o600, flag: 'wx' });
        await rename(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        failed(error);
      }
    },
    async trim() {
      try {
        await trim(directory, limit);
      } catch (error) {
        failed(error);
      }
    },
  };
}
