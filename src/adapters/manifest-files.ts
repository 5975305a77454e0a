import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { MirrorError } from '../errors.ts';

const MANIFEST = /\.(?:ya?ml|json)$/i;

function unreadable(path: string, error: unknown): MirrorError {
  const why = error instanceof Error ? error.message : String(error);
  return new MirrorError(`the manifests in ${path} cannot be listed: ${why}`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: 'give this user permission to read everything below it',
    cause: error,
  });
}

async function walk(root: string, below: string, above: ReadonlySet<string>): Promise<readonly string[]> {
  const directory = join(root, below);
  const real = await realpath(directory);
  // a link to a directory above would be followed for ever
  if (above.has(real)) return [];
  const names = (await readdir(directory)).sort();
  const found: string[] = [];
  for (const name of names) {
    const path = below === '' ? name : `${below}/${name}`;
    const isDirectory = (await stat(join(root, path))).isDirectory();
    if (isDirectory) found.push(...(await walk(root, path, new Set([...above, real]))));
    else if (MANIFEST.test(name)) found.push(path);
  }
  return found;
}

/**
 * Every .yaml, .yml and .json file below a directory, relative to it and in order. Links are followed.
 *
 * @throws MirrorError INPUT_INVALID when a part of it cannot be listed: nothing is passed over.
 */
export async function listManifestFiles(directory: string): Promise<readonly string[]> {
  try {
    return await walk(directory, '', new Set());
  } catch (error) {
    throw unreadable(directory, error);
  }
}

/**
 * Reads a stream to its end as UTF-8; undefined when it is something else. Rejects when the signal aborts.
 */
export async function readStream(stream: Readable, signal: AbortSignal): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of addAbortSignal(signal, stream)) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
