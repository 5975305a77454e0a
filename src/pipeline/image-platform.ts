import { parseManifest } from '../domain/manifest.ts';
import { formatPlatform, type Platform, satisfiesPlatform } from '../domain/platform.ts';
import { type Digest, formatReference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { ImageItem } from './image-item.ts';
import type { ReleaseItem } from './release-item.ts';
import type { Run } from './run.ts';

/** The child of an index for a platform, or what a single image is; undefined when the platform is not there. */
export async function childFor(image: ImageItem, platform: Platform, run: Run): Promise<Digest | undefined> {
  const answer = await run.ports.registry.manifest(image.source, 'source', run.signal);
  if (answer.kind !== 'found') return undefined;
  const manifest = parseManifest(answer.bytes, answer.mediaType);
  if (manifest?.kind === 'index') {
    return manifest.manifests.find((one) => one.platform !== undefined && satisfiesPlatform(one.platform, platform))
      ?.digest;
  }
  if (manifest === undefined) return undefined;
  const config = await run.ports.registry.blob(
    image.source,
    manifest.config.digest,
    CONFIG_LIMIT,
    'source',
    run.signal,
  );
  const offered = configPlatform(config);
  return offered === undefined || satisfiesPlatform(offered, platform) ? answer.digest : undefined;
}

/** The largest configuration of an image that is read, in bytes. */
export const CONFIG_LIMIT = 4 * 1024 * 1024;

/** The platform an image's configuration names; undefined for artifacts, which have none. */
export function configPlatform(config: Uint8Array): Platform | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(config).toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { os, architecture, variant } = value as { os?: unknown; architecture?: unknown; variant?: unknown };
    if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
    return { os, architecture, variant: typeof variant === 'string' ? variant : undefined };
  } catch {
    return undefined;
  }
}

/** The platforms that a release asks for: its own, else that of the run; none means whole images. */
export function askedPlatforms({ addon }: ReleaseItem, run: Run): readonly Platform[] {
  const { platform } = run.options;
  if (addon.platforms.length > 0) return addon.platforms;
  return platform === undefined ? [] : [platform];
}

/** An image without a platform that releases ask for; they are named. */
export function platformMissing(image: ImageItem, platform: Platform, run: Run): MirrorError {
  const named = formatPlatform(platform);
  const askers = image.users
    .map(({ release }) => release)
    .filter((release) => askedPlatforms(release, run).some((one) => formatPlatform(one) === named))
    .map(({ addon }) => addon.release);
  const by = askers.length === 0 ? '' : `, which ${[...new Set(askers)].join(', ')} asked for`;
  return new MirrorError(`${formatReference(image.source)} has no ${named}${by}`, {
    code: 'IMAGE_PLATFORM_MISSING',
    origin: 'source',
    hint: 'take a tag that has this platform, or ask for other platforms',
  });
}
