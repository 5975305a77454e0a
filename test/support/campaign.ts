import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Field, inspect, leftBehind, onFullDisk, startField } from './campaign-field.ts';
import { type Chance, chanceOf, oneOf, type Trouble } from './chaos.ts';
import type { CliResult, Machine } from './e2e-machine.ts';

/** What one scenario came to. */
export interface Scenario {
  readonly seed: string;
  /** How each run ended; undefined for one that was killed. */
  readonly codes: readonly (number | undefined)[];
  /** What was wrong; empty when all was right. */
  readonly wrong: readonly string[];
  readonly isSmall: boolean;
  readonly withArtifacts: boolean;
}

/** What a campaign came to. */
export interface Campaign {
  readonly scenarios: readonly Scenario[];
  readonly runs: number;
  readonly kills: number;
  /** Runs whose output directory had no room; where no such disk can be made, it had. */
  readonly fullDisks: number;
  /** Chunks of layers that came to the target. */
  readonly chunks: number;
  readonly troubles: ReadonlyMap<Trouble, number>;
}

const RUNS = 4;
const PATIENCE_MS = 120_000;

/** How one run goes. */
interface Course {
  /** Images of a list, or a chart with them. */
  readonly kind: 'copy' | 'mirror';
  readonly killAfterMs: number | undefined;
  /** The output directory is on a disk without room. */
  readonly isFull: boolean;
  /** Chunks and patience of the program are small. */
  readonly isSmall: boolean;
  /** What belongs to the images comes along. */
  readonly withArtifacts: boolean;
}

/** Longer than the patience of a program with small bounds. */
const LONG_STALL_MS = 3_500;
const SMALL_BOUNDS = { NODE_OPTIONS: `--import ${new URL('small-bounds.ts', import.meta.url).href}` };

async function oneRun(field: Field, path: string, course: Course): Promise<CliResult> {
  const { kind, killAfterMs, isFull, isSmall, withArtifacts } = course;
  const { machine, source, target, samples } = field;
  const lines = samples.map(({ repository, tag }) => `${source.host}/${repository}:${tag}\n`);
  const list = await machine.write(`${path}.txt`, lines.join(''));
  const out = `out-${path}`;
  const what = kind === 'copy' ? ['copy', '--images', list] : ['mirror', '--catalog', 'catalog.yaml', '--no-cache'];
  const where = ['--target-registry', `${target.host}/${path}`, '--plain-http', '--output-dir', out];
  const before = isFull ? onFullDisk(join(machine.work, out)) : undefined;
  const flags = ['--engine', 'native', '--artifacts', withArtifacts ? 'all' : 'none'];
  const env = isSmall ? SMALL_BOUNDS : {};
  const running = machine.start([...what, ...flags, ...where], {
    env,
    fromSource: isSmall,
    ...(before === undefined ? {} : { before }),
  });
  const timers = [setTimeout(() => running.interrupt('SIGKILL'), PATIENCE_MS)];
  if (killAfterMs !== undefined) timers.push(setTimeout(() => running.interrupt('SIGKILL'), killAfterMs));
  const result = await running.ended;
  for (const timer of timers) clearTimeout(timer);
  return result;
}

/** The workspaces of runs. One that was killed cannot remove its own. */
async function workspaces({ temporary }: Machine): Promise<readonly string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith('airgap-charts'));
}

function complaintOf(code: number | undefined, isWhole: boolean, isKilled: boolean): readonly string[] {
  if (code === 0 && !isWhole) return ['a run ended with 0, and something is not there'];
  if (code === undefined && !isKilled) return ['a run did not end by itself'];
  if (code !== undefined && code !== 0 && code !== 1) return [`a run ended with ${code}`];
  return [];
}

