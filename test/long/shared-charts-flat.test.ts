import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report/report.ts';
import { createMachine, type Machine, mirrorFlags } from '../support/e2e-machine.ts';
import type { LoopbackSources } from '../support/loopback-sources.ts';
import { ROOT, serveSharedCharts, sharedChartsReason } from '../support/shared-charts.ts';
import { describeUnless, skipReason } from '../support/tools.ts';
import { valuesInputReason } from '../support/values-inputs.ts';

const INPUTS = join(ROOT, '..', 'shared', 'inputs');
const MINUTES = 60_000;

describeUnless(
  skipReason(['helm4']) ?? sharedChartsReason() ?? valuesInputReason(),
  'the 40 shared charts for a registry with one level',
  () => {
    let sources: LoopbackSources;
    let machine: Machine;
    let report: Report;

    beforeAll(async () => {
      sources = await serveSharedCharts();
      machine = await createMachine({ helm: 'helm4' });
      await machine.run([
        ...['mirror', '--scan-only', '--no-switches', '--plain-http'],
        ...['--catalog', join(INPUTS, 'public-addons.catalog.yaml')],
        ...['--chart-overrides', join(INPUTS, 'public-addons.chart-overrides.yaml')],
        ...['--target-registry', 'docker.io/owner', '--image-path', 'flat'],
        ...mirrorFlags(sources.mirrors()),
      ]);
      report = await machine.report();
    }, 8 * MINUTES);

    afterAll(async () => {
      await Promise.all([sources?.stop(), machine?.remove()]);
    });

    it('are moved and proven, at least 36 of them', () => {
      expect(report.charts).toHaveLength(40);
      const good = report.charts.filter(({ status, proof }) => status === 'ready' && proof.state === 'proven');
      expect(good.length).toBeGreaterThanOrEqual(36);
    });

    it('are not proven for a reason that is told, and no other', () => {
      const left = report.charts.filter(({ proof }) => proof.state !== 'proven');
      for (const { chart, proof } of left) expect(proof.reason, chart).toMatch(/programs add to these at run time/);
    });

    it('are one name below the owner, and so are their images', () => {
      const names = [
        ...report.charts.flatMap(({ destination }) => destination?.replace('oci://', '') ?? []),
        ...report.images.map(({ destination }) => destination),
      ];
      expect(names.length).toBeGreaterThan(100);
      expect(names.filter((name) => !/^docker\.io\/owner\/[^/]+$/.test(name))).toEqual([]);
    });
  },
);
