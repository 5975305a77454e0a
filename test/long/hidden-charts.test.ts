import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report, ReportedChart } from '../../src/domain/report/report.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { createMachine, type Machine, mirrorFlags } from '../support/e2e-machine.ts';
import { strayHosts } from '../support/e2e-plain-grep.ts';
import type { LoopbackSources } from '../support/loopback-sources.ts';
import { ROOT, serveSharedCharts, sharedChartsReason } from '../support/shared-charts.ts';
import { describeUnless, skipReason } from '../support/tools.ts';

const MINUTES = 60_000;
const TARGET = 'private.example.net/mirror';
const INPUTS = join(ROOT, '..', 'shared', 'inputs');

describeUnless(skipReason(['helm4', 'crane']) ?? sharedChartsReason(), 'hidden images of the shared charts', () => {
  let sources: LoopbackSources;
  let machine: Machine;
  let helm: ConsumerHelm;
  let report: Report;

  beforeAll(async () => {
    sources = await serveSharedCharts();
    machine = await createMachine({ helm: 'helm4', crane: true });
    helm = await createConsumerHelm('helm4');
    await machine.run([
      'mirror',
      '--scan-only',
      ...['--catalog', join(INPUTS, 'public-addons.catalog.yaml')],
      ...['--chart-overrides', join(INPUTS, 'public-addons.chart-overrides.yaml')],
      ...['--target-registry', TARGET, ...mirrorFlags(sources.mirrors())],
    ]);
    report = await machine.report();
  }, 30 * MINUTES);

  afterAll(async () => {
    await Promise.all([sources?.stop(), machine?.remove(), helm?.remove()]);
  });

  function line({ chart, switches, hiddenImages, refusedProfiles }: ReportedChart): string {
    const count = (moved: string): number => hiddenImages.filter((one) => one.moved === moved).length;
    const kinds = `${count('proven')} proven, ${count('by-form')} by form, ${count('no')} not`;
    return `${chart}: ${switches} switches, ${hiddenImages.length} hidden (${kinds}), ${refusedProfiles.length} refused`;
  }

  it('are all proven where a profile renders them', () => {
    process.stdout.write(`${report.charts.map(line).join('\n')}\n`);
    const conditional = report.charts.flatMap(({ hiddenImages }) =>
      hiddenImages.filter(({ evidence }) => evidence === 'conditional'),
    );
    // what only test values of a chart name stands in those, which are no part of what is installed
    const ofTests = conditional.filter(({ when }) => when.every((profile) => profile.startsWith('ci/')));
    const ofChart = conditional.filter((one) => !ofTests.includes(one));
    const proven = (images: typeof conditional): number => images.filter(({ moved }) => moved === 'proven').length;
    process.stdout.write(`${proven(ofChart)} of ${ofChart.length} conditional images are moved and proven; `);
    process.stdout.write(`of those that only test values bring, ${proven(ofTests)} of ${ofTests.length}\n`);
    expect(ofChart.length).toBeGreaterThan(40);
    expect(proven(ofChart) / ofChart.length).toBeGreaterThanOrEqual(0.98);
  });

  it(
    'are rendered at the target by helm alone, with the command of each proof',
    async () => {
      const commands = report.charts.flatMap(({ profiles }) =>
        profiles.flatMap(({ kind, proof: { command, state } }) =>
          command !== null && (kind === 'switch' || (kind === 'ci' && state === 'proven')) ? [command] : [],
        ),
      );
      expect(commands.length).toBeGreaterThan(40);
      for (const command of commands) {
        // values that stand in the catalog or in chart overrides have no file that helm could take
        if (/values-of-/.test(command)) continue;
        const words = command.split(' ').map((word) => word.replaceAll("'", ''));
        const [release = '', archive = ''] = words.slice(2);
        const flags = words.slice(4).map((word) => (word.startsWith('helm-charts/') ? join(machine.work, word) : word));
        const output = await helm.template(release, join(machine.work, archive), flags);
        expect(strayHosts(output), command).toEqual([]);
      }
    },
    10 * MINUTES,
  );
});
