import type { ArchiveTree } from '../chart/archive-tree.ts';
import { parseMetadata } from '../chart/metadata.ts';
import { IMAGES_LOCK, type ImagesLock, type LockedImage, type LockedPlatform } from '../lock/images-lock.ts';
import { readImagesLock } from '../lock/read-images-lock.ts';
import { parseManifest } from '../manifest.ts';
import { byTagAlone } from '../plan/destination.ts';
import { type Digest, formatReference, parseReference, type Reference } from '../reference.ts';
import { madeIndex, type PlatformManifest } from '../shelf/made-index.ts';
import type { Shelf, ShelvedImage, ShelvedManifest } from '../shelf/shelf.ts';
import { type LeftOut, withDtArtifacts } from './dt-artifacts.ts';
import {
  blobIn,
  checkBelow,
  Faulty,
  FOREIGN,
  indexEntries,
  manifestFrom,
  type Opening,
  onlyEntry,
  type ReadBlob,
  type ReadPlatform,
  smallBlob,
  type WrapFault,
} from './opening.ts';
import type { WrapFiles } from './wrap-entry.ts';
import { OWN_DIRECTORY } from './wrap-plan.ts';

/** What a wrap is found to hold. */
export interface OpenedWrap {
  readonly lock: ImagesLock;
  /** The files of the chart, as they are wrapped. */
  readonly chart: ArchiveTree['files'];
  readonly shelf: Shelf;
  /** What the wrap has and nobody could use. */
  readonly left: readonly LeftOut[];
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

/** The manifest of one platform of the lock, with everything it needs in its own layout, as dt reads it. */
async function lockedManifest(
  { image }: LockedImage,
  { digest, arch }: LockedPlatform,
  opening: Opening,
): Promise<PlatformManifest> {
  const directory = `images/${digest.slice(digest.indexOf(':') + 1)}.layout`;
  const place = `${directory}/index.json`;
  const entry = onlyEntry(place, opening);
  if (entry.digest !== digest) throw new Faulty(place, `it names ${entry.digest}, the lock says ${digest}`);
  blobIn(directory, entry, opening);
  const manifest = await manifestFrom(entry, place, opening);
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed?.kind !== 'image') throw new Faulty(place, `${digest} is no image`);
  for (const blob of [parsed.config, ...parsed.layers])
    if (!FOREIGN.test(blob.mediaType)) blobIn(directory, blob, opening);
  const platform = opening.platformOf(await smallBlob(parsed.config.digest, place, opening));
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

/** Charts of one wrap may name the same image, and each brings what belongs to it. */
function distinct(images: readonly ShelvedImage[]): readonly ShelvedImage[] {
  const found = new Map<string, ShelvedImage>();
  for (const one of images) {
    const text = formatReference(one.reference);
    const { digest } = found.get(text)?.top ?? one.top;
    if (digest !== one.top.digest)
      throw new Faulty(`chart/${IMAGES_LOCK}`, `${text} is there twice, as ${digest} and as ${one.top.digest}`);
    if (found.get(text)?.isOriginal !== true) found.set(text, one);
  }
  return [...found.values()];
}

async function opened(opening: Opening): Promise<OpenedWrap> {
  const lock = lockOf(opening.files);
  const own = await ownImages(opening);
  const known = new Map(
    // what is named so stands before what is only meant by its tag
    [textByTag, formatReference].flatMap((textOf) => own.map((one) => [textOf(one.reference), one] as const)),
  );
  const rest: ShelvedImage[] = [];
  const left: LeftOut[] = [];
  for (const one of lock.images) {
    const image = await lockedImage(one, opening);
    const twin = known.get(formatReference(image.reference)) ?? known.get(textByTag(image.reference));
    if (twin !== undefined) checkAgreement(one, twin);
    else {
      const whole = await withDtArtifacts(one, image, opening);
      rest.push(whole.image, ...whole.artifacts);
      left.push(...whole.left);
    }
  }
  const shelf = { images: [...own, ...distinct(rest)], manifests: opening.manifests };
  return { lock, chart: opening.files.chart, shelf, left };
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
