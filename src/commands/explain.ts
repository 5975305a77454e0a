import type { ExplicitCredentials } from '../adapters/credentials.ts';
import type { ExplainFlags } from '../cli/explain-command.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ExplainReport } from '../domain/explain/report.ts';
import type { NamingRule } from '../domain/plan/destination.ts';
import { MirrorError } from '../errors.ts';
import { explainReport } from '../pipeline/explain/explain.ts';
import { type Explaining, startExplaining } from '../pipeline/explain/explain-run.ts';
import { explainSteps } from '../pipeline/explain/explain-steps.ts';
import type { Redactor } from '../redaction.ts';
import { explainFailures, explainText } from '../report/explain-tree.ts';
import { createNotices } from '../view/notices.ts';
import { runSteps } from '../view/run-steps.ts';
import { NO_LINES } from '../view/step-lines.ts';
import { connect } from './connect.ts';
import { type ExplainInputs, readExplainInputs } from './explain-inputs.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { openCache } from './open-cache.ts';
import { withRenderPorts } from './render-ports.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

type CheckedInputs = Extract<ExplainInputs, { kind: 'ok' }>;

function namingOf({ settings }: Configuration): NamingRule | undefined {
  const { targetRegistry: registry, targetPrefix: prefix, imagePath } = settings;
  return registry === undefined ? undefined : { registry, prefix, imagePath };
}

/** The stacks of errors that are defects of this tool, each once. */
function unexpected({ run }: Explaining): readonly string[] {
  const failures = [...run.releases, ...run.charts].map(({ failure }) => failure);
  const causes = failures.filter((failure) => failure?.code === 'INTERNAL').map((failure) => failure?.cause);
  return [...new Set(causes)].map((cause) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)));
}

async function carryOut(
  { configuration, catalog }: CheckedInputs,
  flags: ExplainFlags,
  around: Surroundings,
  redactor: Redactor,
  explicit: ExplicitCredentials,
): Promise<ExplainReport> {
  const { network, settings } = configuration;
  const { signal } = around;
  const renders = Math.max(1, around.cores);
  const line = (text: string): void => around.complain(`${redactor.scrub(text)}\n`);
  const notices = createNotices(line);
  const connections = connect(network, around.env, explicit, redactor, notices.say, settings.profile);
  const drawn = around.drawable && !flags.json;
  try {
    return await withRenderPorts(connections, renders, around, async (found) => {
      const { helmPath, ...rest } = found;
      const cache = await openCache(settings.cache, helmPath, around, notices.say);
      const ports = { ...rest, cache };
      const { kubeVersion, includeDependencies, switches } = settings;
      const explaining = startExplaining({
        ...{ ports, catalog, asked: flags.image, naming: namingOf(configuration) },
        ...{ kubeVersion, includeDependencies, switches, renders, signal, say: () => undefined },
      });
      const scrub = (text: string): string => redactor.scrub(text);
      await runSteps(explainSteps(explaining), { drawn, lines: NO_LINES, notices, scrub });
      if (signal.aborted) throw new MirrorError('interrupted', { code: 'INTERRUPTED', origin: 'local' });
      if (flags.verbose) for (const stack of unexpected(explaining)) line(stack);
      await cache?.trim();
      return explainReport(explaining);
    });
  } finally {
    await connections.close();
  }
}

/**
 * Tells why images are there: every place that names one, the values that make it, and what has to be on for it. Nothing is
 * written, and no registry is asked for an image. Exit code 0 when something was found, 1 when nothing fits the question or
 * a chart cannot be fetched or rendered, 2 for bad input or a missing tool, 130 when interrupted.
 */
export async function explain(
  subject: string,
  flags: ExplainFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const inputs = await readExplainInputs(subject, flags, around, problems);
  if (inputs.kind === 'problems') return refuse(inputs.problems, around, redactor);
  const report = await carryOut(inputs, flags, around, redactor, explicit);
  if (flags.json) {
    around.print(scrubbedJson(report, redactor));
    around.complain(redactor.scrub(explainFailures(report, around.color)));
  } else around.print(redactor.scrub(explainText(report, around.color)));
  return report.exitCode;
}
