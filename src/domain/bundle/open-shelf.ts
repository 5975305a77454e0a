import { type Manifest, parseManifest } from '../manifest.ts';
import { type Digest, parseReference } from '../reference.ts';
import type { Shelf, ShelvedImage, ShelvedManifest } from '../shelf/shelf.ts';
import { readLayoutIndex } from '../wrap/layout-index.ts';
import type { BundleContents } from './bundle-contents.ts';

/** What an opened bundle is asked while its shelf is made. */
export interface BundleReads {
  /** The text of `index.json`. */
  readonly index: string;
  /** All blobs with their sizes. */
  readonly blobs: ReadonlyMap<Digest, number>;
  readonly read: (digest: Digest) => Promise<Uint8Array>;
}

/** The shelf of a bundle; or why it is none. */
export type ShelfReading =
  | { readonly kind: 'shelf'; readonly shelf: Shelf }
  | { readonly kind: 'faulty'; readonly why: string };

class Faulty extends Error {}

/** The largest manifest that is read, in bytes. */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

const FOREIGN = /foreign|nondistributable/;

interface Opening {
  readonly contents: BundleContents;
  readonly reads: BundleReads;
  readonly omitted: ReadonlyMap<Digest, number>;
  readonly manifests: Map<Digest, ShelvedManifest>;
}

function checkBlob(digest: Digest, size: number, of: Digest, { reads, omitted }: Opening): void {
  const known = reads.blobs.get(digest) ?? omitted.get(digest);
  if (known === undefined) throw new Faulty(`${of} needs ${digest}, which is neither there nor said to be left out`);
  if (known !== size) throw new Faulty(`${of} needs ${digest} with ${size} bytes, it has ${known}`);
}

async function manifestAt(digest: Digest, mediaType: string, opening: Opening): Promise<Manifest> {
  const size = opening.reads.blobs.get(digest);
  if (size === undefined) throw new Faulty(`the manifest ${digest} is not there`);
  if (size > MANIFEST_LIMIT) throw new Faulty(`the manifest ${digest} has ${size} bytes, more than ${MANIFEST_LIMIT}`);
  const bytes = await opening.reads.read(digest);
  const parsed = parseManifest(bytes, mediaType);
  if (parsed === undefined) throw new Faulty(`${digest} is no manifest`);
  opening.manifests.set(digest, { digest, mediaType, bytes });
  return parsed;
}

/** Everything below a manifest has to be there, or be said to be left out; manifests are never left out. */
async function walk(digest: Digest, mediaType: string, opening: Opening): Promise<void> {
  if (opening.manifests.has(digest)) return;
  const manifest = await manifestAt(digest, mediaType, opening);
  if (manifest.kind === 'index') {
    for (const child of manifest.manifests) await walk(child.digest, child.mediaType, opening);
    return;
  }
  for (const blob of [manifest.config, ...manifest.layers])
    if (!FOREIGN.test(blob.mediaType)) checkBlob(blob.digest, blob.size, digest, opening);
}

async function imagesOf(opening: Opening): Promise<readonly ShelvedImage[]> {
  const { contents, reads, manifests } = opening;
  const entries = readLayoutIndex(reads.index);
  if (entries === undefined) throw new Faulty('index.json is no index of an OCI image layout');
  const byName = new Map(entries.map((entry) => [entry.name, entry] as const));
  const images: ShelvedImage[] = [];
  for (const { reference: text, digest, madeFrom } of contents.carried) {
    const entry = byName.get(text);
    const reference = parseReference(text);
    if (entry?.digest !== digest || reference === undefined)
      throw new Faulty(`index.json has ${entry?.digest ?? 'nothing'} for ${text}, and ${digest} is to be there`);
    await walk(digest, entry.mediaType, opening);
    const top = manifests.get(digest);
    if (top === undefined) throw new Faulty(`the manifest ${digest} is not there`);
    images.push({ reference, top, isOriginal: madeFrom === null, original: madeFrom ?? undefined });
  }
  return images;
}

/** Checks that a bundle has everything that its contents and manifests speak of, and puts its images on a shelf. */
export async function openShelf(contents: BundleContents, reads: BundleReads): Promise<ShelfReading> {
  const omitted = new Map(contents.omitted.map(({ digest, size }) => [digest, size] as const));
  const opening: Opening = { contents, reads, omitted, manifests: new Map() };
  try {
    const images = await imagesOf(opening);
    for (const { name, archive, provenance, results } of contents.charts)
      for (const digest of [archive, provenance, results?.digest])
        if (digest !== null && digest !== undefined && !reads.blobs.has(digest))
          throw new Faulty(`${digest} of the chart ${name} is not there`);
    for (const { platform, digest, size } of contents.tools)
      if (reads.blobs.get(digest) !== size) throw new Faulty(`the tools for ${platform}, ${digest}, are not there`);
    return { kind: 'shelf', shelf: { images, manifests: opening.manifests } };
  } catch (error) {
    if (error instanceof Faulty) return { kind: 'faulty', why: error.message };
    throw error;
  }
}
