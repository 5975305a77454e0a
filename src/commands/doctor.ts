import { resolve } from 'node:path';
import { probeCertificates } from '../adapters/probes/certificate-probe.ts';
import { probeDirectory } from '../adapters/probes/disk-probe.ts';
import { findTool } from '../adapters/tools/find.ts';
import type { DoctorFlags } from '../cli/doctor-command.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import type { Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Addon } from '../domain/addon.ts';
import { doctorReport, type Finding, fine } from '../domain/doctor/finding.ts';
import { sourceHosts } from '../domain/doctor/hosts-of-run.ts';
import { TOOLS, type ToolName } from '../domain/tool.ts';
import type { Redactor } from '../redaction.ts';
import { doctorText } from '../report/doctor-text.ts';
import { connect } from './connect.ts';
import type { Checkup } from './doctor-checkup.ts';
import { networkFindings } from './doctor-network.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { readConfiguration } from './read-configuration.ts';
import { readNamedReport } from './read-report.ts';
import { refuse } from './scrubbed.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

function ownVersion({ version, node, platform, arch }: Surroundings): Finding {
  return fine('program', 'airgap-charts', `${version} with Node ${node} on ${platform} ${arch}`);
}

async function program(name: ToolName, around: Surroundings): Promise<Finding> {
  const places = { searchPath: around.env.PATH, cacheDir: cacheDirectory(around), signal: around.signal };
  const found = await findTool(TOOLS[name], places);
  if (found.kind === 'found') return fine('program', name, found.note);
  return { area: 'program', subject: name, judgement: 'wrong', what: found.reason, remedy: found.hint };
}

/** Only what is written for people may hold a secret: a password of `wrong` must not hide a judgement. */
function scrubbed(finding: Finding, redactor: Redactor): Finding {
  const { subject, what, remedy } = finding;
  const scrub = (text: string): string => redactor.scrub(text);
  return { ...finding, subject: scrub(subject), what: scrub(what), remedy: remedy === null ? null : scrub(remedy) };
}

async function examine(checkup: Checkup): Promise<readonly Finding[]> {
  const { configuration, around } = checkup;
  const { settings, network } = configuration;
  const programs: readonly ToolName[] = settings.engine === 'crane' ? ['helm', 'crane'] : ['helm'];
  const parts = await Promise.all([
    [ownVersion(around)],
    Promise.all(programs.map((name) => program(name, around))),
    Promise.all([
      probeDirectory(settings.outputDir, 'output directory'),
      probeDirectory(around.temporary, 'temporary files'),
    ]),
    probeCertificates(network, around.env, around.now()),
    networkFindings(checkup),
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

/**
 * Looks whether a run could do, and leaves nothing. Exit code 0 when nothing is wrong, 1 when something is, 2 for bad input.
 *
 * @throws MirrorError INPUT_INVALID for certificates that cannot be read, and for proxy variables that are no addresses.
 */
export async function doctor(flags: DoctorFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  const { cwd, signal } = around;
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
    const report = named?.kind === 'report' ? named.report : undefined;
    const hosts = sourceHosts(addons, report);
    const findings = await examine({ configuration, hosts, report, connections, around, signal });
    const found = doctorReport(findings.map((finding) => scrubbed(finding, redactor)));
    around.print(flags.json ? `${JSON.stringify(found, undefined, 2)}\n` : doctorText(found.findings, around.color));
    return found.healthy ? 0 : 1;
  } finally {
    await connections.close();
  }
}
