import type { ExplicitCredentials } from '../adapters/credentials.ts';
import { checkReport } from '../domain/check/report.ts';
import type { CheckResult } from '../domain/check/result.ts';
import { judge } from '../pipeline/check/judge.ts';
import { renderChart } from '../pipeline/check/render-chart.ts';
import type { Redactor } from '../redaction.ts';
import { checkText } from '../report/check-table.ts';
import { type CheckCall, type CheckInputs, readCheckInputs } from './check-inputs.ts';
import { connect } from './connect.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { withRenderPorts } from './render-ports.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

type CheckedInputs = Extract<CheckInputs, { kind: 'ok' }>;

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
    const { registry } = connections;
    const { concurrency } = settings;
    const { signal } = around;
    const content =
      subject.kind === 'manifests'
        ? subject.content
        : await withRenderPorts(connections, 1, around, (ports) => renderChart(subject.request, { ports, signal }));
    return await judge(content, { registry, allowed, platforms, concurrency, signal });
  } finally {
    await connections.close();
  }
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
  if (inputs.kind === 'problems') return refuse(inputs.problems, around, redactor);
  const report = checkReport(await carryOut(inputs, around, redactor, explicit), flags.strict);
  const text = redactor.scrub(checkText(report, around.color));
  if (flags.json) {
    around.print(scrubbedJson(report, redactor));
    around.complain(text);
  } else around.print(text);
  return report.exitCode;
}
