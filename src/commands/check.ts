import { join } from 'node:path';
import { contentDigest, packChart, unpackChart } from '../adapters/archive.ts';
import type { ExplicitCredentials } from '../adapters/credentials.ts';
import { createHelm } from '../adapters/helm.ts';
import { createLocalCharts } from '../adapters/local-charts.ts';
import { requireTool } from '../adapters/tools/find.ts';
import { openWorkspace } from '../adapters/workspace.ts';
import { formatProblem } from '../config/problems.ts';
import { type CheckReport, checkReport } from '../domain/check/report.ts';
import type { CheckResult } from '../domain/check/result.ts';
import { TOOLS } from '../domain/tool.ts';
import type { ChartRequest, CheckedContent } from '../pipeline/check/check-run.ts';
import { judge } from '../pipeline/check/judge.ts';
import { renderChart } from '../pipeline/check/render-chart.ts';
import type { Redactor } from '../redaction.ts';
import { checkText } from '../report/check-table.ts';
import { type CheckCall, type CheckInputs, readCheckInputs } from './check-inputs.ts';
import { type Connections, connect } from './connect.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

type CheckedInputs = Extract<CheckInputs, { kind: 'ok' }>;

/** Renders in a workspace of its own, which is gone afterwards: values hold passwords. */
async function render(
  request: ChartRequest,
  { registry, charts }: Connections,
  around: Surroundings,
): Promise<CheckedContent> {
  const { env, signal, temporary } = around;
  const places = { searchPath: env.PATH, cacheDir: cacheDirectory(around), signal };
  const tool = await requireTool(TOOLS.helm, places);
  const workspace = await openWorkspace(temporary);
  const sandboxRoot = join(workspace.root, 'sandboxes');
  const helm = createHelm({ path: tool.path, version: tool.version ?? 'unknown', sandboxRoot, width: 1 });
  const archives = { unpack: unpackChart, pack: packChart, contentDigest };
  const ports = { helm, registry, charts, localCharts: createLocalCharts(), archives, workspace };
  return renderChart(request, { ports, signal }).finally(() => workspace.close());
}

async function carryOut(
  { configuration, subject, allowed, platforms }: CheckedInputs,
  around: Surroundings,
  redactor: Redactor,
  explicit: ExplicitCredentials,
): Promise<CheckResult> {
  const { network, settings } = configuration;
  const say = (line: string): void => around.complain(`${redactor.scrub(line)}\n`);
  const connections = connect(network, around.env, explicit, redactor, say, settings.profile);
  try {
    const content = subject.kind === 'manifests' ? subject.content : await render(subject.request, connections, around);
    const { registry } = connections;
    const { concurrency } = settings;
    return await judge(content, { registry, allowed, platforms, concurrency, signal: around.signal });
  } finally {
    await connections.close();
  }
}

/** The report as JSON, without any secret in its strings. */
function scrubbed(report: CheckReport, redactor: Redactor): string {
  return `${JSON.stringify(report, (_, value: unknown) => (typeof value === 'string' ? redactor.scrub(value) : value), 2)}\n`;
}

/**
 * Tells whether an install would pull anything that is not in the registries given, or not for the platforms given.
 * Nothing is written. Exit code 0 when everything is there, 1 when something is not or could not be asked, 2 for bad
 * input or a missing tool, 130 when interrupted.
 */
export async function check(call: CheckCall, around: Surroundings, redactor: Redactor): Promise<number> {
  const { flags } = call;
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const inputs = await readCheckInputs(call, around, problems);
  if (inputs.kind === 'problems') {
    for (const problem of inputs.problems) around.complain(`${redactor.scrub(formatProblem(problem))}\n`);
    return 2;
  }
  const report = checkReport(await carryOut(inputs, around, redactor, explicit), flags.strict);
  const text = redactor.scrub(checkText(report, around.color));
  if (flags.json) {
    around.print(scrubbed(report, redactor));
    around.complain(text);
  } else around.print(text);
  return report.exitCode;
}
