import { listRepositories } from '../adapters/registry-catalog.ts';
import type { InventoryFlags } from '../cli/inventory-command.ts';
import type { Configuration } from '../config/configuration.ts';
import { flagProblem, shown } from '../config/problems.ts';
import type { Inventory } from '../domain/bundle/inventory.ts';
import { ecrRegistry } from '../domain/ecr/registry.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { isRepositoryName } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import { type Inventorying, inventoryStep } from '../pipeline/inventory/take-inventory.ts';
import type { Redactor } from '../redaction.ts';
import { inventorySummary } from '../report/inventory-summary.ts';
import { createNotices } from '../view/notices.ts';
import { runSteps } from '../view/run-steps.ts';
import { NO_LINES } from '../view/step-lines.ts';
import { type Connections, connect } from './connect.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { readConfiguration } from './read-configuration.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** The repositories that are looked through: those that are named, or all below the path of the registry. */
async function namesOf(
  registry: string,
  flags: InventoryFlags,
  { network }: Configuration,
  { access, ecr }: Connections,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (flags.repository.length > 0) return [...new Set(flags.repository)].sort();
  const { host, path } = splitTarget(registry);
  const own = ecrRegistry(registry, network);
  const list =
    own?.kind === 'private'
      ? ({ kind: 'found', names: await ecr.contents(own).repositories(signal) } as const)
      : await listRepositories(host, access, network, signal);
  if (list.kind === 'found')
    return list.names.filter((name) => path === '' || name === path || name.startsWith(`${path}/`));
  throw new MirrorError(`${host} does not list its repositories: ${list.detail}`, {
    code: 'IMAGE_DESTINATION_DENIED',
    origin: 'destination',
    hint: 'name them with --repository, or log in with the right to list them',
  });
}

/**
 * Prints what a registry has. Exit code 0 when all was looked through, 1 when something could not be read; then nothing is
 * printed, since half an inventory would leave out too little at best.
 */
export async function inventory(flags: InventoryFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const { targetRegistry, registryType, ecrAccount, ecrRegion, profile } = flags;
  const settings = { targetRegistry, registryType, ecrAccount, ecrRegion, profile };
  const configured = await readConfiguration(flags, settings, around.cwd);
  const wrong = flags.repository
    .filter((name) => !isRepositoryName(name))
    .map((name) =>
      flagProblem('--repository', {
        what: `${shown(name)} is no repository`,
        instead: 'write its path after the host',
      }),
    );
  const all = [...wrong, ...problems, ...(configured.kind === 'problems' ? configured.problems : [])];
  if (configured.kind === 'problems' || all.length > 0) return refuse(all, around, redactor);
  const { configuration } = configured;
  const line = (text: string): void => around.complain(`${redactor.scrub(text)}\n`);
  const notices = createNotices(line);
  const { network, settings: read } = configuration;
  const registry = read.targetRegistry ?? targetRegistry;
  const connections = connect(network, around.env, explicit, redactor, notices.say, read.profile);
  try {
    const names = await namesOf(registry, flags, configuration, connections, around.signal);
    const { host } = splitTarget(registry);
    const inventorying: Inventorying = {
      ...{ registry: connections.registry, host, names, signal: around.signal },
      ...{ isNamed: flags.repository.length > 0, found: new Map(), failures: [] },
    };
    await runSteps([inventoryStep(inventorying)], {
      ...{ drawn: false, lines: NO_LINES, notices },
      scrub: (text) => redactor.scrub(text),
    });
    if (around.signal.aborted) return 130;
    const [failure] = inventorying.failures;
    if (failure !== undefined) throw failure;
    const repositories = names.flatMap((name) => inventorying.found.get(name) ?? []);
    const taken: Inventory = { version: 1, registry: host, repositories };
    around.print(scrubbedJson(taken, redactor));
    line(inventorySummary(taken, registry));
    return 0;
  } finally {
    await connections.close();
  }
}
