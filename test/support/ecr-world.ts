import { createServer } from 'node:https';
import type { ChartRepositoryServer } from '../../src/demo/chart-repository.ts';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import type { Report } from '../../src/domain/report/report.ts';
import { startChartRepository } from './chart-repository.ts';
import { type ConnectProxy, startConnectProxy } from './connect-proxy.ts';
import type { ChartParts } from './e2e-charts.ts';
import { makeChart } from './e2e-charts.ts';
import { contentsOf, type EcrContents } from './ecr-contents.ts';
import { createEcrEmulator, type EcrEmulator, type EcrOptions, hostsOf } from './ecr-emulator.ts';
import { type EcrNames, ecrNames } from './ecr-hosts.ts';
import { type EcrPrincipal, principalEnv } from './ecr-principals.ts';
import { listening } from './listening.ts';
import { type NetHost, startNetHost } from './net-host.ts';
import { createNetMachine, type NetMachine, type NetRun } from './net-machine.ts';
import type { NetOutcome } from './net-world.ts';
import { createPrivateCa, type PrivateCa } from './private-ca.ts';
import { startCraneRegistry } from './registries.ts';
import { pushImage } from './synthetic-images.ts';

/** What a world is made with, beside its emulator. */
export interface EcrWorldOptions extends EcrOptions {
  /** Further private registries whose real names are to be reached. */
  readonly registries?: readonly { readonly account: string; readonly region: string }[];
  /** Further hosts, in front of the sources. Default: `charts.example.test` and `images.example.test`. */
  readonly sources?: Readonly<Record<string, 'charts' | 'source'>>;
  /** Credentials that the proxy demands. */
  readonly proxyLogin?: { readonly user: string; readonly password: string };
}

/** Real names of ECR behind a proxy and a private authority, with sources and a machine. No plain name resolves. */
export interface EcrWorld {
  readonly ecr: EcrEmulator;
  /** The caller's own private registry. */
  readonly contents: EcrContents;
  /** The real names of that registry; `names.registry` is the usual target. */
  readonly names: EcrNames;
  readonly ca: PrivateCa;
  readonly proxy: ConnectProxy;
  /** A home, a PATH and a working directory; the secrets of the emulator are guarded on it. */
  readonly machine: NetMachine;
  readonly charts: ChartRepositoryServer;
  readonly source: RunningServer;
  /** Proxy and authority, without any key of AWS. */
  readonly network: Readonly<Record<string, string>>;
  /** `network` with the keys of `ecr.principal`, or of another one; no region. */
  env(principal?: EcrPrincipal): Readonly<Record<string, string>>;
  /** Publishes a chart at `https://charts.example.test/…` or another host of charts. */
  publish(name: string, parts: ChartParts, address: string): Promise<void>;
  /** Pushes images to the registry of sources: `repository:tag`, without its host. */
  addImages(...references: readonly string[]): Promise<void>;
  /** Writes a catalog and mirrors it, by default in a new directory below `machine.work` and with `env()`. */
  mirror(
    addons: readonly Readonly<Record<string, unknown>>[],
    flags: readonly string[],
    run?: NetRun,
  ): Promise<NetOutcome>;
  /** The same for any command line; the report is read only where there is one. */
  run(argv: readonly string[], run?: NetRun): ReturnType<NetMachine['run']>;
  stop(): Promise<void>;
}

const SOURCES = { 'charts.example.test': 'charts', 'images.example.test': 'source' } as const;

type Listening = { readonly address: string; readonly stop: () => Promise<void> };

async function listen(
  ecr: EcrEmulator,
  certificate: { readonly cert: string; readonly key: string },
): Promise<Listening> {
  const server = createServer(certificate, ecr.handle);
  const { host } = await listening(server);
  return {
    address: host,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function rowsOf(report: Report): readonly string[] {
  return report.charts.map(({ release, status, error }) =>
    error === null ? `${release} ${status}` : `${release} ${status} ${error.code}`,
  );
}

/** Starts a world. Needs openssl, helm and crane. */
export async function startEcrWorld(options: EcrWorldOptions = {}): Promise<EcrWorld> {
  const [ca, charts, source, machine] = await Promise.all([
    createPrivateCa(),
    startChartRepository(),
    startCraneRegistry(),
    createNetMachine(),
  ]);
  const guard = (password: string) => machine.guard({ user: 'AWS', password });
  const ecr = createEcrEmulator({ ...options, onToken: guard });
  for (const secret of [ecr.principal.secretAccessKey, ecr.principal.sessionToken ?? '']) guard(secret);
  const { account, region } = ecr;
  const own = [{ account, region }, ...(options.registries ?? [])];
  const ecrHosts = [...hostsOf(own), ...Object.keys(options.privateNames ?? {})];
  const sources: Readonly<Record<string, 'charts' | 'source'>> = options.sources ?? SOURCES;
  const certificate = await ca.issue(['ecr.example.test', ...ecrHosts, ...Object.keys(sources)]);
  const server = await listen(ecr, certificate);
  const backends = { charts: charts.url, source: source.url };
  const hosts: NetHost[] = [];
  for (const [name, behind] of Object.entries(sources)) {
    hosts.push(await startNetHost({ name, certificate, backend: backends[behind] }));
  }
  const routes = [...ecrHosts.map((name) => ({ name, address: server.address })), ...hosts];
  const proxy = await startConnectProxy({
    routes: Object.fromEntries(routes.map(({ name, address }) => [`${name}:443`, address])),
    ...(options.proxyLogin === undefined ? {} : { login: options.proxyLogin }),
  });
  // without it, the SDK would look for an instance's role outside of loopback
  const network = { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: ca.certFile, AWS_EC2_METADATA_DISABLED: 'true' };
  const env: EcrWorld['env'] = (principal = ecr.principal) => ({ ...network, ...principalEnv(principal) });
  let runs = 0;

  return {
    ecr,
    contents: contentsOf(ecr),
    names: ecrNames(account, region),
    ca,
    proxy,
    machine,
    charts,
    source,
    network,
    env,
    async publish(name, parts, address) {
      charts.add(new URL(address).pathname.slice(1), [await makeChart(name, parts)], address);
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
      const result = await machine.run(argv, { cwd, env: { ...(run.env ?? env()) } });
      const report = await machine.report(cwd);
      return { ...result, report, rows: rowsOf(report) };
    },
    run: (argv, run = {}) => machine.run(argv, { ...run, env: { ...(run.env ?? env()) } }),
    async stop() {
      await Promise.all([server.stop(), ...hosts.map((host) => host.stop())]);
      await Promise.all([proxy.stop(), charts.stop(), machine.remove(), ca.remove(), source.stop()]);
    },
  };
}
