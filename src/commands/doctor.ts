import { dirname, resolve } from 'node:path';
import { probeDirectory } from '../adapters/probes/disk-probe.ts';
import { createHostProbe, type HostProbe } from '../adapters/probes/host-probe.ts';
import { proxyFor } from '../adapters/proxies.ts';
import { findTool } from '../adapters/tools/find.ts';
import type { DoctorFlags } from '../cli/doctor-command.ts';
import type { Configuration } from '../config/configuration.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import type { Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Addon } from '../domain/addon.ts';
import { type Finding, fine, isHealthy } from '../domain/doctor/finding.ts';
import { type SourceHosts, sourceHosts } from '../domain/doctor/hosts-of-run.ts';
import { judgeProbe } from '../domain/doctor/judge-probe.ts';
import { ecrRegistry } from '../domain/ecr/registry.ts';
import { settingsFor } from '../domain/ecr/repository-settings.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { DOCKER_HUB, parseReference } from '../domain/reference.ts';
import { quotaText } from '../domain/run-plan/requests.ts';
import { TOOLS, type ToolName } from '../domain/tool.ts';
import { toMirrorError } from '../errors.ts';
import type { Redactor } from '../redaction.ts';
import { doctorText } from '../report/doctor-text.ts';
import { type Connections, connect } from './connect.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { readConfiguration } from './read-configuration.ts';
import { readNamedReport } from './read-report.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

/** A repository that nobody has: whether it may be asked for is what counts. */
const NOBODYS = 'airgap-charts-doctor';

interface Checkup {
  readonly flags: DoctorFlags;
  readonly configuration: Configuration;
  readonly hosts: SourceHosts;
  readonly connections: Connections;
  readonly probe: HostProbe;
  readonly around: Surroundings;
}

async function program(name: ToolName, around: Surroundings): Promise<Finding> {
  const places = { searchPath: around.env.PATH, cacheDir: cacheDirectory(around), signal: around.signal };
  const found = await findTool(TOOLS[name], places);
  if (found.kind === 'found') return fine('program', name, found.note);
  return { area: 'program', subject: name, judgement: 'wrong', what: found.reason, remedy: found.hint };
}

/** Which hosts are reached through a proxy; a variable that is no address is wrong for all. */
function proxies(urls: readonly URL[], { env }: Surroundings): readonly Finding[] {
  const ways = urls.map((url) => {
    try {
      return { host: url.host, proxy: proxyFor(url, env)?.host };
    } catch (thrown) {
      return { host: url.host, error: toMirrorError(thrown) };
    }
  });
  const wrong = ways.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const [first] = wrong;
  if (first !== undefined) {
    const remedy = first.hint ?? null;
    return [{ area: 'proxy', subject: 'environment', judgement: 'wrong', what: first.message, remedy }];
  }
  const proxied = new Set(ways.flatMap(({ proxy }) => proxy ?? []));
  return [...proxied].map((proxy) => {
    const through = ways.filter((way) => way.proxy === proxy).map(({ host }) => host);
    return fine('proxy', proxy, `the way to ${through.join(', ')}`);
  });
}

async function registryFindings(checkup: Checkup): Promise<readonly Finding[]> {
  const { hosts, probe, around } = checkup;
  const { signal } = around;
  const asked = [...hosts.registries].map(async ([name, repository]) => {
    const answer = await probe.registry(name, repository, 'source', signal);
    const host = { area: 'source', name, through: probe.through(name, repository, 'source') } as const;
    return judgeProbe(host, answer, around.now());
  });
  const repositories = hosts.repositories.map(async (url) => {
    const answer = await probe.repository(url, signal);
    return judgeProbe(
      { area: 'source', name: `${url.host}${dirname(url.pathname)}`, through: undefined },
      answer,
      around.now(),
    );
  });
  return (await Promise.all([...asked, ...repositories])).flat();
}

/** What Docker Hub still answers: a HEAD request, which it does not count, tells it. */
async function quota({ hosts, connections, around }: Checkup): Promise<readonly Finding[]> {
  const repository = hosts.registries.get(DOCKER_HUB);
  const reference = repository === undefined ? undefined : parseReference(`${DOCKER_HUB}/${repository}:latest`);
  if (reference === undefined) return [];
  const isAnswered = await connections.registry.head(reference, 'source', around.signal).then(
    () => true,
    () => false,
  );
  const left = isAnswered ? connections.use.quotaOf(DOCKER_HUB) : null;
  if (left === null) return [];
  const text = `manifest reads: ${quotaText(left)}`;
  if (left.remaining > 20) return [fine('source', DOCKER_HUB, text)];
  const remedy = 'log in to Docker Hub, use a source mirror, or wait until the window is over';
  return [{ area: 'source', subject: DOCKER_HUB, judgement: 'doubt', what: text, remedy }];
}

