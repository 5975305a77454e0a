import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report/report.ts';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts';
import { readEntries } from '../support/charts.ts';
import { type CliResult, createMachine, type Machine, mirrorFlags } from '../support/e2e-machine.ts';
import { schemaProblems } from '../support/e2e-report-schema.ts';
import { startCraneRegistry } from '../support/registries.ts';
import { sharedChartsReason } from '../support/shared-charts.ts';
import { describeUnless, skipReason } from '../support/tools.ts';
import { EKS_ADDONS, serveValuesInput, type ValuesSources, valuesInputReason } from '../support/values-inputs.ts';

const MINUTES = 60_000;
const TARGET = 'registry.example.test/mirror';

const reason = skipReason(['helm', 'crane']) ?? sharedChartsReason() ?? valuesInputReason();

describeUnless(reason, 'a values file in a scan', () => {
  let sources: ValuesSources;
  let machine: Machine;
  let result: CliResult;
  let report: Report;
  /** Stands where the target's name leads, to see that nobody asks there. */
  let unasked: CountingProxy;
  let behind: Awaited<ReturnType<typeof startCraneRegistry>>;

  function scan(...more: readonly string[]): Promise<CliResult> {
    const input = ['--values', EKS_ADDONS, '--scan-only', '--target-registry', TARGET];
    const trap = ['--source-mirror', `registry.example.test=${unasked.url}`];
    return machine.run(['mirror', ...input, '--plain-http', ...mirrorFlags(sources.mirrors()), ...trap, ...more]);
  }

  beforeAll(async () => {
    sources = await serveValuesInput(EKS_ADDONS);
    behind = await startCraneRegistry();
    unasked = await startCountingProxy(behind.url);
    machine = await createMachine();
    result = await scan();
    report = await machine.report();
  }, 5 * MINUTES);

  afterAll(async () => {
    await Promise.all([sources?.stop(), unasked?.stop(), machine?.remove()]);
    await behind?.stop();
  });

  it('x', () => {
    console.log(result.stderr.slice(-6000), JSON.stringify(report.totals), report.unmirrorable, unasked.requests(), sources.mirrors().filter(m=>m.from.includes('example.test')));
  });
});
