import { type Descriptor, isOtherKind, type Manifest, parseManifest } from '../../domain/manifest.ts';
import { formatPlatform, type Platform, satisfiesPlatform } from '../../domain/platform.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import type { CarriedManifest } from '../../domain/wrap/wrap-plan.ts';
import { MirrorError } from '../../errors.ts';
import type { FetchedManifest, Side } from '../../ports/registry.ts';
import { CONFIG_LIMIT, configPlatform } from '../image-platform.ts';
import type { Run } from '../run.ts';
import { sourceAbsent, sourceDenied } from '../source-errors.ts';

/** The manifest of one platform. `arch` is the platform as dt writes it, without a variant. */
export interface CarriedPlatform extends CarriedManifest {
  readonly arch: string;
  readonly platform: Platform;
}

/** What an image is made of, as far as it is carried. */
export interface ImageContents {
  /** What its reference names at the source. */
  readonly top: CarriedManifest;
  /** Whether all below the top is carried, so that it can be restored. */
  readonly isWhole: boolean;
  /** In the order of the index. */
  readonly platforms: readonly CarriedPlatform[];
  readonly others: readonly CarriedManifest[];
}

interface Found {
  readonly platforms: readonly CarriedPlatform[];
  readonly others: readonly CarriedManifest[];
}

/** Where an image is read. */
export interface Shelf {
  readonly side: Side;
  readonly run: Pick<Run, 'ports' | 'signal'>;
}

// layers that are never in a registry: they are fetched from the address that the manifest names (OCI image-spec, layer.md)
const FOREIGN = /foreign|nondistributable/;

function carried({ digest, mediaType, bytes }: FetchedManifest, blobs: readonly Descriptor[]): CarriedManifest {
  return { digest, mediaType, bytes, blobs };
}

function blobsOf(manifest: Manifest): readonly Descriptor[] {
  if (manifest.kind === 'index') return [];
  return [manifest.config, ...manifest.layers].filter(({ mediaType }) => !FOREIGN.test(mediaType));
}

async function fetchManifest(reference: Reference, { side, run }: Shelf): Promise<FetchedManifest> {
  const answer = await run.ports.registry.manifest(reference, side, run.signal);
  if (answer.kind === 'found') return answer;
  if (side === 'source')
    throw answer.kind === 'absent' ? sourceAbsent(reference, answer.file) : sourceDenied(reference, answer.detail);
  const why = answer.kind === 'absent' ? 'is not there' : `may not be read: ${answer.detail}`;
  throw new MirrorError(`${formatReference(reference)} ${why}`, {
    code: answer.kind === 'absent' ? 'IMAGE_SOURCE_ABSENT' : 'IMAGE_SOURCE_DENIED',
    origin: side,
    hint: 'push it there, or check the credentials',
  });
}

function parsed(reference: Reference, { bytes, mediaType }: FetchedManifest): Manifest {
  const manifest = parseManifest(bytes, mediaType);
  if (manifest !== undefined) return manifest;
  throw new MirrorError(`${formatReference(reference)} has a manifest of an unknown kind (${mediaType})`, {
    code: 'REGISTRY_ANSWER_INVALID',
    origin: 'source',
    hint: isOtherKind(mediaType)
      ? 'what no index usually names cannot be in a file: copy this image without one, or leave it out'
      : 'images of docker schema 1 must be rebuilt by their publisher',
  });
}

/** The platform that an image's own configuration names; undefined for artifacts. */
async function platformOf(source: Reference, config: Descriptor, { side, run }: Shelf): Promise<Platform | undefined> {
  if (!/config\.v1\+json$|container\.image\.v1\+json$/.test(config.mediaType)) return undefined;
  return configPlatform(await run.ports.registry.blob(source, config.digest, CONFIG_LIMIT, side, run.signal));
}

interface Entry {
  readonly source: Reference;
  readonly fetched: FetchedManifest;
  /** As the index above says; undefined where none does. */
  readonly said: Platform | undefined;
  readonly isAttestation: boolean;
}