async function ecrRights(
  { configuration, connections, around }: Checkup,
  registry: string,
): Promise<readonly Finding[]> {
  const ecr = ecrRegistry(registry, configuration.network);
  if (ecr === undefined) return [];
  const { path } = splitTarget(registry);
  const name = path === '' ? NOBODYS : `${path}/${NOBODYS}`;
  const subject = `repositories of ${ecr.host}`;
  try {
    const wanted = new Map([[name, settingsFor(name, configuration.repositories)]]);
    const states = await connections.ecr.repositories(ecr).describe(wanted, around.signal);
    const state = states.get(name);
    if (state?.kind !== 'unknown')
      return [fine('target', subject, 'they may be looked at; whether they may be created is not tried')];
    const remedy = 'the run asks for each by its own rights; docs/ecr.md has the policy that a run needs';
    return [{ area: 'target', subject, judgement: 'doubt', what: state.detail, remedy }];
  } catch (thrown) {
    const { code, message, hint } = toMirrorError(thrown);
    return [{ area: 'target', subject, judgement: 'wrong', what: `${code}: ${message}`, remedy: hint ?? null }];
  }
}

async function target(checkup: Checkup): Promise<readonly Finding[]> {
  const { configuration, probe, around } = checkup;
  const registry = configuration.settings.targetRegistry;
  if (registry === undefined) {
    const what = 'no target is named, so none was asked';
    return [{ area: 'target', subject: 'target', judgement: 'doubt', what, remedy: 'name it with --target-registry' }];
  }
  const { host, path } = splitTarget(registry);
  const answer = await probe.registry(host, path === '' ? NOBODYS : path, 'destination', around.signal);
  const judged = judgeProbe({ area: 'target', name: host, through: undefined }, answer, around.now());
  return [...judged, ...(await ecrRights(checkup, registry))];
}

function unknownImages({ flags, hosts }: Checkup): readonly Finding[] {
  if (flags.report !== undefined) return [];
  const what =
    hosts.registries.size + hosts.repositories.length === 0
      ? 'no source is known, so none was asked'
      : 'only sources of charts were asked: where their images come from is known after a scan';
  const remedy = 'name catalogs with --catalog, and the report of a scan with --report';
  return [{ area: 'source', subject: 'images', judgement: 'doubt', what, remedy }];
}

async function examine(checkup: Checkup): Promise<readonly Finding[]> {
  const { configuration, around, hosts } = checkup;
  const { settings } = configuration;
  const programs: readonly ToolName[] = settings.engine === 'crane' ? ['helm', 'crane'] : ['helm'];
  const urls = [...hosts.registries.keys()].map((host) => new URL(`https://${host}`));
  const parts = await Promise.all([
    Promise.all(programs.map((name) => program(name, around))),
    proxies([...urls, ...hosts.repositories], around),
    registryFindings(checkup),
    quota(checkup),
    unknownImages(checkup),
    target(checkup),
    Promise.all([
      probeDirectory(settings.outputDir, 'output directory'),
      probeDirectory(around.temporary, 'temporary files'),
    ]),
  ]);
  return parts.flat();
}

interface Sources {
  readonly addons: readonly Addon[];
  readonly problems: readonly Problem[];
}

async function sources({ catalog, values }: DoctorFlags, cwd: string): Promise<Sources> {
  if (catalog.length === 0 && values === undefined) return { addons: [], problems: [] };
  const loaded = await loadCatalog({
    ...{ catalogs: catalog, values, chartOverrides: [], onlyAddon: [], excludeAddons: [] },
    ...{ latest: false, cwd, files: diskFiles },
  });
  return loaded.kind === 'problems'
    ? { addons: [], problems: loaded.problems }
    : { addons: loaded.catalog.addons, problems: [] };
}

/** Looks whether a run could do. Exit code 0 when nothing is wrong, 1 when something is, 2 for bad input. */
export async function doctor(flags: DoctorFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  const { cwd } = around;
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const { targetRegistry, registryType, ecrAccount, ecrRegion, profile, engine } = flags;
  const outputDir = flags.outputDir === undefined ? undefined : resolve(cwd, flags.outputDir);
  const wishes = { targetRegistry, registryType, ecrAccount, ecrRegion, profile, engine, outputDir };
  const configured = await readConfiguration(flags, wishes, cwd);
  const { addons, problems: wrong } = await sources(flags, cwd);
  const named = flags.report === undefined ? undefined : await readNamedReport(flags.report, cwd);
  const all = [
    ...problems,
    ...(configured.kind === 'problems' ? configured.problems : []),
    ...wrong,
    ...(named?.kind === 'problem' ? [named.problem] : []),
  ];
  if (configured.kind === 'problems' || all.length > 0) return refuse(all, around, redactor);
  const { configuration } = configured;
  const { network, settings } = configuration;
  const say = (line: string): void => around.complain(`${redactor.scrub(line)}\n`);
  const connections = connect(network, around.env, explicit, redactor, say, settings.profile);
  try {
    const hosts = sourceHosts(addons, named?.kind === 'report' ? named.report : undefined);
    const probe = createHostProbe(connections.access, connections.requests, network);
    const findings = await examine({ flags, configuration, hosts, connections, probe, around });
    if (flags.json) around.print(scrubbedJson({ version: 1, healthy: isHealthy(findings), findings }, redactor));
    else around.print(redactor.scrub(doctorText(findings, around.color)));
    return isHealthy(findings) ? 0 : 1;
  } finally {
    await connections.close();
  }
}
