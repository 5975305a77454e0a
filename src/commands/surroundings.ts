import { join } from 'node:path';
import type { Screen } from '../report/screen.ts';

/** What the process gives a command: passed in, so that nothing below main reads the process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly temporary: string;
  readonly platform: string;
  readonly arch: string;
  /** The version of Node, and of this tool. */
  readonly node: string;
  readonly version: string;
  readonly cores: number;
  /** Whether standard output and error are a terminal on which lines can be redrawn, and whether it takes colour. */
  readonly drawable: boolean;
  readonly color: boolean;
  /** What a summary has to fit into. */
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** The directory for tools and other things worth keeping between runs. */
export function cacheDirectory({ env, home }: Pick<Surroundings, 'env' | 'home'>): string {
  const base = env.XDG_CACHE_HOME || join(home, '.cache');
  return join(base, 'airgap-charts');
}