async function scenario(
  field: Field,
  seed: string,
): Promise<Scenario & { readonly kills: number; readonly fullDisks: number }> {
  const chance: Chance = chanceOf(seed);
  const path = `s${seed.replace(/[^a-z0-9]/g, '-')}`;
  const kind = oneOf(['copy', 'copy', 'mirror'] as const, chance);
  // from a stream of their own, so that a seed makes the same trouble as ever
  const more: Chance = chanceOf(`${seed} further`);
  const isSmall = more() < 0.5;
  const withArtifacts = more() < 0.5;
  const stallMs = isSmall ? LONG_STALL_MS : undefined;
  const wrong: string[] = [];
  const codes: (number | undefined)[] = [];
  let kills = 0;
  let fullDisks = 0;
  for (let run = 0; run <= RUNS; run += 1) {
    const isLast = run === RUNS;
    const share = isLast ? 0 : oneOf([0.02, 0.05, 0.1, 0.2], chance);
    field.source.trouble(share * (isLast ? 0 : oneOf([0, 1, 1], chance)), chance, stallMs);
    field.target.trouble(share * (isLast ? 0 : oneOf([0, 1, 1], chance)), chance, stallMs);
    const killAfterMs = !isLast && chance() < 0.4 ? 150 + chance() * (kind === 'copy' ? 2_000 : 4_000) : undefined;
    const isFull = !isLast && chance() < 0.15;
    const before = await workspaces(field.machine);
    const { code, stderr } = await oneRun(field, path, {
      ...{ kind, killAfterMs, isFull, withArtifacts },
      isSmall: isSmall && !isLast,
    });
    if (code === undefined) kills += 1;
    if (isFull) fullDisks += 1;
    codes.push(code);
    const { isWhole, wrong: found } = await inspect(field, path, { withChart: kind === 'mirror', withArtifacts });
    wrong.push(...found, ...complaintOf(code, isWhole, killAfterMs !== undefined));
    const left = (await workspaces(field.machine)).filter((name) => !before.includes(name));
    if (code !== undefined) wrong.push(...left.map((name) => `a run left ${name}`));
    if (isLast && code !== 0) wrong.push(`the last run, without trouble, ended with ${code}: ${stderr.slice(-600)}`);
    if (code === 0) break;
  }
  wrong.push(...(await leftBehind(field.machine, path)));
  return { seed, codes, wrong, kills, fullDisks, isSmall, withArtifacts };
}

/**
 * Copies a list of images, or mirrors a chart with them, through trouble, again and again, until it is done, once for each seed. After each run nothing at the
 * target is wrong or incomplete, whatever the run says; the last one is without trouble, and ends with 0.
 */
export async function runCampaign(seeds: readonly string[]): Promise<Campaign> {
  const field = await startField();
  try {
    const scenarios: Scenario[] = [];
    let kills = 0;
    let fullDisks = 0;
    for (const seed of seeds) {
      const one = await scenario(field, seed);
      kills += one.kills;
      fullDisks += one.fullDisks;
      scenarios.push(one);
    }
    const troubles = new Map(field.source.counts);
    for (const [trouble, count] of field.target.counts) troubles.set(trouble, (troubles.get(trouble) ?? 0) + count);
    const runs = scenarios.reduce((sum, { codes }) => sum + codes.length, 0);
    return { scenarios, runs, kills, fullDisks, chunks: field.target.chunks(), troubles };
  } finally {
    await field.stop();
  }
}

/** A campaign as a few lines for people. */
export function campaignText({ scenarios, runs, kills, fullDisks, chunks, troubles }: Campaign): string {
  const made = [...troubles].sort(([a], [b]) => (a < b ? -1 : 1)).map(([trouble, count]) => `${trouble} ${count}`);
  const total = [...troubles.values()].reduce((sum, count) => sum + count, 0);
  const wrong = scenarios.filter((one) => one.wrong.length > 0);
  const small = scenarios.filter(({ isSmall }) => isSmall).length;
  const belonging = scenarios.filter(({ withArtifacts }) => withArtifacts).length;
  return [
    `${scenarios.length} scenarios, ${runs} runs, ${kills} killed, ${fullDisks} on a full disk, ${small} with small chunks (${chunks} came), ${belonging} with artifacts, ${total} troubles: ${made.join(', ')}`,
    ...wrong.map((one) => `WRONG with seed ${one.seed} (${one.codes.join(' ')}): ${one.wrong.join('; ')}`),
  ].join('\n');
}
