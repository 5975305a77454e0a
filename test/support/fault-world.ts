import { join } from 'node:path';
import { buildChartArtifact } from '../../src/demo/chart-artifact.ts';
import { createRegistryClient } from '../../src/demo/registry-client.ts';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { parseReference } from '../../src/domain/reference.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { type ChartParts, deployment, makeChart } from './e2e-charts.ts';
import { type CliResult, createMachine, type Machine, mirrorFlags, type RunningCli } from './e2e-machine.ts';
import { schemaProblems } from './e2e-report-schema.ts';
import { type Entry, type Outcome, STABLE } from './e2e-world.ts';
import { type LoopbackSources, startLoopbackSources } from './loopback-sources.ts';
import { startDistribution } from './registries.ts';
import { type ImageOptions, type PushedImage, pushByDigestOnly, pushImage } from './synthetic-images.ts';

/** A run of `mirror`. */
export interface RunRequest {
  /** Where below the target's host everything goes. */
  readonly path: string;
  /** Entries of the catalog. Repository and version are `STABLE` and 1.0.0 unless they say otherwise. */
  readonly entries?: readonly Entry[];
  /** The text of a values file, in place of a catalog. */
  readonly values?: string;
  readonly flags?: readonly string[];
  readonly moved?: readonly { readonly match: string; readonly action: string }[];
  readonly machine?: Machine;
  readonly env?: Readonly<Record<string, string>>;
}

/** A run that is under way. */
export interface StartedRun {
  readonly cli: RunningCli;
  /** Resolves when it has ended and left its report, which must fit its schema and have the program's exit code. */
  finished(): Promise<Outcome>;
}

/** Sources that can be made to fail one by one, a strict registry as target, and a machine. */
export interface FaultWorld {
  readonly sources: LoopbackSources;
  readonly target: CountingProxy;
  /** The target without its proxy and its faults. */
  readonly behind: string;
  /** Puts an image at the target, whose content a text decides, or a chart; returns its digest. */
  occupy(repository: string, tag: string, content?: string | Buffer): Promise<string>;
  readonly machine: Machine;
  /** Puts a proxy of its own before one source registry. */
  proxySource(registry: string): Promise<CountingProxy>;
  /** Pushes an image to where its reference leads; `name` in the options decides its content. */
  addImage(reference: string, options?: ImageOptions): Promise<PushedImage>;
  addImages(...references: readonly string[]): Promise<void>;
  publish(name: string, parts: ChartParts, address?: string): Promise<void>;
  start(request: RunRequest): Promise<StartedRun>;
  /** `start` and `finished`. */
  mirror(request: RunRequest): Promise<Outcome>;
  stop(): Promise<void>;
}

/** A chart with a container for each image; every reference stands whole in values.yaml, as `image0`, `image1`. */
export function chartOf(...images: readonly string[]): ChartParts {
  const containers = images.map((_, index) => `- name: c${index}\n  image: {{ .Values.image${index} }}`);
  return {
    values: images.map((image, index) => `image${index}: ${image}\n`).join(''),
    templates: { 'd.yaml': deployment(containers.join('\n')) },
  };
}

function catalogOf({ entries = [], moved }: RunRequest): string {
  const addons = entries.map((entry) => ({ repository: STABLE, version: '1.0.0', ...entry }));
  return `${JSON.stringify(moved === undefined ? { addons } : { addons, moved }, undefined, 2)}\n`;
}

function found<T>(item: T | undefined, name: string, result: CliResult): T {
  if (item === undefined) throw new Error(`the report says nothing of ${name}:\n${result.stderr}`);
  return item;
}

async function outcomeOf(machine: Machine, directory: string, result: CliResult): Promise<Outcome> {
  const report = await machine.report(directory).catch(() => {
    throw new Error(`there is no report (exit code ${result.code}):\n${result.stderr}`);
  });
  const problems = schemaProblems(report);
  if (problems.length > 0) throw new Error(`the report does not fit its schema: ${problems.join('; ')}`);
  if (report.exitCode !== result.code) throw new Error(`exit code ${result.code}, the report says ${report.exitCode}`);
  const { charts, images } = report;
  return {
    ...result,
    report,
    directory,
    row: (release) =>
      found(
        charts.find((one) => one.release === release),
        release,
        result,
      ),
    image: (source) =>
      found(
        images.find((one) => one.source === source),
        source,
        result,
      ),
  };
}

