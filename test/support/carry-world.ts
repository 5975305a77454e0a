import { join } from 'node:path';
import type { CarryReport } from '../../src/domain/carry-report.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { type ChartParts, deployment, vendored } from './e2e-charts.ts';
import { writeChart } from './e2e-command.ts';
import { type CliOptions, type CliResult, createMachine, type Machine, type MachineTools } from './e2e-machine.ts';
import { startDistribution } from './registries.ts';
import { type ImageOptions, type PushedImage, pushImage } from './synthetic-images.ts';

/** A source and a target, both real registries on loopback behind counting proxies, and a machine. */
export interface CarryWorld {
  readonly machine: Machine;
  readonly source: CountingProxy;
  readonly target: CountingProxy;
  push(repository: string, tag: string, options?: ImageOptions): Promise<PushedImage>;
  /** Writes a chart directory whose parts may name the source's host as `HOST`. */
  chart(name: string, parts: ChartParts, folder?: string): Promise<void>;
  run(argv: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Runs a command that prints a report of what was carried. */
  carry(argv: readonly string[], options?: CliOptions): Promise<CliResult & { readonly report: CarryReport }>;
  path(name: string): string;
  stop(): Promise<void>;
}

function withHost(text: string, host: string): string {
  return text.replaceAll('HOST', host);
}

function hosted(parts: ChartParts, host: string): ChartParts {
  const texts = (files: Readonly<Record<string, string | Uint8Array>> = {}) =>
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, typeof text === 'string' ? withHost(text, host) : text]),
    );
  return {
    ...parts,
    yaml: (parts.yaml ?? []).map((line) => withHost(line, host)),
    values: withHost(parts.values ?? '{}\n', host),
    templates: texts(parts.templates) as Readonly<Record<string, string>>,
    files: texts(parts.files) as ChartParts['files'] & object,
  };
}

type Storage = 'memory' | 'disk';

/** Starts a world, with helm and crane on its machine unless something else is said. Large images need registries on disk. */
export async function startCarryWorld(tools?: MachineTools, storage: Storage = 'memory'): Promise<CarryWorld> {
  const [from, to] = await Promise.all([startDistribution({ storage }), startDistribution({ storage })]);
  const [source, target] = await Promise.all([startCountingProxy(from.url), startCountingProxy(to.url)]);
  const machine = await createMachine(tools);
  const run: CarryWorld['run'] = (argv, options) => machine.run([...argv, '--plain-http'], options);
  return {
    machine,
    source,
    target,
    push: (repository, tag, options) => pushImage(from.url, repository, tag, options),
    chart: (name, parts, folder) => writeChart(machine, name, hosted(parts, source.host), folder),
    run,
    async carry(argv, options) {
      const result = await run([...argv, '--json'], options);
      if (result.stdout === '') throw new Error(`there is no report:\n${result.stderr}`);
      return { ...result, report: JSON.parse(result.stdout) };
    },
    path: (name) => join(machine.work, name),
    async stop() {
      await Promise.all([source.stop(), target.stop(), machine.remove()]);
      await Promise.all([from.stop(), to.stop()]);
    },
  };
}

/** The images of `webParts`, by repository. */
export interface WebImages {
  readonly app: PushedImage;
  readonly single: PushedImage;
  readonly pinned: PushedImage;
  readonly sub: PushedImage;
}

/** Pushes the images of `webParts`: with attestations, of docker without an index, pinned, and with two variants of arm. */
export async function pushWebImages(world: CarryWorld): Promise<WebImages> {
  return {
    app: await world.push('team/app', '1.0', { platforms: ['linux/amd64', 'linux/arm64'], attestations: true }),
    single: await world.push('team/single', '2', { platforms: [], format: 'docker' }),
    pinned: await world.push('team/pinned', '4', { platforms: ['linux/amd64', 'linux/arm64'] }),
    sub: await world.push('team/sub', '3', {
      platforms: ['linux/amd64', 'linux/arm/v6', 'linux/arm/v7'],
      format: 'docker',
    }),
  };
}

/** A chart with a subchart whose images are of every kind. `pinned` is the digest that one of them is pinned to. */
export function webParts(pinned: string): ChartParts {
  const containers = [
    "- { name: a, image: '{{ .Values.image.repository }}:{{ .Values.image.tag }}' }",
    "- { name: b, image: '{{ .Values.single }}' }",
    "- { name: c, image: '{{ .Values.pinned }}' }",
  ].join('\n');
  return {
    version: '1.2.3',
    yaml: ['appVersion: "1.0" # a comment', 'dependencies:', '  - name: sub', '    version: 1.0.0'],
    values: [
      'image: { repository: HOST/team/app, tag: "1.0" }',
      'single: HOST/team/single:2',
      `pinned: HOST/team/pinned:4@${pinned}`,
      '',
    ].join('\n'),
    templates: { 'd.yaml': deployment(containers) },
    files: vendored('sub', {
      values: 'image: HOST/team/sub:3\n',
      templates: { 'd.yaml': deployment("- { name: a, image: '{{ .Values.image }}' }", 'sub') },
    }),
  };
}
