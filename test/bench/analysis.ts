// What finding, tracing, proving and the proof of the consumer values cost for one chart, in bare `helm template` runs of it:
//
//   npm run bench:analysis -- CHARTS_DIR [--switches]
//
// CHARTS_DIR holds packed charts and a charts.json, a list of {file, chart, version, values}. Each chart is worked on alone.
// The bare run is the least of three of the same helm with the same values; our time is that of the steps of a mirror run
// from the first render to the last proof. One process, one machine, one after the other: the ratios count, not the times.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { contentDigest, packChart, unpackChart } from '../../src/adapters/archive.ts';
import { createHelm, helmEnvironment } from '../../src/adapters/helm.ts';
import { createLocalCharts } from '../../src/adapters/local-charts.ts';
import type { Addon } from '../../src/domain/addon.ts';
import { sentence } from '../../src/pipeline/graph.ts';
import { type Run, startRun } from '../../src/pipeline/run.ts';
import type { MirrorOptions, Ports } from '../../src/pipeline/run-settings.ts';

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
    charts: { entries: unused, charts: unused, archive: unused },
    localCharts: createLocalCharts(),
    archives: { unpack: unpackChart, pack: packChart, contentDigest },
    copier: { copy: unused },
    pusher: { push: unused },
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

function addonOf(directory: string, { file, chart, version, values }: Listed): Addon {
  const layer = { origin: 'inline', name: 'values', text: JSON.stringify(values ?? {}) } as const;
  return {
    release: chart,
    chart,
    source: { kind: 'local', path: join(directory, file), chart },
    ociNamespace: '',
    version: { kind: 'version', text: version },
    namespace: undefined,
    layers: values === null ? [] : [layer],
    profiles: [],
    kubeVersion: undefined,
    apiVersions: [],
    platforms: [],
    images: [],
    excluded: [],
    places: [],
  };
}

function runFor(addon: Addon, switches: boolean, directory: string): Run {
  const options: MirrorOptions = {
    scanOnly: true,
    naming: { registry: 'registry.example.com/platform', prefix: '', imagePath: 'source' },
    includeDependencies: false,
    kubeVersion: KUBE,
    platform: undefined,
    existing: { skipExisting: true, verifyDigest: true, overwrite: false, moved: [] },
    pushUnproven: false,
    chartVersionSuffix: '',
    strict: false,
    concurrency: 1,
    renders: availableParallelism(),
    images: 'rendered',
    switches,
    templatePatches: true,
    pullSecret: undefined,
    ecr: undefined,
    repositories: { rules: [], applySettings: false },
  };
  const catalog = { mode: 'catalog', addons: [addon], unmirrorable: [], moved: [], notes: [] } as const;
  return startRun({
    ports: portsFor(directory),
    options,
    catalog,
    signal: new AbortController().signal,
    say: () => undefined,
  });
}

/** Milliseconds of the steps that count. */
async function ours(addon: Addon, switches: boolean, directory: string): Promise<number> {
  const run = runFor(addon, switches, directory);
  let spent = 0;
  for (const { title, items } of sentence(run)) {
    const start = performance.now();
    for (const item of items()) await item.work({ update: () => undefined });
    if (TIMED.includes(title)) spent += performance.now() - start;
    if (title === TIMED.at(-1)) break;
  }
  const failure =
    run.releases.find((release) => release.failure)?.failure ?? run.charts.find((one) => one.failure)?.failure;
  if (failure !== undefined) throw failure;
  return spent;
}

/** Milliseconds of a bare run, the least of three. */
async function bare(directory: string, { file, chart, values }: Listed, scratch: string): Promise<number> {
  const own = join(scratch, 'values.json');
  writeFileSync(own, JSON.stringify(values ?? {}));
  const argv = [
    'template',
    chart,
    join(directory, file),
    '--namespace',
    chart,
    '--kube-version',
    KUBE,
    '--values',
    own,
  ];
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const start = performance.now();
    await execute(process.env.TEST_HELM ?? 'helm', argv, { env: { ...helmEnvironment(scratch) }, maxBuffer: 2 ** 28 });
    times.push(performance.now() - start);
  }
  return Math.min(...times);
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
  const ratios: number[] = [];
  try {
    for (const chart of charts) {
      const helm = await bare(directory, chart, scratch);
      const spent = await ours(addonOf(directory, chart), flags.includes('--switches'), scratch);
      ratios.push(spent / helm);
      say(
        `${chart.chart.padEnd(32)} helm ${helm.toFixed(0).padStart(5)} ms, ours ${spent.toFixed(0).padStart(6)} ms: ${(spent / helm).toFixed(1)}`,
      );
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  ratios.sort((a, b) => a - b);
  say(
    `${ratios.length} charts: median ${quantile(ratios, 0.5)}, 95th percentile ${quantile(ratios, 0.95)} bare runs of helm`,
  );
}