/** The source side: one registry that holds every registry's content below its name, and proxies before it. */
async function startSources() {
  const sources = await startLoopbackSources();
  const registries = new Map<string, string>();
  const proxies: CountingProxy[] = [];

  async function addImage(reference: string, options: ImageOptions = {}): Promise<PushedImage> {
    const parsed = parseReference(reference);
    if (parsed === undefined) throw new Error(`${reference} is no reference`);
    const { registry, repository, tag, digest } = parsed;
    registries.set(registry, registries.get(registry) ?? sources.registry.url);
    const path = `${registry}/${repository}`;
    const { name = reference, ...shape } = options;
    if (tag === undefined && digest !== undefined) return pushByDigestOnly(sources.registry.url, path, name, shape);
    return pushImage(sources.registry.url, path, tag ?? 'latest', { name, ...shape });
  }

  return {
    sources,
    addImage,
    async proxySource(registry: string): Promise<CountingProxy> {
      const proxy = await startCountingProxy(sources.registry.url);
      proxies.push(proxy);
      registries.set(registry, proxy.url);
      return proxy;
    },
    mirrors: () => [
      ...sources.mirrors().filter(({ from }) => !registries.has(from)),
      ...[...registries].map(([from, url]) => ({ from, to: `${url}/${from}` })),
    ],
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await sources.stop();
    },
  };
}

/** Starts a world; each run has a working directory of its own. */
export async function startFaultWorld(): Promise<FaultWorld> {
  const { sources, addImage, proxySource, mirrors, stop } = await startSources();
  const registry = await startDistribution();
  const target = await startCountingProxy(registry.url);
  const own = await createMachine();
  const running = new Set<RunningCli>();
  let runs = 0;

  /** Ends what a failed test has left running: the second signal ends a run at once. */
  async function endAll(): Promise<void> {
    for (const cli of running) {
      for (const signal of ['SIGTERM', 'SIGTERM', 'SIGKILL'] as const) {
        cli.interrupt(signal);
        await Promise.race([cli.ended, new Promise((resolve) => setTimeout(resolve, 500))]);
      }
    }
  }

  async function start(request: RunRequest): Promise<StartedRun> {
    const { path, flags = [], machine = own, env = {} } = request;
    runs += 1;
    const directory = `run-${runs}`;
    const kind = request.values === undefined ? 'catalog' : 'values';
    await machine.write(join(directory, `${kind}.yaml`), request.values ?? catalogOf(request));
    const where = ['--target-registry', `${target.host}/${path}`, '--plain-http', ...mirrorFlags(mirrors())];
    const cli = machine.start(['mirror', `--${kind}`, `${kind}.yaml`, ...where, ...flags], { env, cwd: directory });
    running.add(cli);
    const forget = () => running.delete(cli);
    cli.ended.then(forget, forget);
    return { cli, finished: async () => outcomeOf(machine, directory, await cli.ended) };
  }

  return {
    sources,
    target,
    behind: registry.url,
    machine: own,
    async occupy(repository, tag, content = 'other content') {
      const name = repository.split('/').at(-1) ?? '';
      const made = typeof content === 'string' ? buildImage(content) : buildChartArtifact(name, tag, content);
      const client = createRegistryClient({ base: registry.url });
      await client.push(repository, tag, made).finally(() => client.close());
      return made.root.digest;
    },
    proxySource,
    addImage,
    async addImages(...references) {
      await Promise.all(references.map((reference) => addImage(reference)));
    },
    async publish(name, parts, address = STABLE) {
      await sources.addChart(address, await makeChart(name, parts));
    },
    start,
    mirror: async (request) => (await start(request)).finished(),
    async stop() {
      await endAll();
      await Promise.all([stop(), target.stop(), own.remove()]);
      await registry.stop();
    },
  };
}
