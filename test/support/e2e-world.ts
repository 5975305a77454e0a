import { join } from 'node:path';
import type { Report, ReportedChart, ReportedImage } from '../../src/domain/report/report.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { type ChartParts, makeChart } from './e2e-charts.ts';
import { type CliOptions, type CliResult, createMachine, type Machine, mirrorFlags } from './e2e-machine.ts';
import { rawChart } from './e2e-registry.ts';
import { type LoopbackSources, startLoopbackSources } from './loopback-sources.ts';
import { startCraneRegistry, startDistribution } from './registries.ts';

/** The chart repository of a world, by its invented name. */
export const STABLE = 'https://charts.example.test/stable';

/** An entry of a catalog. */
export type Entry = Readonly<Record<string, unknown>> & { readonly chart: string };

/** What a run left. */
export interface Outcome extends CliResult {
  readonly report: Report;
  /** The run's own working directory, which is its output directory too, relative to the machine's. */
  readonly directory: string;
  /** The row of a release, which is usually named as its chart. */
  row(release: string): ReportedChart;
  image(source: string): ReportedImage;
}

/** Sources, a target behind a counting proxy, and a machine: everything that a run of `mirror` needs. */
export interface World {
  readonly sources: LoopbackSources;
  readonly proxy: CountingProxy;
  readonly machine: Machine;
  /** Publishes a chart in `STABLE` or elsewhere. */
  publish(name: string, parts: ChartParts, address?: string): Promise<void>;
  /** The command line that mirrors a catalog of these entries to `host/path`; the catalog is written to `directory`. */
  commandLine(directory: string, path: string, entries: readonly Entry[], flags: readonly string[]): Promise<string[]>;
  /** Mirrors entries to `host/path`. */
  mirror(path: string, entries: readonly Entry[], flags?: readonly string[], options?: CliOptions): Promise<Outcome>;
  /** A chart as it is at the target. */
  chartAt(repository: string, tag?: string): Promise<Buffer>;
  stop(): Promise<void>;
}

function found<T>(item: T | undefined, name: string, result: CliResult): T {
  if (item === undefined) throw new Error(`the report says nothing of ${name}:\n${result.stderr}`);
  return item;
}

/** What a world is made of, where it is not the usual. */
export interface WorldOptions {
  readonly helm?: 'helm' | 'helm3' | 'helm4';
  /** The registry behind the target: crane's, unless said otherwise. */
  readonly target?: 'crane' | 'distribution';
}

/** Starts a world. The source names lead to loopback. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const startTarget = options.target === 'distribution' ? startDistribution : startCraneRegistry;
  const [sources, behind] = await Promise.all([startLoopbackSources(), startTarget()]);
  const proxy = await startCountingProxy(behind.url);
  const machine = await createMachine({ helm: options.helm ?? 'helm', crane: true });
  let runs = 0;

  const commandLine: World['commandLine'] = async (directory, path, entries, flags) => {
    const addons = entries.map((entry) => ({ repository: STABLE, ...entry }));
    await machine.write(join(directory, 'catalog.yaml'), `${JSON.stringify({ addons }, undefined, 2)}\n`);
    const target = ['--target-registry', path === '' ? proxy.host : `${proxy.host}/${path}`, '--plain-http'];
    return ['mirror', '--catalog', 'catalog.yaml', ...target, ...mirrorFlags(sources.mirrors()), ...flags];
  };

  return {
    sources,
    proxy,
    machine,
    commandLine,
    async publish(name, parts, address = STABLE) {
      await sources.addChart(address, await makeChart(name, parts));
    },
    async mirror(path, entries, flags = [], options = {}) {
      runs += 1;
      const directory = `run-${runs}`;
      const argv = await commandLine(directory, path, entries, flags);
      const result = await machine.run(argv, { ...options, cwd: directory });
      const report = await machine.report(directory);
      const row: Outcome['row'] = (release) =>
        found(
          report.charts.find((one) => one.release === release),
          release,
          result,
        );
      const image: Outcome['image'] = (source) =>
        found(
          report.images.find((one) => one.source === source),
          source,
          result,
        );
      return { ...result, report, directory, row, image };
    },
    chartAt: (repository, tag = '1.0.0') => rawChart(proxy.url, repository, tag),
    async stop() {
      await Promise.all([sources.stop(), proxy.stop(), machine.remove()]);
      await behind.stop();
    },
  };
}
