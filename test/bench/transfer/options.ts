import { parseArgs } from 'node:util';
import { TOOL_NAMES } from './tools/all.ts';
import type { Profile } from './world.ts';

/** What the benchmark is asked for. */
export interface BenchOptions {
  /** Undefined: all that are there. */
  readonly tools: readonly string[] | undefined;
  readonly profile: Profile;
  readonly runs: number;
  /** How many bytes all images have. */
  readonly bytes: number;
  /** How many images, one after the other; undefined is a comparison of tools instead. */
  readonly growth: readonly number[] | undefined;
}

/** What can be given. */
export const USAGE = `usage: npm run bench -- [--small] [--profile local|cloud] [--tools a,b] [--runs N] [--growth]

  --small                     images of about 60 MB instead of 800 MB
  --profile local|cloud       without delay (default), or 40 ms to the source and 15 ms to the target
  --bandwidth MIB             MiB per second and direction for all connections of one side
  --connection-bandwidth MIB  the same for each connection
  --tools a,b                 of ${TOOL_NAMES.join(', ')} (default: those that are there)
  --runs N                    medians of so many runs (default: 3)
  --growth                    our engine with more and more small images
  --sizes a,b                 how many, with --growth (default: 40,400,4000)`;

const DELAYS: Readonly<Record<string, readonly [number, number]>> = { local: [0, 0], cloud: [40, 15] };
const SMALL = 60e6;
const FULL = 800e6;

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${flag} ${text} is no positive number`);
  return value;
}

function whole(flag: string, text: string): number {
  const value = positive(flag, text);
  if (!Number.isInteger(value)) throw new Error(`--${flag} ${text} is no whole number`);
  return value;
}

function rate(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : positive(flag, text) * 1024 ** 2;
}

/**
 * Reads the arguments; undefined when only help is wanted.
 *
 * @throws Error for what it does not know.
 */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      small: { type: 'boolean', default: false },
      profile: { type: 'string', default: 'local' },
      bandwidth: { type: 'string' },
      'connection-bandwidth': { type: 'string' },
      tools: { type: 'string' },
      runs: { type: 'string', default: '3' },
      growth: { type: 'boolean', default: false },
      sizes: { type: 'string', default: '40,400,4000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const delays = DELAYS[values.profile];
  if (delays === undefined) throw new Error(`--profile ${values.profile} is neither local nor cloud`);
  const tools = values.tools?.split(',');
  const unknown = tools?.find((name) => !TOOL_NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`--tools ${unknown} is none of ${TOOL_NAMES.join(', ')}`);
  const [sourceDelayMs, targetDelayMs] = delays;
  const connectionRate = rate('connection-bandwidth', values['connection-bandwidth']);
  const totalRate = rate('bandwidth', values.bandwidth);
  const sizes = values.sizes.split(',').map((text) => whole('sizes', text));
  return {
    tools,
    profile: { name: values.profile, sourceDelayMs, targetDelayMs, connectionRate, totalRate },
    runs: whole('runs', values.runs),
    bytes: values.small ? SMALL : FULL,
    growth: values.growth ? sizes.toSorted((a, b) => a - b) : undefined,
  };
}
