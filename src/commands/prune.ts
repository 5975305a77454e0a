import { join } from 'node:path';
import { unpackChart } from '../adapters/archive.ts';
import type { ExplicitCredentials } from '../adapters/credentials.ts';
import { checkOutput, createOutput } from '../adapters/output.ts';
import type { PruneFlags } from '../cli/prune-command.ts';
import { type PruneReport, pruneReport } from '../domain/prune/report.ts';
import type { PruneResult } from '../domain/prune/result.ts';
import { toMirrorError } from '../errors.ts';
import { prune as pruneRegistry } from '../pipeline/prune/prune.ts';
import type { Redactor } from '../redaction.ts';
import { pruneText } from '../report/prune-table.ts';
import { connect } from './connect.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { type PruneInputs, readPruneInputs } from './prune-inputs.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

type CheckedInputs = Extract<PruneInputs, { kind: 'ok' }>;

/** Where the report goes, below the output directory. */
const PRUNE_FILE = 'prune.json';

/** Tells the outcome: what was removed is said even where the report cannot be written. */
async function conclude(
  report: PruneReport,
  outputDir: string,
  flags: PruneFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const json = scrubbedJson(report, redactor);
  const failure = await createOutput(outputDir)
    .write(PRUNE_FILE, json)
    .then(() => undefined, toMirrorError);
  if (flags.json) around.print(json);
  around.complain(`\n${redactor.scrub(pruneText(report, around.color))}`);
  if (failure === undefined) {
    around.complain(`report: ${join(outputDir, PRUNE_FILE)}\n`);
    return report.exitCode;
  }
  around.complain(redactor.scrub(`${failure.code}: ${failure.message}: THERE IS NO REPORT FILE OF THIS RUN\n`));
  return Math.max(report.exitCode, 1);
}

async function carryOut(
  inputs: CheckedInputs,
  flags: PruneFlags,
  around: Surroundings,
  redactor: Redactor,
  explicit: ExplicitCredentials,
  now: Date,
): Promise<PruneResult> {
  const { configuration, registry, path, rules } = inputs;
  const say = (line: string): void => around.complain(`${redactor.scrub(line)}\n`);
  const connections = connect(
    configuration.network,
    around.env,
    explicit,
    redactor,
    say,
    configuration.settings.profile,
  );
  try {
    return await pruneRegistry({
      ports: {
        contents: connections.ecr.contents(registry),
        registry: connections.registry,
        archives: { unpack: unpackChart },
      },
      scope: { host: registry.host, path, all: flags.all },
      rules,
      remove: flags.yes,
      now,
      signal: around.signal,
      say,
    });
  } finally {
    await connections.close();
  }
}

/**
 * Removes from a private Amazon ECR what no rule keeps, or shows what would go. Exit code 0 when all is done or shown, 1
 * when something could not be removed, the registry changed meanwhile or the rules keep no chart, 2 for bad input, 130 when interrupted.
 */
export async function prune(flags: PruneFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  // logins of other registries are of no account here, half ones neither
  const { ECR_PRIVATE_PASSWORD } = around.env;
  const { explicit, problems } = explicitCredentials(flags, { ECR_PRIVATE_PASSWORD });
  const inputs = await readPruneInputs(flags, around, problems);
  if (inputs.kind === 'problems') return refuse(inputs.problems, around, redactor);
  const { outputDir } = inputs.configuration.settings;
  await checkOutput(outputDir);
  const startedAt = around.now();
  const result = await carryOut(inputs, flags, around, redactor, explicit, startedAt);
  const report = pruneReport(result, {
    target: inputs.target,
    startedAt: startedAt.toISOString(),
    finishedAt: around.now().toISOString(),
    keepCatalogs: flags.keepCatalog,
    rules: inputs.rules,
    all: flags.all,
  });
  return conclude(report, outputDir, flags, around, redactor);
}
