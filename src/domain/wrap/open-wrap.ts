import type { ArchiveTree } from '../chart/archive-tree.ts';
import { parseMetadata } from '../chart/metadata.ts';
import { IMAGES_LOCK, type ImagesLock, type LockedImage, type LockedPlatform } from '../lock/images-lock.ts';
import { readImagesLock } from '../lock/read-images-lock.ts';
import { type Descriptor, parseManifest } from '../manifest.ts';
import { byTagAlone } from '../plan/destination.ts';
import type { Platform } from '../platform.ts';
import { type Digest, formatReference, parseReference, type Reference } from '../reference.ts';
import { madeIndex, type PlatformManifest } from '../shelf/made-index.ts';
import type { Shelf, ShelvedImage, ShelvedManifest } from '../shelf/shelf.ts';
import { type IndexEntry, readLayoutIndex } from './layout-index.ts';
import type { WrapFiles } from './wrap-entry.ts';
import { OWN_DIRECTORY } from './wrap-plan.ts';

/** What a wrap is found to hold. */
export interface OpenedWrap {
  readonly lock: ImagesLock;
  /** The files of the chart, as they are wrapped. */
  readonly chart: ArchiveTree['files'];
  readonly shelf: Shelf;
}

/** What is wrong with a wrap: the entry, and why. */
export interface WrapFault {
  readonly entry: string;
  readonly why: string;
}

/** Reads of the blobs of a wrap: small ones, in memory. */
export type ReadBlob = (digest: Digest) => Promise<Uint8Array>;

/** The platform that a configuration names; undefined for what is no image. */
export type ReadPlatform = (config: Uint8Array) => Platform | undefined;

const FOREIGN = /foreign|nondistributable/;

class Faulty extends Error {
  readonly fault: WrapFault;

  constructor(entry: string, why: string) {
    super(why);
    this.fault = { entry, why };
  }
}

/** One reading of a wrap: what it holds, and what is read of it. */
interface Opening {
  readonly files: WrapFiles;
  readonly read: ReadBlob;
  readonly platformOf: ReadPlatform;
  readonly manifests: Map<Digest, ShelvedManifest>;
  /** All blobs of the wrap, wherever they stand. */
  readonly sizes: ReadonlyMap<Digest, number>;
  /** Manifests below which everything was seen to be there. */
  readonly checked: Set<Digest>;
}

function textOf(files: ReadonlyMap<string, Uint8Array>, name: string): string {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Faulty(name, 'it is not there');
  return Buffer.from(bytes).toString('utf8');
}

function lockOf({ chart }: WrapFiles): ImagesLock {
  const entry = `chart/${IMAGES_LOCK}`;
  const file = chart.get(IMAGES_LOCK);
  if (file === undefined) throw new Faulty(entry, 'it is not there, so nobody knows which images belong to the chart');
  const reading = readImagesLock(file.data.toString('utf8'));
  if (reading.kind === 'unreadable') throw new Faulty(entry, reading.reasons.join('; '));
  const yaml = chart.get('Chart.yaml')?.data.toString('utf8');
  const metadata = yaml === undefined ? undefined : parseMetadata(yaml, undefined);
  if (metadata === undefined) throw new Faulty('chart/Chart.yaml', 'it is not there, or names no chart and version');
  const { name, version } = reading.lock.chart;
  if (metadata.name === name && metadata.version === version) return reading.lock;
  throw new Faulty(entry, `it is of ${name} ${version}, the chart is ${metadata.name} ${metadata.version}`);
}

function blobIn(directory: string, { digest, size }: Pick<Descriptor, 'digest' | 'size'>, { files }: Opening): void {
  const name = `${directory}/blobs/${digest.replace(':', '/')}`;
  const blob = files.blobs.get(name);
  if (blob === undefined) throw new Faulty(name, 'it is not there');
  if (blob.size !== size) throw new Faulty(name, `it has ${blob.size} bytes, and is said to have ${size}`);
}

async function manifestFrom(entry: IndexEntry, place: string, opening: Opening): Promise<ShelvedManifest> {
  const known = opening.manifests.get(entry.digest);
  if (known !== undefined) return known;
  const bytes = await opening.read(entry.digest);
  if (parseManifest(bytes, entry.mediaType) === undefined) throw new Faulty(place, `${entry.digest} is no manifest`);
  const manifest = { digest: entry.digest, mediaType: entry.mediaType, bytes };
  opening.manifests.set(entry.digest, manifest);
  return manifest;
}

function indexEntries(name: string, { files }: Opening): readonly IndexEntry[] {
  const entries = readLayoutIndex(textOf(files.files, name));
  if (entries === undefined) throw new Faulty(name, 'it is no index of an OCI image layout');
  return entries;
}

