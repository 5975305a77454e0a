import { dirname } from 'node:path/posix';
import { createHostProbe, type HostProbe } from '../adapters/probes/host-probe.ts';
import { probeRepository } from '../adapters/probes/repository-probe.ts';
import { proxyFor } from '../adapters/proxies.ts';
import { addressOf, addressOfUrl } from '../adapters/source-mirrors.ts';
import { type Finding, fine } from '../domain/doctor/finding.ts';
import { type HostClock, judgeClocks } from '../domain/doctor/judge-clocks.ts';
import { judgeProbe, judgeRepository, type ProbedHost } from '../domain/doctor/judge-probe.ts';
import type { Probe } from '../domain/doctor/probe.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { DOCKER_HUB } from '../domain/reference.ts';
import { quotaText } from '../domain/run-plan/requests.ts';
import type { Checkup } from './doctor-checkup.ts';
import { ecrFindings, NOBODYS } from './doctor-ecr.ts';

/** A host with its answer, and what it says. */
interface Examined {
  readonly host: ProbedHost;
  readonly probe: Probe;
  readonly findings: readonly Finding[];
}

/** With fewer reads left, a run is likely to be stopped by the limit. */
const FEW_READS = 20;

/** The addresses that are really asked. */
function addresses({ configuration, hosts }: Checkup): readonly URL[] {
  const { network, settings } = configuration;
  const { host, path } = splitTarget(settings.targetRegistry ?? '');
  return [
    ...[...hosts.registries].map(([name, { repository }]) => addressOf(network, 'source', name, repository).base),
    ...hosts.repositories.map((url) => addressOfUrl(network, url)),
    ...(host === '' ? [] : [addressOf(network, 'destination', host, path).base]),
  ];
}

/**
 * Which hosts are reached through a proxy.
 *
 * @throws MirrorError INPUT_INVALID when a variable is no address of one.
 */
function proxyFindings(checkup: Checkup): readonly Finding[] {
  const { env } = checkup.around;
  const ways = addresses(checkup).map((url) => ({ host: url.host, proxy: proxyFor(url, env)?.host }));
  if (ways.length === 0) return [];
  const through = (proxy: string | undefined): string =>
    [...new Set(ways.filter((way) => way.proxy === proxy).map(({ host }) => host))].join(', ');
  const proxies = [...new Set(ways.flatMap(({ proxy }) => proxy ?? []))];
  if (proxies.length === 0) return [fine('proxy', 'none', 'every host is reached directly')];
  const direct = through(undefined);
  return [
    ...proxies.map((proxy) => fine('proxy', proxy, `the way to ${through(proxy)}`)),
    ...(direct === '' ? [] : [fine('proxy', 'none', `the way to ${direct}`)]),
  ];
}

function registries(checkup: Checkup, probe: HostProbe): readonly Promise<Examined>[] {
  const { configuration, hosts, around, signal } = checkup;
  return [...hosts.registries].map(async ([name, read]) => {
    const through = addressOf(configuration.network, 'source', name, read.repository).host;
    const host = { area: 'source', name, through } as const;
    const answer = await probe.source(name, read, signal);
    return { host, probe: answer, findings: judgeProbe(host, answer, around.now()) };
  });
}

function repositories({ configuration, connections, hosts, around, signal }: Checkup): readonly Promise<Examined>[] {
  const { network } = configuration;
  return hosts.repositories.map(async (url) => {
    const reached = addressOfUrl(network, url).host;
    const through = reached === url.host ? undefined : reached;
    const host = { area: 'source', name: `${url.host}${dirname(url.pathname).replace(/\/$/, '')}`, through } as const;
    const answer = await probeRepository({ ...connections, settings: network }, url, signal);
    return { host, probe: answer, findings: judgeRepository(host, answer, around.now()) };
  });
}

async function target(checkup: Checkup, registry: string, probe: HostProbe): Promise<Examined> {
  const { around, signal } = checkup;
  const { host: name, path } = splitTarget(registry);
  const host = { area: 'target', name, through: undefined } as const;
  const answer = await probe.target(name, path === '' ? NOBODYS : path, signal);
  const isReached = answer.kind === 'answered';
  const ecr = isReached ? await ecrFindings(checkup, registry) : [];
  return { host, probe: answer, findings: [...judgeProbe(host, answer, around.now()), ...ecr] };
}

/** What Docker Hub still answers in this window, as it said with its answers. */
function quota({ connections, hosts }: Checkup): readonly Finding[] {
  const left = hosts.registries.has(DOCKER_HUB) ? connections.use.quotaOf(DOCKER_HUB) : null;
  if (left === null) return [];
  const what = `manifest reads: ${quotaText(left)}`;
  if (left.remaining > FEW_READS) return [fine('source', DOCKER_HUB, what)];
  const remedy = 'log in to Docker Hub, use a source mirror, or wait until the window is over';
  return [{ area: 'source', subject: DOCKER_HUB, judgement: 'doubt', what, remedy }];
}

/** What was not looked at, since nobody named it. */
function unknown({ configuration, hosts, report }: Checkup): readonly Finding[] {
  const { targetRegistry } = configuration.settings;
  const isNothing = hosts.registries.size + hosts.repositories.length === 0;
  const images: Finding = {
    ...{ area: 'source', subject: isNothing ? 'sources' : 'images', judgement: 'doubt' },
    what: isNothing
      ? 'none was named, so none was asked'
      : 'which registries they come from is known after mirror --scan-only',
    remedy: `name ${isNothing ? 'catalogs with --catalog, and ' : ''}the report of a scan with --report`,
  };
  const named: Finding = {
    ...{ area: 'target', subject: 'target', judgement: 'doubt' },
    ...{ what: 'none was named, so none was asked', remedy: 'name it with --target-registry' },
  };
  return [...(report === undefined ? [images] : []), ...(targetRegistry === undefined ? [named] : [])];
}

function clocks(examined: readonly Examined[]): readonly HostClock[] {
  const known = new Map<string, HostClock>();
  for (const { host, probe } of examined) {
    if (probe.kind !== 'answered' || probe.aheadMs === undefined) continue;
    const name = (host.through ?? host.name).split('/', 1).join('');
    known.set(name, { host: name, aheadMs: probe.aheadMs });
  }
  return [...known.values()];
}

/** All hosts of a run: the ways to them, what they answer and to whom, and their clocks. */
export async function networkFindings(checkup: Checkup): Promise<readonly Finding[]> {
  const { connections, configuration } = checkup;
  const { network, settings } = configuration;
  const ways = proxyFindings(checkup);
  const probe = createHostProbe({ ...connections, settings: network });
  const { targetRegistry } = settings;
  const examined = await Promise.all([
    ...registries(checkup, probe),
    ...repositories(checkup),
    ...(targetRegistry === undefined ? [] : [target(checkup, targetRegistry, probe)]),
  ]);
  const findings = examined.flatMap((one) => one.findings);
  const of = (area: 'source' | 'target'): readonly Finding[] => findings.filter((one) => one.area === area);
  return [
    ...ways,
    ...judgeClocks(clocks(examined)),
    ...of('source'),
    ...quota(checkup),
    ...of('target'),
    ...unknown(checkup),
  ];
}
