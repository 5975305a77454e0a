import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRefusal, type OpenCache, openResultCache } from '../adapters/result-cache.ts';
import { rulesDigest } from '../adapters/rules.ts';
import type { CacheSetting, Settings } from '../config/settings.ts';
import { digestOf } from '../domain/manifest.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

function parentOf(setting: Exclude<CacheSetting, { kind: 'none' }>, around: Surroundings): string {
  return setting.kind === 'named' ? setting.directory : cacheDirectory(around);
}

/** The directories that keep what images are made of: that of the output, and the cache where there is one. */
export function contentsDirectories(
  { outputDir, cache }: Pick<Settings, 'outputDir' | 'cache'>,
  around: Surroundings,
): readonly string[] {
  return cache.kind === 'none' ? [outputDir] : [outputDir, join(parentOf(cache, around), 'images')];
}

/**
 * Opens the cache of results for this helm, told by its bytes: versions of builds may say little. Nobody has asked for the
 * user's own cache, so where that one cannot be had the run goes on without, and says so in one line.
 *
 * @throws MirrorError CACHE_REFUSED for a directory that was named, when it cannot be used, or when helm or our own sources
 * cannot be read, without which results of other runs are not told apart.
 */
export async function openCache(
  setting: CacheSetting,
  helmPath: string,
  around: Surroundings,
  complain: (why: string) => void,
): Promise<OpenCache | undefined> {
  if (setting.kind === 'none') return undefined;
  const directory = join(parentOf(setting, around), 'results');
  try {
    return await openResultCache({
      directory,
      rules: await rulesDigest(),
      helm: digestOf(await readFile(helmPath)),
      now: around.now,
      complain,
    });
  } catch (error) {
    const refusal = cacheRefusal(directory, error);
    if (setting.kind === 'named') throw refusal;
    complain(`nothing is kept for the next run: ${refusal.message}`);
    return undefined;
  }
}
