import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContentStore } from '../../src/adapters/files/content-store.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import type { Digest } from '../../src/domain/reference.ts';
import type { WrapEntry, WrapFiles } from '../../src/domain/wrap/wrap-entry.ts';
import type { Contents } from '../../src/ports/contents.ts';

/** The time of every entry in samples, in seconds since the epoch. */
export const SAMPLE_TIME = 1_600_000_000;

/** A signal that nothing aborts. */
export const RUNNING = new AbortController().signal;

/** Bytes that look random and are the same in every run. */
export function noise(seed: string, bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let count = 0; count * 64 < bytes; count += 1) {
    parts.push(createHash('sha512').update(`${seed} ${count}`).digest());
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/** A stream of chunks. */
export async function* chunksOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Runs with a directory that is removed afterwards. */
export async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'wrap-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A store in `directory` that holds these. */
export async function storeOf(directory: string, pieces: readonly Buffer[]): Promise<Contents> {
  const store = openContentStore(directory);
  for (const piece of pieces) await store.write(digestOf(piece), piece.length, chunksOf(piece), RUNNING);
  return store;
}

/** Every file of a store that is not what its name says; none where the directory was never made. */
export async function wrongFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const wrong: string[] = [];
  for (const entry of names.filter((name) => name.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const digest: string = digestOf(await readFile(path));
    if (digest !== `sha256:${entry.name}` || !path.startsWith(join(directory, 'sha256'))) wrong.push(path);
  }
  return wrong;
}

/** The content of the sample: a manifest and a config, which are text, a layer, and one that two images share. */
export const SAMPLE_PIECES = {
  manifest: Buffer.from('{"schemaVersion":2}'),
  config: Buffer.from(JSON.stringify({ architecture: 'amd64', words: 'again and again '.repeat(40) })),
  layer: noise('layer', 3000),
  shared: noise('shared', 1024),
} as const;

function layoutEntries(digest: Digest, pieces: readonly Buffer[]): WrapEntry[] {
  const layout = `tiny-1.0.0/images/${digest.slice(7)}.layout`;
  return [
    { kind: 'directory', name: layout },
    { kind: 'directory', name: `${layout}/blobs` },
    { kind: 'directory', name: `${layout}/blobs/sha256` },
    ...pieces.map((piece, index): WrapEntry => {
      const name = `${layout}/blobs/sha256/${digestOf(piece).slice(7)}`;
      return { kind: 'blob', name, digest: digestOf(piece), size: piece.length, packed: index > 1 };
    }),
    { kind: 'file', name: `${layout}/index.json`, mode: 0o644, data: Buffer.from(`{"digest":"${digest}"}`) },
  ];
}

/** The entries of a small wrap: a chart with an executable file and a long name, and two layouts. */
export function sampleEntries(): readonly WrapEntry[] {
  const { manifest, config, layer, shared } = SAMPLE_PIECES;
  const file = (name: string, text: string, mode = 0o644): WrapEntry => {
    return { kind: 'file', name: `tiny-1.0.0/chart/${name}`, mode, data: Buffer.from(text) };
  };
  return [
    { kind: 'directory', name: 'tiny-1.0.0/chart' },
    file('Chart.yaml', 'apiVersion: v2\nname: tiny\nversion: 1.0.0\n'),
    file('Images.lock', 'images: []\n'),
    file('files/run.sh', '#!/bin/sh\n', 0o755),
    file(`files/${'long-'.repeat(30)}ä.txt`, 'long\n'),
    ...layoutEntries(digestOf(manifest), [manifest, config, layer, shared]),
    ...layoutEntries(digestOf(config), [config, shared]),
  ];
}

/** What was read, in a form that can be compared; the order counts where `ordered` is left on. */
export function readable(files: WrapFiles, ordered = true): object {
  const list = <T>(map: ReadonlyMap<string, T>, show: (value: T) => unknown): readonly unknown[] => {
    const all = [...map].map(([name, value]) => [name, show(value)] as const);
    return ordered ? all : all.toSorted(([a], [b]) => (a < b ? -1 : 1));
  };
  return {
    top: files.top,
    chart: list(files.chart, ({ data, ...rest }) => ({ ...rest, data: data.toString('latin1') })),
    files: list(files.files, (data) => Buffer.from(data).toString('latin1')),
    blobs: list(files.blobs, (blob) => blob),
  };
}
