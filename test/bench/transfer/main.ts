// Copies a synthetic catalog between real registries on loopback, with this project's engines and with other tools:
//
//   npm run bench -- --help
//
// See docs/benchmarks.md. It asserts nothing about time; it fails when a digest differs or something has not arrived.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { comparisonTable, requestTable } from './comparison.ts';
import { environmentLines, storagePlace } from './environment.ts';
import { fixed } from './figures.ts';
import { growthTable } from './growth.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { type Outcome, playScenarios, problemsOf, type Scenario, type Stage } from './scenarios.ts';
import { findTools, TOOL_NAMES } from './tools/all.ts';
import { ENTRIES } from './tools/ours.ts';
import { findProgram, type TransferTool } from './tools/tool.ts';
import { makeWorkload, type Workload } from './workload.ts';

const SEED = 'transfer';
const CATALOG_IMAGES = 40;
const SOURCES = 6;
const SMALL_IMAGE_BYTES = 32 * 1024;
const BAD_INPUT = 2;
const INTERRUPTED = 130;

type Setting = Pick<Stage, 'registry' | 'storage' | 'sources' | 'profile' | 'signal' | 'onOutcome'>;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell({ tool, scenario, verdict, measured }: Outcome): void {
  process.stderr.write(`${tool}, ${scenario}, ${verdict.images} images: ${fixed(measured.seconds, 2)} s\n`);
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n`);
  return BAD_INPUT;
}

function describeWorkload({ images, amount, sharedLayers }: Workload): string {
  const size = `${amount.blobs} blobs and ${amount.manifests} manifests, ${fixed(amount.bytes / 1e6, 1)} MB`;
  return `${images.length} images: ${size}; ${fixed(sharedLayers * 100, 0)} % of layer references are shared between repositories`;
}

/** Several tools, each with a world of its own; in turns, so that what disturbs the machine disturbs all. */
async function compare({ bytes, runs }: BenchOptions, tools: readonly TransferTool[], setting: Setting) {
  const workload = makeWorkload(join(setting.storage, 'source'), { seed: SEED, images: CATALOG_IMAGES, bytes });
  say(describeWorkload(workload));
  const scenarios: readonly Scenario[] = ['cold', 'warm', 'moved'];
  const outcomes: Outcome[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const tool of tools) outcomes.push(...(await playScenarios(tool, scenarios, { ...setting, workload })));
  }
  const unique = { cold: workload.amount.bytes, warm: 0, moved: workload.afterMove.added.bytes };
  for (const scenario of scenarios) {
    const played = outcomes.filter((one) => one.scenario === scenario);
    say(
      `\n${scenario}, profile ${setting.profile.name}, medians of ${runs}\n\n${comparisonTable(played, unique[scenario])}`,
    );
    say(`\n${requestTable(played)}`);
  }
  return outcomes;
}

async function grow(sizes: readonly number[], tools: readonly TransferTool[], setting: Setting) {
  const outcomes: Outcome[] = [];
  for (const images of sizes) {
    const directory = join(setting.storage, `source-${images}`);
    const workload = makeWorkload(directory, { seed: SEED, images, bytes: images * SMALL_IMAGE_BYTES });
    say(describeWorkload(workload));
    for (const tool of tools) outcomes.push(...(await playScenarios(tool, ['cold', 'warm'], { ...setting, workload })));
    rmSync(directory, { recursive: true, force: true });
  }
  say(`\ngrowth, profile ${setting.profile.name}\n\n${growthTable(outcomes)}`);
  return outcomes;
}

/** The tools that were asked for, or why they cannot be had. */
function toolsFor({ tools: named, growth }: BenchOptions): readonly TransferTool[] | string {
  const names = named ?? (growth === undefined ? TOOL_NAMES : ['ours']);
  const tools = findTools(names, ENTRIES.built, process.env);
  const missing = names.filter((name) => !tools.some((tool) => tool.name === name));
  const needed = named ?? ['ours', 'crane'];
  const lacking = missing.filter((name) => needed.includes(name));
  if (lacking.length > 0) return `not on PATH: ${lacking.join(', ')}`;
  if (missing.length > 0) say(`not on PATH, and left out: ${missing.join(', ')}`);
  return tools;
}

async function bench(options: BenchOptions, signal: AbortSignal): Promise<number> {
  const registry = findProgram('registry', process.env, 'TEST_REGISTRY');
  if (registry === undefined) return refuse('not on PATH: registry (CNCF Distribution), or name it in TEST_REGISTRY');
  if (!existsSync(ENTRIES.built)) return refuse('dist/main.js is missing: npm run bench builds it');
  const tools = toolsFor(options);
  if (typeof tools === 'string') return refuse(tools);
  const { profile, growth, bytes } = options;
  const most = growth === undefined ? bytes : Math.max(...growth) * 16 * SMALL_IMAGE_BYTES;
  const place = storagePlace(most);
  for (const line of environmentLines(registry, place, tools)) say(line);
  const storage = mkdtempSync(join(place, 'bench-transfer-'));
  const setting = { registry, storage, sources: SOURCES, profile, signal, onOutcome: tell };
  try {
    const outcomes = growth === undefined ? await compare(options, tools, setting) : await grow(growth, tools, setting);
    const problems = outcomes.flatMap(problemsOf);
    for (const problem of problems) say(problem);
    say(problems.length === 0 ? '\nall digests are equal, and everything is there' : '\nnot everything has arrived');
    return problems.length === 0 ? 0 : 1;
  } finally {
    rmSync(storage, { recursive: true, force: true });
  }
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  let options: BenchOptions | undefined;
  try {
    options = readOptions(argv);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (options === undefined) {
    say(USAGE);
    return 0;
  }
  try {
    return await bench(options, signal);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return signal.aborted ? INTERRUPTED : 1;
  }
}

const abort = new AbortController();
const stop = (): void => abort.abort(new Error('interrupted'));
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.exitCode = await main(process.argv.slice(2), abort.signal);
