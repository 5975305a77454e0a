import type { LockedImage } from '../lock/images-lock.ts';
import { parseManifest } from '../manifest.ts';
import { type Digest, formatReference, parseDigest, parseReference, type Reference } from '../reference.ts';
import type { ShelvedImage, ShelvedManifest } from '../shelf/shelf.ts';
import { checkBelow, manifestFrom, type Opening, onlyEntry, SMALL_BLOB } from './opening.ts';

/** Something in a wrap that is not pushed, and why. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

/** What dt took along of what belongs to one image. */
interface Kept {
  readonly signature: ShelvedManifest | undefined;
  readonly metadata: ShelvedManifest | undefined;
  readonly metadataSignature: ShelvedManifest | undefined;
}

// cosign, specs/SIGNATURE_SPEC.md, "Simple Signing"
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** The layout in which dt keeps an artifact (v0.4.12, pkg/artifacts, getImageArtifactsDir): by tag, or hex of the digest. */
async function keptIn(directory: string, opening: Opening): Promise<ShelvedManifest | undefined> {
  const place = `${directory}/index.json`;
  if (!opening.files.files.has(place)) return undefined;
  const manifest = await manifestFrom(onlyEntry(place, opening), place, opening);
  await checkBelow(manifest, place, opening);
  return manifest;
}

async function keptOf({ chart, name }: LockedImage, image: Reference, opening: Opening): Promise<Kept> {
  const word = image.digest?.slice(image.digest.indexOf(':') + 1) ?? image.tag ?? 'latest';
  const stem = `artifacts/images/${chart}/${name}/${word}`;
  return {
    signature: await keptIn(`${stem}.sig`, opening),
    metadata: await keptIn(`${stem}.metadata`, opening),
    metadataSignature: await keptIn(`${stem}.metadata.sig`, opening),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The digest that the payload of a signature names; undefined where it names none. */
function signedIn(payload: Uint8Array): Digest | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    const critical = isRecord(value) ? value.critical : undefined;
    const image = isRecord(critical) ? critical.image : undefined;
    const digest = isRecord(image) ? image['docker-manifest-digest'] : undefined;
    return typeof digest === 'string' ? parseDigest(digest) : undefined;
  } catch {
    return undefined;
  }
}

/** What the image was called at the source, by its signature: dt keeps no index, but the signature names its digest. */
async function signedDigest({ signature }: Kept, { read, sizes }: Opening): Promise<Digest | undefined> {
  const parsed = signature === undefined ? undefined : parseManifest(signature.bytes, signature.mediaType);
  const layers = parsed?.kind === 'image' ? parsed.layers : [];
  const payload = layers.find(({ mediaType }) => mediaType === SIMPLE_SIGNING);
  const size = payload === undefined ? undefined : sizes.get(payload.digest);
  if (payload === undefined || size === undefined || size > SMALL_BLOB) return undefined;
  return signedIn(await read(payload.digest));
}

function besides(image: Reference, digest: Digest, suffix: string, top: ShelvedManifest): ShelvedImage {
  const tag = `${digest.replace(':', '-')}.${suffix}`;
  return { reference: { ...image, tag, digest: undefined }, top, isOriginal: true, original: undefined };
}

function namesOf({ signature, metadata }: Kept): string {
  return [...(signature === undefined ? [] : ['signature']), ...(metadata === undefined ? [] : ['metadata'])].join(
    ' and ',
  );
}

/** An image with what belongs to it, as far as it still belongs to what the image is now. */
export interface WithArtifacts {
  readonly image: ShelvedImage;
  readonly artifacts: readonly ShelvedImage[];
  readonly left: readonly LeftOut[];
}

/**
 * What dt took along of an image, under the tags that it has beside it. A signature is for one digest: where the image has another
 * one now, since dt does not keep indexes, it would be worth nothing, and is left out. Where the digest is the signed one, the
 * image is surely as at the source.
 */
export async function withDtArtifacts(
  locked: LockedImage,
  image: ShelvedImage,
  opening: Opening,
): Promise<WithArtifacts> {
  const reference = parseReference(locked.image) ?? image.reference;
  const kept = await keptOf(locked, reference, opening);
  const names = namesOf(kept);
  if (names === '') return { image, artifacts: [], left: [] };
  const signed = await signedDigest(kept, opening);
  const { digest } = image.top;
  if (signed !== digest) {
    const of = signed === undefined ? 'a digest that is not told' : signed;
    const why = `it is for ${of}, and the image is ${digest} now`;
    return { image, artifacts: [], left: [{ what: `${names} of ${formatReference(reference)}`, why }] };
  }
  const { signature, metadata, metadataSignature } = kept;
  const artifacts = [
    ...(signature === undefined ? [] : [besides(reference, digest, 'sig', signature)]),
    ...(metadata === undefined ? [] : [besides(reference, digest, 'metadata', metadata)]),
    ...(metadata === undefined || metadataSignature === undefined
      ? []
      : [besides(reference, metadata.digest, 'sig', metadataSignature)]),
  ];
  return { image: { ...image, isOriginal: true, original: undefined }, artifacts, left: [] };
}
