import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenCache, openResultCache } from '../adapters/result-cache.ts';
import { rulesDigest } from '../adapters/rules.ts';
import type { CacheSetting } from '../config/settings.ts';
import { digestOf } from '../domain/manifest.ts';
import { MirrorError } from '../errors.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

/**
 * Opens the cache of results for this helm, told by its bytes: versions of builds may say little. A machine without a place of the user's own keeps none, which is told.
 *
 * @throws MirrorError CACHE_REFUSED for a directory that was named and cannot be used.
 */
export async function openCache(
  setting: CacheSetting,
  helmPath: string,
  around: Surroundings,
  complain: (why: string) => void,
): Promise<OpenCache | undefined> {
  if (setting.kind === 'none') return undefined;
  const parent = setting.kind === 'named' ? setting.directory : cacheDirectory(around);
  try {
    return await openResultCache({
      directory: join(parent, 'results'),
      rules: await rulesDigest(),
      helm: digestOf(await readFile(helmPath)),
      now: around.now,
      complain,
    });
  } catch (error) {
    if (setting.kind === 'named' || !(error instanceof MirrorError)) throw error;
    complain(`nothing is kept for the next run: ${error.message}`);
    return undefined;
  }
}