async function contentsOf({ source, fetched, said, isAttestation }: Entry, shelf: Shelf): Promise<Found> {
  const manifest = parsed(source, fetched);
  const own = carried(fetched, blobsOf(manifest));
  if (manifest.kind === 'image') {
    const platform = isAttestation ? undefined : (said ?? (await platformOf(source, manifest.config, shelf)));
    if (platform === undefined) return { platforms: [], others: [own] };
    const arch = `${platform.os}/${platform.architecture}`;
    return { platforms: [{ ...own, platform, arch }], others: [] };
  }
  const below = { ...source, tag: undefined };
  const found: Found[] = [];
  for (const { digest, platform, isAttestation: attests } of manifest.manifests) {
    const child = { ...below, digest };
    const entry = { source: child, fetched: await fetchManifest(child, shelf), said: platform, isAttestation: attests };
    found.push(await contentsOf(entry, shelf));
  }
  const inner = found.flatMap(({ others }) => others);
  return { platforms: found.flatMap(({ platforms }) => platforms), others: [own, ...inner] };
}

function missing(source: Reference, wanted: readonly Platform[]): MirrorError {
  const named = wanted.map(formatPlatform).join(', ');
  return new MirrorError(`${formatReference(source)} has no ${named}`, {
    code: 'IMAGE_PLATFORM_MISSING',
    origin: 'source',
    hint: 'take a tag that has this platform, or ask for other platforms',
  });
}

/**
 * Reads all manifests of an image, each once. `wanted` are the platforms to carry, none means all; an image that has only
 * some of them is carried with these. An artifact that has no platform is carried whole.
 *
 * @throws MirrorError IMAGE_SOURCE_ABSENT, IMAGE_SOURCE_DENIED, IMAGE_PLATFORM_MISSING, and what the registry throws.
 */
export async function readImage(source: Reference, wanted: readonly Platform[], shelf: Shelf): Promise<ImageContents> {
  const fetched = await fetchManifest(source, shelf);
  const top = carried(fetched, blobsOf(parsed(source, fetched)));
  const { platforms, others } = await contentsOf({ source, fetched, said: undefined, isAttestation: false }, shelf);
  const kept =
    wanted.length === 0
      ? platforms
      : platforms.filter(({ platform }) => wanted.some((one) => satisfiesPlatform(platform, one)));
  if (platforms.length > 0 && kept.length === 0) throw missing(source, wanted);
  const isWhole = kept.length === platforms.length;
  const rest = others.filter(({ digest }) => isWhole && digest !== top.digest);
  const isArtifact = platforms.length === 0 && others.some(({ digest }) => digest === top.digest);
  return { top, isWhole, platforms: kept, others: isArtifact ? [top, ...rest] : rest };
}

/** Every blob of an image that is carried, each once. */
export function blobsToCarry({ platforms, others }: ImageContents): ReadonlyMap<Digest, Descriptor> {
  return new Map([...platforms, ...others].flatMap(({ blobs }) => blobs).map((blob) => [blob.digest, blob] as const));
}

/** What is carried of an image, in bytes, each blob once. */
export function bytesOf(contents: ImageContents): number {
  return [...blobsToCarry(contents).values()].reduce((sum, { size }) => sum + size, 0);
}

/** An older variant runs where a newer one does, so it comes first; none is the oldest. */
function variantOrder({ platform: a }: CarriedPlatform, { platform: b }: CarriedPlatform): number {
  return (a.variant ?? '').localeCompare(b.variant ?? '', 'en', { numeric: true });
}

/**
 * The platforms of an image that dt can tell apart: one of each architecture. A lock gives variants of one architecture the
 * same name, and dt compares only the first of a name when it has pushed (v0.4.12, pkg/imagelock, Diff), so an image with
 * two never passes.
 */
export function platformsForDt({ platforms }: ImageContents): readonly CarriedPlatform[] {
  const chosen = new Map<string, CarriedPlatform>();
  for (const one of platforms) {
    const known = chosen.get(one.arch);
    if (known === undefined || variantOrder(one, known) < 0) chosen.set(one.arch, one);
  }
  const kept = new Set(chosen.values());
  return platforms.filter((one) => kept.has(one));
}