/** The manifest of one platform of the lock, with everything it needs in its own layout, as dt reads it. */
async function lockedManifest(
  { image }: LockedImage,
  { digest, arch }: LockedPlatform,
  opening: Opening,
): Promise<PlatformManifest> {
  const directory = `images/${digest.slice(digest.indexOf(':') + 1)}.layout`;
  const place = `${directory}/index.json`;
  const [entry, ...more] = indexEntries(place, opening);
  if (entry === undefined || more.length > 0) throw new Faulty(place, 'it must name one manifest');
  if (entry.digest !== digest) throw new Faulty(place, `it names ${entry.digest}, the lock says ${digest}`);
  blobIn(directory, entry, opening);
  const manifest = await manifestFrom(entry, place, opening);
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed?.kind !== 'image') throw new Faulty(place, `${digest} is no image`);
  for (const blob of [parsed.config, ...parsed.layers])
    if (!FOREIGN.test(blob.mediaType)) blobIn(directory, blob, opening);
  const platform = opening.platformOf(await opening.read(parsed.config.digest));
  const [os = '', architecture = ''] = arch.split('/');
  if (platform !== undefined && (platform.os !== os || platform.architecture !== architecture))
    throw new Faulty(place, `it is for ${platform.os}/${platform.architecture}, the lock says ${arch} for ${image}`);
  return { ...manifest, platform: platform ?? { os, architecture, variant: undefined } };
}

async function lockedImage(locked: LockedImage, opening: Opening): Promise<ShelvedImage> {
  const reference = parseReference(locked.image);
  if (reference === undefined) throw new RangeError(`${locked.image} was read as a reference`);
  if (locked.digests.length === 0) {
    const why = `${locked.image} has no digest in it: the wrap was made without images`;
    throw new Faulty(`chart/${IMAGES_LOCK}`, why);
  }
  const platforms: PlatformManifest[] = [];
  for (const one of locked.digests) platforms.push(await lockedManifest(locked, one, opening));
  const { digest, mediaType, bytes } = madeIndex(platforms);
  const top = { digest, mediaType, bytes };
  opening.manifests.set(digest, top);
  const isOriginal = reference.digest === digest;
  return { reference, top, isOriginal, original: isOriginal ? undefined : reference.digest };
}

/** Everything below a manifest has to be in the wrap, wherever that is. */
async function checkBelow(manifest: ShelvedManifest, place: string, opening: Opening): Promise<void> {
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
      await checkBelow(
        await manifestFrom({ digest, size, mediaType, name: undefined, madeFrom: undefined }, place, opening),
        place,
        opening,
      );
  }
}

/** The images that stand in our own directory under their references: as the source had them. */
async function ownImages(opening: Opening): Promise<readonly ShelvedImage[]> {
  const place = `${OWN_DIRECTORY}/index.json`;
  if (!opening.files.files.has(place)) return [];
  const images: ShelvedImage[] = [];
  for (const entry of indexEntries(place, opening)) {
    const reference = entry.name === undefined ? undefined : parseReference(entry.name);
    if (images.some((one) => reference !== undefined && formatReference(one.reference) === formatReference(reference)))
      throw new Faulty(place, `${entry.name} is there twice`);
    if (reference === undefined) throw new Faulty(place, `${entry.digest} has no reference as its name`);
    const top = await manifestFrom(entry, place, opening);
    await checkBelow(top, place, opening);
    images.push({ reference, top, isOriginal: entry.madeFrom === undefined, original: entry.madeFrom });
  }
  return images;
}

/** The text of a reference as a list for dt writes it. */
function textByTag(reference: Reference): string {
  return formatReference(byTagAlone(reference));
}

function digestsBelow(top: ShelvedManifest): readonly Digest[] {
  const parsed = parseManifest(top.bytes, top.mediaType);
  return [top.digest, ...(parsed?.kind === 'index' ? parsed.manifests.map(({ digest }) => digest) : [])];
}

/** What the lock and our own directory say of one reference has to be the same. */
function checkAgreement(locked: LockedImage, { top }: ShelvedImage): void {
  const below = new Set(digestsBelow(top));
  const stray = locked.digests.find(({ digest }) => !below.has(digest));
  if (stray === undefined) return;
  const why = `the lock says ${stray.digest} for ${locked.image}, which is not in ${top.digest}`;
  throw new Faulty(`${OWN_DIRECTORY}/index.json`, why);
}

async function opened(opening: Opening): Promise<OpenedWrap> {
  const lock = lockOf(opening.files);
  const own = await ownImages(opening);
  const known = new Map(
    own.flatMap((one) =>
      [formatReference(one.reference), textByTag(one.reference)].map((text) => [text, one] as const),
    ),
  );
  const rest: ShelvedImage[] = [];
  for (const one of lock.images) {
    const image = await lockedImage(one, opening);
    const twin = known.get(formatReference(image.reference)) ?? known.get(textByTag(image.reference));
    if (twin === undefined) rest.push(image);
    else checkAgreement(one, twin);
  }
  const shelf = { images: [...own, ...rest], manifests: opening.manifests };
  return { lock, chart: opening.files.chart, shelf };
}

/**
 * Checks that a wrap has everything that its lock promises, in the places where dt looks for it, and that its lock is that of
 * its chart. Blobs were checked against their names before. The first fault ends it.
 */
export async function openWrap(
  files: WrapFiles,
  read: ReadBlob,
  platformOf: ReadPlatform,
): Promise<
  { readonly kind: 'opened'; readonly wrap: OpenedWrap } | { readonly kind: 'faulty'; readonly fault: WrapFault }
> {
  const sizes = new Map([...files.blobs.values()].map(({ digest, size }) => [digest, size] as const));
  try {
    return {
      kind: 'opened',
      wrap: await opened({ files, read, platformOf, manifests: new Map(), sizes, checked: new Set() }),
    };
  } catch (error) {
    if (error instanceof Faulty) return { kind: 'faulty', fault: error.fault };
    throw error;
  }
}
