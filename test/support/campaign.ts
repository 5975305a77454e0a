import { readdir } from 'node:fs/promises';
import { type Chance, chanceOf, oneOf, type Trouble } from './chaos.ts';
import { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts';
import { type CliResult, createMachine, type Machine } from './e2e-machine.ts';
import { startDistribution } from './registries.ts';
import { digestIn, type PushedImage, pushImage } from './synthetic-images.ts';

/** What one scenario came to. */
export interface Scenario {
  readonly seed: string;
  /** How each run ended; undefined for one that was killed. */
  readonly codes: readonly (number | undefined)[];
  /** What was wrong; empty when all was right. */
  readonly wrong: readonly string[];
}

/** What a campaign came to. */
export interface Campaign {
  readonly scenarios: readonly Scenario[];
  readonly runs: number;
  readonly kills: number;
  readonly troubles: ReadonlyMap<Trouble, number>;
}

interface Sample {
  readonly repository: string;
  readonly tag: string;
  readonly pushed: PushedImage;
}

/** A source with images, a target, chaos before both, and a machine. One scenario at a time. */
interface Field {
  readonly source: ChaosProxy;
  readonly target: ChaosProxy;
  /** The target without its proxy. */
  readonly behind: string;
  readonly machine: Machine;
  readonly samples: readonly Sample[];
  stop(): Promise<void>;
}

const RUNS = 4;
const PATIENCE_MS = 120_000;

async function startField(): Promise<Field> {
  const [from, to] = await Promise.all([startDistribution(), startDistribution()]);
  const [source, target] = await Promise.all([startChaosProxy(from.url), startChaosProxy(to.url)]);
  const machine = await createMachine({});
  const push = async (repository: string, tag: string, shape: Parameters<typeof pushImage>[3]): Promise<Sample> => {
    return { repository, tag, pushed: await pushImage(from.url, repository, tag, shape) };
  };
  const samples = [
    await push('team/index', '1', { attestations: true, layerBytes: 40_000 }),
    // the same layers in another repository
    await push('team/twin', '1', { name: 'team/index:1', attestations: true, layerBytes: 40_000 }),
    await push('team/single', '2', { platforms: [], layerBytes: 300_000 }),
    await push('docker/old', '3', { format: 'docker', layerBytes: 10_000 }),
    await push('team/large', '4', { platforms: [], ownLayers: 1, layerBytes: 3_000_000 }),
  ];
  return {
    source,
    target,
    behind: to.url,
    machine,
    samples,
    stop: async () => {
      await Promise.all([source.stop(), target.stop()]);
      await Promise.all([from.stop(), to.stop(), machine.remove()]);
    },
  };
}

async function fetchJson(url: string): Promise<unknown> {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
  ].join(', ');
  const answer = await fetch(url, { headers: { accept } });
  return answer.ok ? answer.json() : undefined;
}

async function isThere(url: string): Promise<boolean> {
  return (await fetch(url, { method: 'HEAD' })).ok;
}

/** Which samples are at the target, and what of those is not as at the source. */
async function inspect(
  field: Field,
  path: string,
): Promise<{ readonly there: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = [];
  let there = 0;
  for (const { repository, tag, pushed } of field.samples) {
    const name = `${path}/${repository}`;
    const digest = await digestIn(field.behind, name, tag);
    if (digest === undefined) continue;
    there += 1;
    if (digest !== pushed.digest) wrong.push(`${name}:${tag} is ${digest}`);
    const base = `${field.behind}/v2/${name}`;
    for (const child of [...pushed.children.map((one) => one.digest), ...pushed.attestations])
      if ((await fetchJson(`${base}/manifests/${child}`)) === undefined) wrong.push(`${name} lacks manifest ${child}`);
    for (const blob of pushed.blobs)
      if (!(await isThere(`${base}/blobs/${blob}`))) wrong.push(`${name} lacks blob ${blob}`);
  }
  return { there, wrong };
}

async function oneRun(field: Field, path: string, killAfterMs: number | undefined): Promise<CliResult> {
  const { machine, source, target, samples } = field;
  const list = await machine.write(
    `${path}.txt`,
    samples.map(({ repository, tag }) => `${source.host}/${repository}:${tag}\n`).join(''),
  );
  const where = ['--target-registry', `${target.host}/${path}`, '--plain-http', '--output-dir', `out-${path}`];
  const running = machine.start(['copy', '--images', list, '--engine', 'native', ...where]);
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

async function scenario(field: Field, seed: string): Promise<Scenario & { readonly kills: number }> {
  const chance: Chance = chanceOf(seed);
  const path = `s${seed.replace(/[^a-z0-9]/g, '-')}`;
  const wrong: string[] = [];
  const codes: (number | undefined)[] = [];
  let kills = 0;
  for (let run = 0; run <= RUNS; run += 1) {
    const isLast = run === RUNS;
    const share = isLast ? 0 : oneOf([0.02, 0.05, 0.1, 0.2], chance);
    field.source.trouble(share * (isLast ? 0 : oneOf([0, 1, 1], chance)), chance);
    field.target.trouble(share * (isLast ? 0 : oneOf([0, 1, 1], chance)), chance);
    const killAfterMs = !isLast && chance() < 0.4 ? 150 + chance() * 2_000 : undefined;
    const before = await workspaces(field.machine);
    const { code, stderr } = await oneRun(field, path, killAfterMs);
    if (code === undefined) kills += 1;
    codes.push(code);
    const { there, wrong: found } = await inspect(field, path);
    wrong.push(...found, ...complaintOf(code, there === field.samples.length, killAfterMs !== undefined));
    const left = (await workspaces(field.machine)).filter((name) => !before.includes(name));
    if (code !== undefined) wrong.push(...left.map((name) => `a run left ${name}`));
    if (isLast && code !== 0) wrong.push(`the last run, without trouble, ended with ${code}: ${stderr.slice(-600)}`);
    if (code === 0) break;
  }
  return { seed, codes, wrong, kills };
}

/**
 * Copies a list of images through trouble, again and again, until it is done, once for each seed. After each run nothing at the
 * target is wrong or incomplete, whatever the run says; the last one is without trouble, and ends with 0.
 */
export async function runCampaign(seeds: readonly string[]): Promise<Campaign> {
  const field = await startField();
  try {
    const scenarios: Scenario[] = [];
    let kills = 0;
    for (const seed of seeds) {
      const one = await scenario(field, seed);
      kills += one.kills;
      scenarios.push(one);
    }
    const troubles = new Map(field.source.counts);
    for (const [trouble, count] of field.target.counts) troubles.set(trouble, (troubles.get(trouble) ?? 0) + count);
    const runs = scenarios.reduce((sum, { codes }) => sum + codes.length, 0);
    return { scenarios, runs, kills, troubles };
  } finally {
    await field.stop();
  }
}

/** A campaign as a few lines for people. */
export function campaignText({ scenarios, runs, kills, troubles }: Campaign): string {
  const made = [...troubles].sort(([a], [b]) => (a < b ? -1 : 1)).map(([trouble, count]) => `${trouble} ${count}`);
  const total = [...troubles.values()].reduce((sum, count) => sum + count, 0);
  const wrong = scenarios.filter((one) => one.wrong.length > 0);
  return [
    `${scenarios.length} scenarios, ${runs} runs, ${kills} killed, ${total} troubles: ${made.join(', ')}`,
    ...wrong.map((one) => `WRONG with seed ${one.seed} (${one.codes.join(' ')}): ${one.wrong.join('; ')}`),
  ].join('\n');
}
