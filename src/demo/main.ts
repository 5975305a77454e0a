import { accessSync, constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { type Interruption, runAttached, watchSignals } from './attached-run.ts';
import { DemoEnd, say } from './demo-end.ts';
import { type RunningServer, startCraneRegistry } from './registry-process.ts';
import { judgeColdRun, judgeRepeatedRun, parseRunResult, type RunResult } from './run-result.ts';
import { showRendered, showRepositories } from './show-target.ts';
import { type SourceWorld, startSourceWorld } from './source-world.ts';

const CLI = join(import.meta.dirname, '..', 'main.ts');
const CATALOG = join(import.meta.dirname, 'catalog.yaml');
const USAGE = 'usage: npm start, or npm start -- --keep, which leaves the registries running until Ctrl-C';

interface Stage {
  readonly folder: string;
  readonly source: SourceWorld;
  readonly target: RunningServer;
  /** The target registry as it is given to the tool. */
  readonly targetName: string;
  readonly interruption: Interruption;
}

function onPath(program: string): string {
  const directories = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  for (const directory of directories) {
    const path = join(directory, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this directory
    }
  }
  throw new DemoEnd(2, `${program} is not on PATH: run npm start, which provides it`);
}

/** The environment of the tool. All servers are on loopback, which no proxy is to see. */
function childEnvironment(): NodeJS.ProcessEnv {
  const direct = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1', 'localhost'];
  const list = direct.filter((entry) => entry !== undefined && entry !== '').join(',');
  return { ...process.env, NO_PROXY: list, no_proxy: list };
}

function stopIfInterrupted({ interruption }: Pick<Stage, 'interruption'>): void {
  const code = interruption.exitCode();
  if (code !== undefined) throw new DemoEnd(code, 'interrupted');
}

/** Runs the tool's own command line, on our terminal. */
async function mirror(stage: Stage, outputs: string): Promise<RunResult> {
  const mirrors = stage.source.mirrors.flatMap(({ from, to }) => ['--source-mirror', `${from}=${to}`]);
  const target = ['--target-registry', stage.targetName, '--plain-http'];
  const argv = ['--catalog', join(stage.folder, 'catalog.yaml'), ...target, '--output-dir', outputs, ...mirrors];
  say(`$ airgap-charts mirror ${argv.join(' ').replaceAll(' --', ' \\\n    --')}`);
  say();
  const code = await runAttached(process.execPath, [...process.execArgv, CLI, 'mirror', ...argv], childEnvironment());
  say();
  stopIfInterrupted(stage);
  if (code !== 0) throw new DemoEnd(code, `the run ended with exit code ${code}`);
  return parseRunResult(await readFile(join(outputs, 'report.json'), 'utf8'));
}

function demand(complaints: readonly string[], which: string): void {
  if (complaints.length > 0)
    throw new DemoEnd(1, [`the ${which} run is not what it should be:`, ...complaints].join('\n  '));
}

function introduce({ source, targetName }: Stage): void {
  const registries = source.mirrors.map(({ from }) => from).filter((from) => !from.includes('://'));
  say('airgap-charts demo: all on loopback, with small images made on the spot');
  say(`  source registry   ${source.registry.host}: ${source.imageCount} images, in place of ${registries.join(', ')}`);
  say(`  chart repository  ${source.repository.host}: ${source.servedCharts} charts, in place of charts.example.com`);
  say(`  target            ${targetName}: empty`);
  say();
}

async function perform(stage: Stage, helm: string): Promise<void> {
  const { folder, source, target } = stage;
  introduce(stage);
  const [first, second] = [join(folder, 'first-run'), join(folder, 'second-run')];
  await Promise.all([first, second].map((directory) => mkdir(directory)));
  await copyFile(CATALOG, join(folder, 'catalog.yaml'));
  const releases = (await readFile(CATALOG, 'utf8')).match(/^ {2}- chart:/gm)?.length ?? 0;
  say('== First run: the target is empty.');
  const cold = await mirror(stage, first);
  demand(judgeColdRun(cold, releases, source.imageCount), 'first');
  say('== Second run: nothing has changed, so nothing is copied and nothing is pushed.');
  demand(judgeRepeatedRun(await mirror(stage, second), releases, source.imageCount), 'second');
  say('== A chart as its users get it from the target.');
  await showRendered(helm, join(folder, 'helm'), cold, 'storefront');
  await showRepositories(target.url, target.host);
  say('Where to look:');
  say(
    `  ${join(first, 'report.html')}: what was done, chart by chart and image by image; report.json beside it for programs`,
  );
  say(`  ${join(first, 'helm-charts')}: the relocated charts, and values.yaml files for the original ones`);
  say(`  ${folder}: the catalog, and the second run's report`);
}

async function stayUntilInterrupted(stage: Stage): Promise<void> {
  say();
  say('The registries run until Ctrl-C. Try:');
  say(`  crane catalog ${stage.target.host}`);
  say(`  crane manifest ${stage.targetName}/library/busybox:1.37`);
  await stage.interruption.received;
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv.some((argument) => argument !== '--keep')) throw new DemoEnd(2, USAGE);
  const interruption = watchSignals();
  const [crane, helm] = [onPath('crane'), onPath('helm')];
  const started: { stop(): Promise<void> }[] = [];
  try {
    const source = await startSourceWorld(crane);
    started.push(source);
    const target = await startCraneRegistry(crane, { ownGroup: true });
    started.push(target);
    stopIfInterrupted({ interruption });
    const folder = await mkdtemp(join(tmpdir(), 'airgap-charts-demo-'));
    const stage: Stage = { folder, source, target, targetName: `${target.host}/private`, interruption };
    await perform(stage, helm);
    if (argv.includes('--keep')) await stayUntilInterrupted(stage);
    else say('  npm start -- --keep leaves the registries running, to look into them');
  } finally {
    await Promise.all(started.map((server) => server.stop()));
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof DemoEnd)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
