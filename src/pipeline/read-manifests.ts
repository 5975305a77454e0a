import {
  type ImageManifest,
  isOtherKind,
  type Manifest,
  type PlatformDescriptor,
  parseManifest,
} from '../domain/manifest.ts';
import { type Platform, satisfiesPlatform } from '../domain/platform.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import type { FetchedManifest, Side } from '../ports/registry.ts';
import { applySizePolicy } from './apply-policy.ts';
import { isToCopy } from './copy.ts';
import { failUsers } from './fail-users.ts';
import type { ImageItem } from './image-item.ts';
import { CONFIG_LIMIT, configPlatform, platformMissing } from './image-platform.ts';
import type { Run } from './run.ts';
import { sourceAbsent, sourceDenied } from './source-errors.ts';

interface Blob {
  readonly digest: Digest;
  readonly size: number;
}

interface Contents {
  /** Those below and itself. */
  readonly manifests: readonly Blob[];
  readonly blobs: readonly Blob[];
  readonly platforms: readonly Platform[];
}

/** Where manifests are read: the source for what is copied, the target for what it already has. */
interface Shelf {
  readonly reference: Reference;
  readonly side: Side;
}

async function fetchAt({ reference, side }: Shelf, digest: Digest, run: Run): Promise<FetchedManifest> {
  const named = { ...reference, digest };
  const answer = await run.ports.registry.manifest(named, side, run.signal);
  if (answer.kind === 'absent') throw sourceAbsent(named, answer.file);
  if (answer.kind === 'denied') throw sourceDenied(named, answer.detail);
  return answer;
}

function unknownKind(reference: Reference, { mediaType }: FetchedManifest, side: Side): MirrorError {
  return new MirrorError(`${formatReference(reference)} has a manifest of an unknown kind (${mediaType})`, {
    code: 'REGISTRY_ANSWER_INVALID',
    origin: side,
    hint: 'images of docker schema 1 must be rebuilt by their publisher',
  });
}

async function imagePlatforms(shelf: Shelf, { config }: ImageManifest, run: Run): Promise<readonly Platform[]> {
  if (!/config\.v1\+json$|container\.image\.v1\+json$/.test(config.mediaType)) return [];
  const { reference, side } = shelf;
  const platform = configPlatform(
    await run.ports.registry.blob(reference, config.digest, CONFIG_LIMIT, side, run.signal),
  );
  return platform === undefined ? [] : [platform];
}

function blobsOf({ config, layers }: ImageManifest): readonly Blob[] {
  return [config, ...layers].map(({ digest, size }) => ({ digest, size }));
}

type Parts = Pick<Contents, 'manifests' | 'blobs'>;

/** What an index names. Of what is none of the kinds that are known here there may be a blob only; that is copied as it is. */
async function partsOf(shelf: Shelf, { digest, size, mediaType }: PlatformDescriptor, run: Run): Promise<Parts> {
  const named = { ...shelf.reference, digest };
  const isOther = isOtherKind(mediaType);
  const found = isOther ? await run.ports.registry.manifest(named, shelf.side, run.signal) : undefined;
  if (found?.kind === 'absent') return { manifests: [], blobs: [{ digest, size }] };
  const answer = found?.kind === 'found' ? found : await fetchAt(shelf, digest, run);
  const own = { digest, size: answer.bytes.length };
  const child = parseManifest(answer.bytes, answer.mediaType);
  if (child === undefined && !(isOther && isOtherKind(answer.mediaType))) throw unknownKind(named, answer, shelf.side);
  if (child?.kind !== 'index') return { manifests: [own], blobs: child === undefined ? [] : blobsOf(child) };
  const below = await partsBelow(shelf, child.manifests, run);
  return { manifests: [own, ...below.manifests], blobs: below.blobs };
}

async function partsBelow(shelf: Shelf, children: readonly PlatformDescriptor[], run: Run): Promise<Parts> {
  const parts = await Promise.all(children.map((child) => partsOf(shelf, child, run)));
  return { manifests: parts.flatMap(({ manifests }) => manifests), blobs: parts.flatMap(({ blobs }) => blobs) };
}

async function contentsOf(shelf: Shelf, top: FetchedManifest, manifest: Manifest, run: Run): Promise<Contents> {
  const own = { digest: top.digest, size: top.bytes.length };
  if (manifest.kind === 'image')
    return { manifests: [own], blobs: blobsOf(manifest), platforms: await imagePlatforms(shelf, manifest, run) };
  const place = { ...shelf, reference: { ...shelf.reference, tag: undefined } };
  const below = await partsBelow(place, manifest.manifests, run);
  return {
    manifests: [own, ...below.manifests],
    blobs: below.blobs,
    platforms: manifest.manifests.flatMap(({ platform }) => (platform === undefined ? [] : [platform])),
  };
}

function eachOnce(parts: readonly Blob[]): readonly Blob[] {
  return [...new Map(parts.map((part) => [part.digest, part])).values()];
}

/** Whether an image's manifests have to be read: what is copied, and what must have certain platforms, or no more than some bytes. */
export function isToRead(image: ImageItem, { options: { scanOnly, policy } }: Run): boolean {
  const isBound = image.required.length > 0 || policy?.largestImage != null;
  if (isToCopy(image)) return isBound || !scanOnly;
  return isBound && image.failure === undefined && image.state.kind === 'cleared';
}

/**
 * Reads the manifests of an image that is to be copied: they are kept for the copy, and tell bytes and platforms. This
 * comes after everything that HEAD requests can refuse, since manifests count against quotas. A platform that somebody
 * needs and that is not there fails the charts that use the image. So does what cannot be read, but for errors after which an image
 * may stay as it is, with nothing known of what it is made of.
 */
export async function readManifests(
  image: ImageItem,
  run: Run,
  mayStayUnknown: (error: MirrorError) => boolean = () => false,
): Promise<void> {
  const { state } = image;
  if (state.kind !== 'cleared') return;
  try {
    const shelf: Shelf =
      state.decision.kind === 'copy'
        ? { reference: image.source, side: 'source' }
        : { reference: image.destination, side: 'destination' };
    const answer = await fetchAt(shelf, state.digest, run);
    const manifest = parseManifest(answer.bytes, answer.mediaType);
    if (manifest === undefined) throw unknownKind(shelf.reference, answer, shelf.side);
    const contents = await contentsOf(shelf, answer, manifest, run);
    const missing = image.required.find(
      (wanted) => contents.platforms.length > 0 && !contents.platforms.some((one) => satisfiesPlatform(one, wanted)),
    );
    if (missing !== undefined) throw platformMissing(image, missing, run);
    image.platforms = contents.platforms;
    image.manifests = eachOnce(contents.manifests);
    image.blobs = eachOnce(contents.blobs);
    const bytes = image.blobs.reduce((sum, { size }) => sum + size, 0);
    applySizePolicy(image.source, bytes, run.options.policy);
    image.state = { ...state, bytes };
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    const error = toMirrorError(thrown);
    if (mayStayUnknown(error)) return;
    image.state = { kind: 'failed' };
    failUsers(image, error);
    throw error;
  }
}
