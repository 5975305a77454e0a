import { type FoundTool, requireTool } from '../adapters/tools/find.ts';
import type { CopyEngine } from '../config/settings.ts';
import { TOOLS } from '../domain/tool.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

/** The programs of a run with charts. */
export interface Tools {
  readonly helm: FoundTool;
  /** Undefined where images are copied without it. */
  readonly crane: FoundTool | undefined;
}

/**
 * What copies images, where it is a program; undefined where it is this tool itself.
 *
 * @throws MirrorError when it is missing or too old.
 */
export async function findCrane(around: Surroundings, engine: CopyEngine): Promise<FoundTool | undefined> {
  if (engine === 'native') return undefined;
  const places = { searchPath: around.env.PATH, cacheDir: cacheDirectory(around), signal: around.signal };
  return requireTool(TOOLS.crane, places);
}

/**
 * The programs that a run with charts needs, as they are found on this machine.
 *
 * @throws MirrorError when one is missing or too old.
 */
export async function findTools(around: Surroundings, engine: CopyEngine): Promise<Tools> {
  const places = { searchPath: around.env.PATH, cacheDir: cacheDirectory(around), signal: around.signal };
  return { helm: await requireTool(TOOLS.helm, places), crane: await findCrane(around, engine) };
}
