// What finding, tracing, proving and the proof of the consumer values cost for one chart, in bare `helm template` runs of it:
//
//   npm run bench:analysis -- CHARTS_DIR [--switches]
//
// CHARTS_DIR holds packed charts and a charts.json, a list of {file, chart, version, values}. Each chart is worked on alone.
// The bare run is that of the same helm with the same values; our time is that of the steps of a mirror run from the first
// render to the last proof; of each the least of three rounds. Three figures: for the release alone; with the test values
// of the chart (ci/*-values.yaml), each of which is rendered and proven, too, for the charts that have such; and, where asked
// for, with every switch. One process, one machine, one after the other: the ratios count, not the times.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { contentDigest, packChart, packScratch, unpackChart } from '../../src/adapters/archive.ts';
import { createHelm, helmEnvironment } from '../../src/adapters/helm.ts';
import { createLocalCharts } from '../../src/adapters/local-charts.ts';
import type { Addon } from '../../src/domain/addon.ts';
import { sentence } from '../../src/pipeline/graph.ts';
import type { Run } from '../../src/pipeline/run.ts';
import type { MirrorOptions, Ports } from '../../src/pipeline/run-settings.ts';
import { addonOf, runOf } from '../unit/pipeline/runs.ts';

const execute = promisify(execFile);
const KUBE = '1.34.0';
const TIMED = [
  'Render and extract images',
  'Look behind switches',
  'Trace, rewrite and repack',
  'Prove by rendering again',
];

interface Listed {
  readonly file: string;
  readonly chart: string;
  readonly version: string;
  readonly values: Readonly<Record<string, unknown>> | null;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function unused(): never {
  throw new Error('the benchmark neither asks nor writes anything outside');
}

function portsFor(directory: string): Ports {
  const helm = process.env.TEST_HELM ?? 'helm';
  const files = (name: string): string => join(directory, name.replaceAll('/', '-'));
  return {
    helm: createHelm({
      path: helm,
      version: 'bench',
      sandboxRoot: join(directory, 'sandboxes'),
      width: availableParallelism(),
    }),
    registry: { head: unused, manifest: unused, tags: unused, blob: unused, referrers: unused },
    repositories: undefined,
    charts: { entries: unused, charts: unused, archive: unused, provenance: unused },
    localCharts: createLocalCharts(),
    archives: { unpack: unpackChart, pack: packChart, packScratch, contentDigest },
    copier: { copy: unused },
    pusher: { push: unused },
    cache: undefined,
    artifacts: { push: unused },
    workspace: {
      async write(name, data) {
        writeFileSync(files(name), data);
        return files(name);
      },
    },
    output: { write: unused },
  };
}

function listedAddon(archive: string, { chart, version, values }: Listed): Addon {
  const layer = { origin: 'inline', name: 'values', text: JSON.stringify(values ?? {}) } as const;
  return addonOf(chart, {
    chart,
    source: { kind: 'local', path: archive, chart },
    version: { kind: 'version', text: version },
    layers: values === null ? [] : [layer],
    places: [],
  });
}

function runFor(addon: Addon, switches: boolean, directory: string): Run {
  const options: Partial<MirrorOptions> = {
    scanOnly: true,
    naming: { registry: 'registry.example.com/platform', prefix: '', imagePath: 'source' },
    includeDependencies: false,
    kubeVersion: KUBE,
    concurrency: 1,
    renders: availableParallelism(),
    switches,
  };
  return runOf([addon], options, portsFor(directory));
}

const ROUNDS = 3;

async function least(work: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await work());
  return Math.min(...times);
}

/** Milliseconds of the steps that count. */
async function ours(addon: Addon, switches: boolean, directory: string): Promise<number> {
  const run = runFor(addon, switches, directory);
  let spent = 0;
  for (const { title, items } of sentence(run)) {
    const start = performance.now();
    for (const item of items()) await item.work({ update: () => undefined, moved: () => undefined });
    if (TIMED.includes(title)) spent += performance.now() - start;
    if (title === TIMED.at(-1)) break;
  }
  const failure =
    run.releases.find((release) => release.failure)?.failure ?? run.charts.find((one) => one.failure)?.failure;
  if (failure !== undefined) throw failure;
  return spent;
}

/** Milliseconds of a bare run. */
async function bare(directory: string, { file, chart, values }: Listed, scratch: string): Promise<number> {
  const own = join(scratch, 'values.json');
  writeFileSync(own, JSON.stringify(values ?? {}));
  const flags = ['--namespace', chart, '--kube-version', KUBE, '--values', own];
  const argv = ['template', chart, join(directory, file), ...flags];
  // as somebody runs it who sets nothing
  const { GOGC: _collecting, GOMEMLIMIT: _limit, ...env } = helmEnvironment(scratch);
  const start = performance.now();
  await execute(process.env.TEST_HELM ?? 'helm', argv, { env, maxBuffer: 2 ** 28 });
  return performance.now() - start;
}

/** The archive without the chart's test values, and how many there were. */
async function withoutTestValues(
  directory: string,
  { file, chart }: Listed,
  scratch: string,
): Promise<{ readonly archive: string; readonly testValues: number }> {
  const tree = await unpackChart(file, readFileSync(join(directory, file)));
  const files = new Map([...tree.files].filter(([path]) => !path.startsWith('ci/')));
  const testValues = [...tree.files.keys()].filter((path) => /^ci\/[^/]*values\.ya?ml$/.test(path)).length;
  const archive = join(scratch, `${chart}-alone.tgz`);
  writeFileSync(archive, await packScratch({ ...tree, files }, tree));
  return { archive, testValues };
}

function quantile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
}

const [place, ...flags] = process.argv.slice(2);
const directory = resolve(place ?? '');
if (place === undefined || !existsSync(join(directory, 'charts.json'))) {
  say('skipped: name a directory with packed charts and their charts.json');
} else {
  const charts: readonly Listed[] = JSON.parse(readFileSync(join(directory, 'charts.json'), 'utf8'));
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
  const alone: number[] = [];
  const tested: number[] = [];
  const switched: number[] = [];
  const told = (spent: number, helm: number): string =>
    `${spent.toFixed(0).padStart(6)} ms ${(spent / helm).toFixed(1).padStart(5)}`;
  try {
    for (const chart of charts) {
      const helm = await least(() => bare(directory, chart, scratch));
      const { archive, testValues } = await withoutTestValues(directory, chart, scratch);
      const spent = await least(() => ours(listedAddon(archive, chart), false, scratch));
      alone.push(spent / helm);
      const parts = [`${chart.chart.padEnd(32)} helm ${helm.toFixed(0).padStart(4)} ms`, `alone ${told(spent, helm)}`];
      const whole = listedAddon(join(directory, chart.file), chart);
      if (testValues > 0) {
        const more = await least(() => ours(whole, false, scratch));
        tested.push(more / helm / (1 + testValues));
        parts.push(`with ${testValues} test values ${told(more, helm)}`);
      }
      if (flags.includes('--switches')) {
        const all = await ours(whole, true, scratch);
        switched.push(all / helm);
        parts.push(`with switches ${told(all, helm)}`);
      }
      say(parts.join(', '));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const line = (ratios: number[], what: string): void => {
    ratios.sort((a, b) => a - b);
    say(`${ratios.length} charts, ${what}: median ${quantile(ratios, 0.5)}, 95th percentile ${quantile(ratios, 0.95)}`);
  };
  line(alone, 'bare runs of helm for the release alone');
  line(tested, 'bare runs of helm for each set of values, with test values');
  if (switched.length > 0) line(switched, 'bare runs of helm with switches');
}
