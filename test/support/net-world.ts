import { buildChartArtifact } from '../../src/demo/chart-artifact.ts';
import type { ChartRepositoryServer } from '../../src/demo/chart-repository.ts';
import { createRegistryClient } from '../../src/demo/registry-client.ts';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import type { Report } from '../../src/domain/report/report.ts';
import { startChartRepository } from './chart-repository.ts';
import { type ConnectProxy, startConnectProxy } from './connect-proxy.ts';
import { type ChartParts, deployment, makeChart } from './e2e-charts.ts';
import type { CliResult } from './e2e-machine.ts';
import { type Backend, forward, type NetHost, startNetHost } from './net-host.ts';
import { createNetMachine, type NetMachine, type NetRun } from './net-machine.ts';
import { createPrivateCa, type PrivateCa } from './private-ca.ts';
import { startCraneRegistry } from './registries.ts';
import { pushImage } from './synthetic-images.ts';

/** What is behind a host: the chart repositories, the registry of sources, that of the target, or something of the test. */
type Behind = 'charts' | 'source' | 'target' | 'cache' | Exclude<Backend, string>;

/** What a run of `mirror` left. */
export interface NetOutcome extends CliResult {
  readonly report: Report;
  /** `release status`, and the code of an error. */
  readonly rows: readonly string[];
}

/** Hosts of invented names that only the proxy leads to, with certificates that only the private authority vouches for. */
export interface NetWorld {
  readonly ca: PrivateCa;
  readonly proxy: ConnectProxy;
  /** `name:443` and where it leads. */
  readonly routes: Readonly<Record<string, string>>;
  readonly machine: NetMachine;
  readonly charts: ChartRepositoryServer;
  readonly source: RunningServer;
  readonly target: RunningServer;
  /** A host by its name. */
  at(name: string): NetHost;
  /** The variables of a run that can reach all hosts. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Publishes at `https://…` with absolute archive URLs below that address, or at `oci://…`. Index and archive are served
   * below the path of `served`, when a mirror keeps them elsewhere.
   */
  publish(name: string, parts: ChartParts, address: string, served?: string): Promise<void>;
  /** Pushes images to the registry of sources, whose hosts share their repositories. */
  addImages(...references: readonly string[]): Promise<void>;
  /** Writes a catalog to `cwd`, by default a new directory, and mirrors it there. The environment is `env` and that of the run. */
  mirror(
    addons: readonly Readonly<Record<string, unknown>>[],
    flags: readonly string[],
    run?: NetRun,
  ): Promise<NetOutcome>;
  /** Forgets all requests and opens all doors. */
  reset(): void;
  stop(): Promise<void>;
}

/** A chart whose values name images, each in a container of its own. */
export function imageChart(...images: readonly string[]): ChartParts {
  const containers = images.map((_, index) => `- { name: c${index}, image: "{{ .Values.image${index} }}" }`);
  return {
    values: images.map((image, index) => `image${index}: ${image}\n`).join(''),
    templates: { 'd.yaml': deployment(containers.join('\n')) },
  };
}

function rowsOf(report: Report): readonly string[] {
  return report.charts.map(({ release, status, error }) =>
    error === null ? `${release} ${status}` : `${release} ${status} ${error.code}`,
  );
}

/** Starts a world with these hosts. */
export async function startNetWorld(names: Readonly<Record<string, Behind>>): Promise<NetWorld> {
  const [ca, charts, source, target, machine] = await Promise.all([
    createPrivateCa(),
    startChartRepository(),
    startCraneRegistry(),
    startCraneRegistry(),
    createNetMachine(),
  ]);
  const certificate = await ca.issue(Object.keys(names));
  const cache: Backend = (incoming, response) => {
    forward(incoming.url?.startsWith('/v2/') === true ? source.url : charts.url, incoming, response);
  };
  const backends = { charts: charts.url, source: source.url, target: target.url, cache };
  const hosts = new Map<string, NetHost>();
  for (const [name, behind] of Object.entries(names)) {
    const backend = typeof behind === 'string' ? backends[behind] : behind;
    hosts.set(name, await startNetHost({ name, certificate, backend }));
  }
  const routes = Object.fromEntries([...hosts].map(([name, { address }]) => [`${name}:443`, address]));
  const proxy = await startConnectProxy({ routes });
  const client = createRegistryClient({ base: source.url });
  const env = { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: ca.certFile };
  let runs = 0;

  return {
    ca,
    proxy,
    routes,
    machine,
    charts,
    source,
    target,
    env,
    at(name) {
      const host = hosts.get(name);
      if (host === undefined) throw new Error(`there is no host ${name}`);
      return host;
    },
    async publish(name, parts, address, served = address) {
      const chart = await makeChart(name, parts);
      const path = new URL(served.replace(/^oci:/, 'https:')).pathname.slice(1);
      if (!address.startsWith('oci://')) charts.add(path, [chart], address);
      else await client.push(`${path}/${name}`, chart.version, buildChartArtifact(name, chart.version, chart.archive));
    },
    async addImages(...references) {
      for (const reference of references) {
        const [repository = '', tag = ''] = reference.split(':');
        await pushImage(source.url, repository, tag, { ownLayers: 1 });
      }
    },
    async mirror(addons, flags, run = {}) {
      runs += 1;
      const cwd = run.cwd ?? `run-${runs}`;
      await machine.write(`${cwd}/catalog.yaml`, JSON.stringify({ addons }));
      const argv = ['mirror', '--catalog', 'catalog.yaml', ...flags];
      const result = await machine.run(argv, { cwd, env: { ...env, ...run.env } });
      const report = await machine.report(cwd);
      return { ...result, report, rows: rowsOf(report) };
    },
    reset() {
      for (const host of hosts.values()) host.reset();
    },
    async stop() {
      client.close();
      await Promise.all([...hosts.values()].map((host) => host.stop()));
      await Promise.all([proxy.stop(), charts.stop(), machine.remove(), ca.remove()]);
      await Promise.all([source.stop(), target.stop()]);
    },
  };
}
