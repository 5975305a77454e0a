import { spawnSync } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChaosProxy, startChaosProxy, TOKEN } from './chaos-proxy.ts';
import { chartFiles, deployment } from './e2e-charts.ts';
import { createMachine, type Machine } from './e2e-machine.ts';
import { startDistribution } from './registries.ts';
import { digestIn, type PushedImage, pushImage } from './synthetic-images.ts';

interface Sample {
  readonly repository: string;
  readonly tag: string;
  readonly pushed: PushedImage;
}

/** A source with images, a target, chaos before both, and a machine with a chart. One scenario at a time. */
export interface Field {
  readonly source: ChaosProxy;
  readonly target: ChaosProxy;
  /** The target without its proxy. */
  readonly behind: string;
  readonly machine: Machine;
  readonly samples: readonly Sample[];
  stop(): Promise<void>;
}

/** What is at the target, and what of it is wrong. */
export interface Findings {
  readonly isWhole: boolean;
  readonly wrong: readonly string[];
}

const CHART = 'campaign';

/** A chart whose pods run all samples. */
async function writeChart(machine: Machine, source: string, samples: readonly Sample[]): Promise<void> {
  const lines = samples.flatMap(({ repository, tag }, index) => [
    `image${index}:`,
    `  registry: "${source}"`,
    `  repository: ${repository}`,
    `  tag: "${tag}"`,
  ]);
  const containers = samples.map((_, index) => {
    const value = (key: string): string => `{{ .Values.image${index}.${key} }}`;
    return `- { name: c${index}, image: "${value('registry')}/${value('repository')}:${value('tag')}" }`;
  });
  const parts = { values: `${lines.join('\n')}\n`, templates: { 'd.yaml': deployment(containers.join('\n')) } };
  for (const [file, text] of Object.entries(chartFiles(CHART, parts)))
    await machine.write(join('charts', CHART, file), text);
  const addon = { chart: CHART, repository: `./charts`, version: '1.0.0' };
  await machine.write('catalog.yaml', `${JSON.stringify({ addons: [addon] })}\n`);
}

/** Starts everything. The source holds images that share layers, of one and several platforms, of both formats. */
export async function startField(): Promise<Field> {
  const [from, to] = await Promise.all([startDistribution(), startDistribution()]);
  const [source, target] = await Promise.all([startChaosProxy(from.url), startChaosProxy(to.url)]);
  const machine = await createMachine({ helm: 'helm' });
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
  await writeChart(machine, source.host, samples);
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

async function inspectImage(base: string, { pushed }: Sample): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const child of [...pushed.children.map((one) => one.digest), ...pushed.attestations])
    if ((await fetchJson(`${base}/manifests/${child}`)) === undefined) wrong.push(`${base} lacks manifest ${child}`);
  for (const blob of pushed.blobs)
    if (!(await isThere(`${base}/blobs/${blob}`))) wrong.push(`${base} lacks blob ${blob}`);
  return wrong;
}

/** Asks the target itself: which images are there, whole and right, and whether a chart is there before its images. */
export async function inspect({ behind, samples }: Field, path: string, withChart: boolean): Promise<Findings> {
  const wrong: string[] = [];
  const missing: string[] = [];
  for (const sample of samples) {
    const name = `${path}/${sample.repository}`;
    const digest = await digestIn(behind, name, sample.tag);
    if (digest === undefined) {
      missing.push(name);
      continue;
    }
    if (digest !== sample.pushed.digest) wrong.push(`${name}:${sample.tag} is ${digest}`);
    wrong.push(...(await inspectImage(`${behind}/v2/${name}`, sample)));
  }
  const isChartThere = withChart && (await digestIn(behind, `${path}/${CHART}`, '1.0.0')) !== undefined;
  if (isChartThere) wrong.push(...missing.map((name) => `the chart is there, and ${name} is not`));
  return { isWhole: missing.length === 0 && (isChartThere || !withChart), wrong };
}

async function filesOf({ work, home, temporary }: Machine): Promise<readonly string[]> {
  const all = await Promise.all(
    [work, home, temporary].map((directory) => readdir(directory, { recursive: true, withFileTypes: true })),
  );
  return all.flat().flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
}

/** The programs that work for the machine; none where the system does not show them. */
async function programsOf({ work }: Machine): Promise<readonly string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^[0-9]+$/.test(name));
  const places = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => '')));
  return ids.filter((_, index) => places[index]?.startsWith(work));
}

/** What a scenario may not leave behind: programs, locks, files that were never finished, secrets. */
export async function leftBehind(machine: Machine, path: string): Promise<readonly string[]> {
  const wrong = (await programsOf(machine)).map((id) => `process ${id} still runs`);
  for (const file of await filesOf(machine)) {
    if (file.includes(`/out-${path}/`) && /\.lock$|\.part-/.test(file)) wrong.push(`${file} was left`);
    if ((await readFile(file, 'latin1')).includes(TOKEN)) wrong.push(`a token is in ${file}`);
  }
  return wrong;
}

// a machine of a test has neither on its PATH
const SMALL_DISK = '/bin/mkdir -p "$1" && /bin/mount -t tmpfs -o size=4k none "$1" && shift && exec "$@"';

const UNSHARE = '/usr/bin/unshare';

const probe = spawnSync(UNSHARE, ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=4k none /mnt'], { timeout: 30_000 });

/** The command before a program, so that a directory is on a disk that has no room; undefined where no such disk can be made. */
export function onFullDisk(directory: string): readonly [string, ...string[]] | undefined {
  return probe.status === 0 ? [UNSHARE, '-rm', '/bin/sh', '-c', SMALL_DISK, 'sh', directory] : undefined;
}
