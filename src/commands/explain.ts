import { join } from 'node:path';
import { contentDigest, packChart, unpackChart } from '../adapters/archive.ts';
import type { ExplicitCredentials } from '../adapters/credentials.ts';
import { createHelm } from '../adapters/helm.ts';
import { createLocalCharts } from '../adapters/local-charts.ts';
import { requireTool } from '../adapters/tools/find.ts';
import { openWorkspace } from '../adapters/workspace.ts';
import type { ExplainFlags } from '../cli/explain-command.ts';
import type { Configuration } from '../config/configuration.ts';
import { formatProblem } from '../config/problems.ts';
import type { ExplainReport } from '../domain/explain/report.ts';
import type { NamingRule } from '../domain/plan/destination.ts';
import { TOOLS } from '../domain/tool.ts';
import { MirrorError } from '../errors.ts';
import { explainReport } from '../pipeline/explain/explain.ts';
import { type Explaining, type ExplainPorts, startExplaining } from '../pipeline/explain/explain-run.ts';
import { explainSteps } from '../pipeline/explain/explain-steps.ts';
import type { Redactor } from '../redaction.ts';
import { explainFailures, explainText } from '../report/explain-tree.ts';
import { createNotices } from '../view/notices.ts';
import { runSteps } from '../view/run-steps.ts';
import { NO_LINES } from '../view/step-lines.ts';
import { type Connections, connect } from './connect.ts';
import { type ExplainInputs, readExplainInputs } from './explain-inputs.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

type CheckedInputs = Extract<ExplainInputs, { kind: 'ok' }>;

function namingOf({ settings }: Configuration): NamingRule | undefined {
  const { targetRegistry: registry, targetPrefix: prefix, imagePath } = settings;
  return registry === undefined ? undefined : { registry, prefix, imagePath };
}

/** Renders in a workspace of its own, which is gone afterwards: values hold passwords. */
async function withPorts<T>(
  { registry, charts }: Connections,
  width: number,
  around: Surroundings,
  work: (ports: ExplainPorts) => Promise<T>,
): Promise<T> {
  const { env, signal, temporary } = around;
  const tool = await requireTool(TOOLS.helm, { searchPath: env.PATH, cacheDir: cacheDirectory(around), signal });
  const workspace = await openWorkspace(temporary);
  const sandboxRoot = join(workspace.root, 'sandboxes');
  const helm = createHelm({ path: tool.path, version: tool.version ?? 'unknown', sandboxRoot, width });
  const archives = { unpack: unpackChart, pack: packChart, contentDigest };
  const ports = { helm, registry, charts, localCharts: createLocalCharts(), archives, workspace };
  return work(ports).finally(() => workspace.close());
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
    return await withPorts(connections, renders, around, async (ports) => {
      const { kubeVersion, includeDependencies, switches } = settings;
      const explaining = startExplaining({
        ...{ ports, catalog, asked: flags.image, naming: namingOf(configuration) },
        ...{ kubeVersion, includeDependencies, switches, renders, signal, say: () => undefined },
      });
      const scrub = (text: string): string => redactor.scrub(text);
      await runSteps(explainSteps(explaining), { drawn, lines: NO_LINES, notices, scrub });
      if (signal.aborted) throw new MirrorError('interrupted', { code: 'INTERRUPTED', origin: 'local' });
      if (flags.verbose) for (const stack of unexpected(explaining)) line(stack);
      return explainReport(explaining);
    });
  } finally {
    await connections.close();
  }
}

/** The report as JSON, without any secret in its strings. */
function scrubbed(report: ExplainReport, redactor: Redactor): string {
  return `${JSON.stringify(report, (_, value: unknown) => (typeof value === 'string' ? redactor.scrub(value) : value), 2)}\n`;
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
  if (inputs.kind === 'problems') {
    for (const problem of inputs.problems) around.complain(`${redactor.scrub(formatProblem(problem))}\n`);
    return 2;
  }
  const report = await carryOut(inputs, flags, around, redactor, explicit);
  if (flags.json) {
    around.print(scrubbed(report, redactor));
    around.complain(redactor.scrub(explainFailures(report, around.color)));
  } else around.print(redactor.scrub(explainText(report, around.color)));
  return report.exitCode;
}
