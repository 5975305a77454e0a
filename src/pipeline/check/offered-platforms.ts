import { type ImageManifest, type Manifest, type PlatformDescriptor, parseManifest } from '../../domain/manifest.ts';
import { type Platform, satisfiesPlatform } from '../../domain/platform.ts';
import { formatReference, type Reference } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { FetchedManifest, Lookup } from '../../ports/registry.ts';
import { CONFIG_LIMIT, configPlatform } from '../image-platform.ts';
import type { JudgingRun } from './check-run.ts';

/** What an image has of the platforms that are wanted. Nothing is missing where the image names no platform at all. */
export interface OfferedPlatforms {
  readonly platforms: readonly Platform[];
  readonly missing: readonly Platform[];
}

const CONFIG = /config\.v1\+json$|container\.image\.v1\+json$/;
const DEEPEST = 2;

function unknownKind(reference: Reference, { mediaType }: FetchedManifest): MirrorError {
  return new MirrorError(`${formatReference(reference)} has a manifest of an unknown kind (${mediaType})`, {
    code: 'REGISTRY_ANSWER_INVALID',
    origin: 'destination',
    hint: 'images of docker schema 1 must be rebuilt by their publisher',
  });
}

/** Of artifacts, whose config is none of an image, there is no platform. */
async function imagePlatforms(
  reference: Reference,
  { config }: ImageManifest,
  run: JudgingRun,
): Promise<readonly Platform[]> {
  if (!CONFIG.test(config.mediaType)) return [];
  const bytes = await run.registry.blob(reference, config.digest, CONFIG_LIMIT, 'destination', run.signal);
  const platform = configPlatform(bytes);
  return platform === undefined || platform.os === 'unknown' ? [] : [platform];
}

/** The platforms of a manifest. An index that names none has those of its children. */
async function platformsOf(
  reference: Reference,
  manifest: Manifest,
  run: JudgingRun,
  depth = 0,
): Promise<readonly Platform[]> {
  if (manifest.kind === 'image') return imagePlatforms(reference, manifest, run);
  const named = manifest.manifests.flatMap(({ platform }) => platform ?? []);
  if (named.length > 0 || depth === DEEPEST) return named;
  const found: Platform[] = [];
  for (const { digest } of manifest.manifests) {
    const child = { ...reference, tag: undefined, digest };
    const answer = await run.registry.manifest(child, 'destination', run.signal);
    const parsed = answer.kind === 'found' ? parseManifest(answer.bytes, answer.mediaType) : undefined;
    if (parsed !== undefined) found.push(...(await platformsOf(child, parsed, run, depth + 1)));
  }
  return found;
}

/** What an index names for a platform. */
function childFor(manifest: Manifest, wanted: Platform): PlatformDescriptor | undefined {
  if (manifest.kind === 'image') return undefined;
  return manifest.manifests.find(({ platform }) => platform !== undefined && satisfiesPlatform(platform, wanted));
}

/** Whether the registry lacks the manifest that an index names for a platform: an index may be there without its children. */
async function isChildLost(
  reference: Reference,
  manifest: Manifest,
  wanted: Platform,
  run: JudgingRun,
): Promise<boolean> {
  const child = childFor(manifest, wanted);
  if (child === undefined) return false;
  const named = { ...reference, tag: undefined, digest: child.digest };
  return (await run.registry.head(named, 'destination', run.signal)).kind !== 'found';
}

/**
 * Reads which platforms an image offers, from its index or from its config, and which of the wanted ones it lacks. The
 * manifest is read by a reference that is known to be there; when it is gone or refused now, that answer is returned.
 *
 * @throws MirrorError REGISTRY_ANSWER_INVALID for a manifest of an unknown kind, and what the registry throws.
 */
export async function offeredPlatforms(
  reference: Reference,
  run: JudgingRun,
): Promise<OfferedPlatforms | Exclude<Lookup, { kind: 'found' }>> {
  const answer = await run.registry.manifest(reference, 'destination', run.signal);
  if (answer.kind !== 'found') return answer;
  const manifest = parseManifest(answer.bytes, answer.mediaType);
  if (manifest === undefined) throw unknownKind(reference, answer);
  const named = await platformsOf(reference, manifest, run);
  const lost: Platform[] = [];
  for (const wanted of run.platforms) if (await isChildLost(reference, manifest, wanted, run)) lost.push(wanted);
  const platforms = named.filter((one) => !lost.some((wanted) => satisfiesPlatform(one, wanted)));
  const isMissing = (wanted: Platform): boolean => !platforms.some((one) => satisfiesPlatform(one, wanted));
  return { platforms, missing: named.length === 0 ? [] : run.platforms.filter(isMissing) };
}
