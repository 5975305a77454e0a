import { resolve } from 'node:path';
import { openBundle } from '../adapters/files/bundle-reader.ts';
import { readBundleContents } from '../config/bundle-file.ts';
import { diskFiles } from '../config/read-text.ts';
import { type BundleContents, CONTENTS_NAME } from '../domain/bundle/bundle-contents.ts';
import { MANIFEST_LIMIT, openShelf } from '../domain/bundle/open-shelf.ts';
import type { Shelf } from '../domain/shelf/shelf.ts';
import { MirrorError } from '../errors.ts';
import type { OpenBundle } from '../ports/bundles.ts';
import { expectKind } from './expect-kind.ts';
import type { Surroundings } from './surroundings.ts';

/** The most that lists of a bundle may have, in bytes: of manifests, and of contents with all values files. */
const INDEX_LIMIT = 64 * 1024 * 1024;
const CONTENTS_LIMIT = 512 * 1024 * 1024;

/** A bundle that was opened, with what it says of itself. */
export interface ReadBundle {
  readonly bundle: OpenBundle;
  readonly contents: BundleContents;
}

function refused(file: string, why: string): MirrorError {
  return new MirrorError(`bundle ${file} refused: ${why}`, {
    code: 'FILE_REFUSED',
    origin: 'source',
    hint: 'copy it again from where it was made, or make it again with airgap-charts bundle create',
  });
}

async function textIn(bundle: OpenBundle, name: string, limit: number, file: string): Promise<string> {
  const bytes = await bundle.text(name, limit);
  if (bytes === undefined) throw refused(file, `entry ${name} is not there`);
  return Buffer.from(bytes).toString('utf8');
}

/** The files that are named; of a bundle in parts, called by the name that it was made with, its first part. */
async function partsNamed(files: readonly string[], cwd: string): Promise<readonly string[]> {
  const [only = '', ...more] = files;
  if (more.length > 0 || (await diskFiles.kindOf(resolve(cwd, only))) !== 'absent') return files;
  const part = `${only}.001`;
  return (await diskFiles.kindOf(resolve(cwd, part))) === 'file' ? [part] : files;
}

/**
 * Opens a bundle and reads its list of contents.
 *
 * @throws MirrorError FILE_REFUSED for what is no bundle, or not a whole one.
 */
export async function readBundle(files: readonly string[], around: Surroundings): Promise<ReadBundle> {
  const [first = ''] = files;
  const named = await partsNamed(files, around.cwd);
  await expectKind('bundle', first, around);
  const bundle = await openBundle(
    named.map((file) => resolve(around.cwd, file)),
    around.signal,
  );
  try {
    const reading = readBundleContents(await textIn(bundle, CONTENTS_NAME, CONTENTS_LIMIT, first));
    if (reading.kind === 'contents') return { bundle, contents: reading.contents };
    throw refused(first, `entry ${CONTENTS_NAME}: ${reading.reasons.slice(0, 5).join('; ')}`);
  } catch (error) {
    await bundle.close();
    throw error;
  }
}

/**
 * The images of a bundle, after it was seen that everything below them is there.
 *
 * @throws MirrorError FILE_REFUSED.
 */
export async function shelfOf({ bundle, contents }: ReadBundle, file: string): Promise<Shelf> {
  const index = await textIn(bundle, 'index.json', INDEX_LIMIT, file);
  const read = (digest: Parameters<typeof bundle.contents.read>[0]): Promise<Uint8Array> =>
    bundle.contents.read(digest, MANIFEST_LIMIT);
  const reading = await openShelf(contents, { index, blobs: bundle.blobs, read });
  if (reading.kind === 'shelf') return reading.shelf;
  throw refused(file, reading.why);
}
