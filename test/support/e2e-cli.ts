import { join } from 'node:path';
import { ROOT } from './shared-charts.ts';

/** Arguments of Node with room for all that a start allocates: nothing is collected during it, a tenth of a short run. */
export const NODE_FLAGS: readonly string[] = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

/** The arguments of Node that run the command line as it ships; test/build.ts has built it. */
export const CLI: readonly string[] = [...NODE_FLAGS, join(ROOT, 'dist', 'main.js')];

/** The arguments of Node that run it from its sources. */
export const SOURCE_CLI: readonly string[] = [...NODE_FLAGS, join(ROOT, 'src', 'main.ts')];

/**
 * Where Node keeps what it has compiled (NODE_COMPILE_CACHE). Every run of every machine begins with the same sources, and
 * to compile them takes longer than all else that a short run does. What is kept is found by the content of a source.
 */
export const COMPILED = join(ROOT, '.cache', 'compiled');
