import { type Descriptor, parseManifest } from '../manifest.ts';
import type { Platform } from '../platform.ts';
import type { Digest } from '../reference.ts';
import type { ShelvedManifest } from '../shelf/shelf.ts';
import { type IndexEntry, readLayoutIndex } from './layout-index.ts';
import type { WrapFiles } from './wrap-entry.ts';

/** What is wrong with a wrap: the entry, and why. */
export interface WrapFault {
  readonly entry: string;
  readonly why: string;
}

/** Reads of the blobs of a wrap: small ones, in memory. */
export type ReadBlob = (digest: Digest) => Promise<Uint8Array>;

/** The platform that a configuration names; undefined for what is no image. */
export type ReadPlatform = (config: Uint8Array) => Platform | undefined;

/** The largest blob that is read into memory: manifests, configurations, payloads of signatures. In bytes. */
export const SMALL_BLOB = 4 * 1024 * 1024;

/** Layers that registries do not keep need not be there. */
export const FOREIGN = /foreign|nondistributable/;

/** Ends the reading of a wrap. */
export class Faulty extends Error {
  readonly fault: WrapFault;

  constructor(entry: string, why: string) {
    super(why);
    this.fault = { entry, why };
  }
}

/** One reading of a wrap: what it holds, and what is read of it. */
export interface Opening {
  readonly files: WrapFiles;
  readonly read: ReadBlob;
  readonly platformOf: ReadPlatform;
  readonly manifests: Map<Digest, ShelvedManifest>;
  /** All blobs of the wrap, wherever they stand. */
  readonly sizes: ReadonlyMap<Digest, number>;
  /** Manifests below which everything was seen to be there. */
  readonly checked: Set<Digest>;
}

/** A small file as text. @throws Faulty where it is not there. */
export function textOf(files: ReadonlyMap<string, Uint8Array>, name: string): string {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Faulty(name, 'it is not there');
  return Buffer.from(bytes).toString('utf8');
}

/** A blob has to be in this very layout, as large as it is said to be. @throws Faulty */
export function blobIn(
  directory: string,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  { files }: Opening,
): void {
  const name = `${directory}/blobs/${digest.replace(':', '/')}`;
  const blob = files.blobs.get(name);
  if (blob === undefined) throw new Faulty(name, 'it is not there');
  if (blob.size !== size) throw new Faulty(name, `it has ${blob.size} bytes, and is said to have ${size}`);
}

/** A small blob in memory. @throws Faulty where it is not there, or not small. */
export async function smallBlob(digest: Digest, place: string, { sizes, read }: Opening): Promise<Uint8Array> {
  const size = sizes.get(digest);
  if (size === undefined) throw new Faulty(place, `it needs ${digest}, which is not there`);
  if (size > SMALL_BLOB) throw new Faulty(place, `${digest} has ${size} bytes, more than ${SMALL_BLOB}`);
  return read(digest);
}

/** The bytes of a manifest that an index names. @throws Faulty */
export async function manifestFrom(
  entry: Pick<IndexEntry, 'digest' | 'mediaType'>,
  place: string,
  opening: Opening,
): Promise<ShelvedManifest> {
  const known = opening.manifests.get(entry.digest);
  if (known !== undefined) return known;
  const bytes = await smallBlob(entry.digest, place, opening);
  if (parseManifest(bytes, entry.mediaType) === undefined) throw new Faulty(place, `${entry.digest} is no manifest`);
  const manifest = { digest: entry.digest, mediaType: entry.mediaType, bytes };
  opening.manifests.set(entry.digest, manifest);
  return manifest;
}

/** What an `index.json` names. @throws Faulty */
export function indexEntries(name: string, { files }: Opening): readonly IndexEntry[] {
  const entries = readLayoutIndex(textOf(files.files, name));
  if (entries === undefined) throw new Faulty(name, 'it is no index of an OCI image layout');
  return entries;
}

/** The one manifest of a layout that dt writes. @throws Faulty */
export function onlyEntry(place: string, opening: Opening): IndexEntry {
  const [entry, ...more] = indexEntries(place, opening);
  if (entry === undefined || more.length > 0) throw new Faulty(place, 'it must name one manifest');
  return entry;
}

/** Everything below a manifest has to be in the wrap, wherever that is. @throws Faulty */
export async function checkBelow(manifest: ShelvedManifest, place: string, opening: Opening): Promise<void> {
  // indexes may name one another again and again
  if (opening.checked.has(manifest.digest)) return;
  opening.checked.add(manifest.digest);
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed === undefined) throw new Faulty(place, `${manifest.digest} is no manifest`);
  const { sizes } = opening;
  const below = parsed.kind === 'index' ? parsed.manifests : [parsed.config, ...parsed.layers];
  for (const { digest, size, mediaType } of below) {
    if (FOREIGN.test(mediaType)) continue;
    if (!sizes.has(digest)) throw new Faulty(place, `${manifest.digest} needs ${digest}, which is not there`);
    if (sizes.get(digest) !== size) throw new Faulty(place, `${manifest.digest} needs ${digest} with ${size} bytes`);
    if (parsed.kind === 'index')
      await checkBelow(await manifestFrom({ digest, mediaType }, place, opening), place, opening);
  }
}
