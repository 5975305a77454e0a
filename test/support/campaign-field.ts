import { spawnSync } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChaosProxy, startChaosProxy, TOKEN } from './chaos-proxy.ts';
import { chartFiles, deployment } from './e2e-charts.ts';
import { createMachine, type Machine } from './e2e-machine.ts';
import { BUNDLE_TYPE, type Pushed, pushArtifact, pushCosign, pushList } from './made-artifacts.ts';
import { startDistribution } from './registries.ts';
import { digestIn, type PushedImage, pushImage } from './synthetic-images.ts';

interface Sample {
  readonly repository: string;
  readonly tag: string;
  readonly pushed: PushedImage;
  /** What belongs to it: a signature under a tag, a referrer, and the list that names the referrer. */
  readonly artifacts: readonly (Pick<Pushed, 'digest'> & { readonly name: string })[];
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

/** Signs an image as cosign does, in both forms. */
async function sign(url: string, repository: string, subject: PushedImage): Promise<Sample['artifacts']> {
  const { digest, mediaType } = subject;
  const tag = digest.replace(':', '-');
  const text = `signed ${digest} `;
  const signature = await pushCosign(url, repository, digest, '.sig', [text.repeat(100)]);
  const referrer = await pushArtifact(url, repository, undefined, {
    ...{ layers: [text.repeat(200)], artifactType: BUNDLE_TYPE, subject: { digest, mediaType, size: 1 } },
  });
  const list = await pushList(url, repository, digest, [{ ...referrer, artifactType: BUNDLE_TYPE }]);
  return [
    { digest: signature.digest, name: `${tag}.sig` },
    { digest: referrer.digest, name: referrer.digest },
    { digest: list.digest, name: tag },
  ];
}

/** Starts everything. The source holds images that share layers, of one and several platforms, of both formats. */
export async function startField(): Promise<Field> {
  const [from, to] = await Promise.all([startDistribution(), startDistribution()]);
  const [source, target] = await Promise.all([startChaosProxy(from.url), startChaosProxy(to.url)]);
  const machine = await createMachine({ helm: 'helm' });
  const push = async (repository: string, tag: string, shape: Parameters<typeof pushImage>[3]): Promise<Sample> => {
    const pushed = await pushImage(from.url, repository, tag, shape);
    const isSigned = repository === 'team/index' || repository === 'team/large';
    return { repository, tag, pushed, artifacts: isSigned ? await sign(from.url, repository, pushed) : [] };
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

async function blobsIn(base: string, name: string): Promise<readonly string[]> {
  const manifest = await fetchJson(`${base}/manifests/${name}`);
  const text = JSON.stringify(manifest ?? {});
  const parts: { readonly config?: unknown } = JSON.parse(text);
  // a list names manifests, which are looked up by themselves
  return parts.config === undefined ? [] : (text.match(/sha256:[0-9a-f]{64}/g) ?? []);
}

/** What belongs to an image is there whole, or not at all. */
async function inspectArtifacts(
  url: string,
  repository: string,
  { artifacts, pushed }: Sample,
): Promise<{ readonly wrong: readonly string[]; readonly missing: readonly string[] }> {
  const wrong: string[] = [];
  const missing: string[] = [];
  const base = `${url}/v2/${repository}`;
  for (const { name, digest } of artifacts) {
    const found = await digestIn(url, repository, name);
    if (found === undefined) missing.push(`${repository} ${name}`);
    else if (found !== digest) wrong.push(`${repository} ${name} is ${found}`);
    if (found === undefined) continue;
    for (const blob of await blobsIn(base, name))
      if (blob !== pushed.digest && !(await isThere(`${base}/blobs/${blob}`)))
        wrong.push(`${repository} ${name} lacks ${blob}`);
  }
  return { wrong, missing };
}

/** What a scenario brings beside images. */
export interface Brought {
  readonly withChart: boolean;
  readonly withArtifacts: boolean;
}

/** Asks the target itself: which images are there, whole and right, and whether a chart is there before its images. */
export async function inspect(
  { behind, samples }: Field,
  path: string,
  { withChart, withArtifacts }: Brought,
): Promise<Findings> {
  const wrong: string[] = [];
  const missing: string[] = [];
  const unsigned: string[] = [];
  for (const sample of samples) {
    const name = `${path}/${sample.repository}`;
    const digest = await digestIn(behind, name, sample.tag);
    const belonging = await inspectArtifacts(behind, name, sample);
    wrong.push(...belonging.wrong);
    if (withArtifacts) unsigned.push(...belonging.missing);
    if (digest === undefined) {
      missing.push(name);
      continue;
    }
    if (digest !== sample.pushed.digest) wrong.push(`${name}:${sample.tag} is ${digest}`);
    wrong.push(...(await inspectImage(`${behind}/v2/${name}`, sample)));
  }
  const isChartThere = withChart && (await digestIn(behind, `${path}/${CHART}`, '1.0.0')) !== undefined;
  if (isChartThere) wrong.push(...missing.map((name) => `the chart is there, and ${name} is not`));
  return { isWhole: missing.length + unsigned.length === 0 && (isChartThere || !withChart), wrong };
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
