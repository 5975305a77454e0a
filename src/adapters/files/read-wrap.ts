import { createHash } from 'node:crypto';
import type { ChartFile } from '../../domain/chart/archive-tree.ts';
import { type Digest, parseDigest } from '../../domain/reference.ts';
import type { WrapFiles, WrappedBlob } from '../../domain/wrap/wrap-entry.ts';
import { MirrorError } from '../../errors.ts';
import type { Contents } from '../../ports/contents.ts';
import { readTar, type TarEntry } from './read-tar.ts';
import { openRefusals, type Refusals } from './refusals.ts';
import { unpacked } from './unpack.ts';
import { openWrapNames } from './wrap-names.ts';

const MIB = 1024 * 1024;
const CHART_BYTES = 100 * MIB;
const CHART_ENTRIES = 20_000;
const FILE_BYTES = 4 * MIB;
const FILES_BYTES = 64 * MIB;

const BLOB = /(?:^|\/)blobs\/(sha256|sha384|sha512)\/([0-9a-f]+)$/;

type Place =
  | { readonly kind: 'chart' | 'other'; readonly path: string }
  | { readonly kind: 'blob'; readonly digest: Digest };

/** What a file of a wrap is, by its name below the leading directory. */
function placeOf(path: string, refusals: Refusals): Place {
  if (path.startsWith('chart/')) return { kind: 'chart', path: path.slice('chart/'.length) };
  const [, algorithm, hex] = BLOB.exec(path) ?? [];
  const digest = hex === undefined ? undefined : parseDigest(`${algorithm}:${hex}`);
  if (digest !== undefined) return { kind: 'blob', digest };
  if (/(?:^|\/)blobs\/[^/]+\/[^/]+$/.test(path))
    throw refusals.refuse('it is a blob whose name is no digest that can be checked');
  if (/^images\/[^/]+\.layout$/.test(path)) {
    throw refusals.refuse('it is an image in one file, as docker save writes it, and not an OCI layout', {
      hint: 'make the wrap again, with dt wrap or airgap-charts wrap, which write layouts',
    });
  }
  return { kind: 'other', path };
}

/** Files that are kept in memory, within bounds that are checked before anything is read. */
function openMemory(what: string, bounds: { readonly each: number; readonly all: number }, refusals: Refusals) {
  let total = 0;
  return async ({ size, data }: TarEntry): Promise<Buffer> => {
    total += size;
    if (size > bounds.each) throw refusals.refuse(`it has ${size} bytes, more than ${bounds.each}`);
    if (total > bounds.all) throw refusals.refuse(`${what} have more than ${bounds.all} bytes together`);
    const chunks: Buffer[] = [];
    for await (const chunk of data) chunks.push(chunk);
    // a copy: the chunks are pieces of much larger ones, which must not be held
    return Buffer.concat(chunks);
  };
}

function wrongBytes(refusals: Refusals, cause?: unknown): MirrorError {
  return refusals.refuse('its bytes have another digest than its name says', { cause });
}

async function checkBlob(entry: TarEntry, digest: Digest, refusals: Refusals): Promise<void> {
  const [algorithm = ''] = digest.split(':');
  const hash = createHash(algorithm);
  for await (const chunk of entry.data) hash.update(chunk);
  if (`${algorithm}:${hash.digest('hex')}` !== digest) throw wrongBytes(refusals);
}

async function keepBlob(
  entry: TarEntry,
  digest: Digest,
  contents: Contents,
  signal: AbortSignal,
  refusals: Refusals,
): Promise<void> {
  try {
    await contents.write(digest, entry.size, entry.data, signal);
  } catch (error) {
    throw error instanceof MirrorError && error.code === 'CONTENT_DAMAGED' ? wrongBytes(refusals, error) : error;
  }
}

/**
 * Reads a wrap in one go, as dt, charts-syncer and this tool write it. Each blob is checked against its name, and with
 * `contents` kept there; the chart and the small files are kept in memory, up to 100 MiB of the one and 64 MiB of the other.
 * Memory does not grow with the blobs. What it gives was read to the end of the file, with all checksums right; blobs that
 * came whole before something was refused stay in `contents`.
 *
 * @throws MirrorError FILE_REFUSED, naming the file and the entry, for everything that is not as it must be.
 */
export async function readWrap(path: string, contents: Contents | undefined, signal: AbortSignal): Promise<WrapFiles> {
  const refusals = openRefusals(path);
  const names = openWrapNames(refusals);
  const chart = new Map<string, ChartFile>();
  const files = new Map<string, Uint8Array>();
  const blobs = new Map<string, WrappedBlob>();
  const chartData = openMemory('the files of the chart', { each: CHART_BYTES, all: CHART_BYTES }, refusals);
  const fileData = openMemory('the files beside chart and blobs', { each: FILE_BYTES, all: FILES_BYTES }, refusals);
  let chartEntries = 0;
  for await (const entry of readTar(unpacked(path, signal, refusals), refusals)) {
    const name = names.admit(entry.name, entry.kind);
    if (name?.startsWith('chart/')) chartEntries += 1;
    if (chartEntries > CHART_ENTRIES) throw refusals.refuse(`the chart has more than ${CHART_ENTRIES} entries`);
    if (name === undefined || entry.kind === 'directory') continue;
    const place = placeOf(name, refusals);
    switch (place.kind) {
      case 'chart': {
        const { mode, mtime } = entry;
        chart.set(place.path, { path: place.path, data: await chartData(entry), mode: mode & 0o7777, mtime });
        break;
      }
      case 'other':
        files.set(place.path, await fileData(entry));
        break;
      case 'blob':
        if (contents === undefined) await checkBlob(entry, place.digest, refusals);
        else await keepBlob(entry, place.digest, contents, signal, refusals);
        blobs.set(name, { digest: place.digest, size: entry.size });
    }
  }
  if (names.top === undefined) throw refusals.refuse('it holds nothing');
  return { top: names.top, chart, files, blobs };
}
