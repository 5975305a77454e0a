import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckWorld, startCheckWorld } from '../support/check-world.ts';
import type { ChartParts } from '../support/e2e-charts.ts';
import { shellExamples } from '../support/e2e-command.ts';
import { createConsumerHelm } from '../support/e2e-helm.ts';
import { chartOf } from '../support/fault-world.ts';
import { describeWith } from '../support/tools.ts';

function podOf(image: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image }] },
  });
}

describeWith(['helm', 'registry'], 'check', () => {
  let world: CheckWorld;
  /** `host/platform`. */
  let own: string;

  beforeAll(async () => {
    world = await startCheckWorld();
    own = world.own;
  });

  afterAll(() => world?.stop());

  async function rendered(): Promise<string> {
    const helm = await createConsumerHelm();
    return helm.template('shop', join(world.machine.work, 'app')).finally(() => helm.remove());
  }

  describe('of manifests', () => {
    it('reads what helm prints', async () => {
      const { code, report } = await world.check(['--manifests', '-'], await rendered());
      expect([code, report.totals, report.subject.source]).toEqual([0, { ok: 2 }, 'standard input']);
      expect(report.images[0]?.places[0]?.template).toBe('app/templates/d.yaml');
    });

    it('reads every file of a directory, and names it as the place', async () => {
      const text = await rendered();
      await world.machine.write('out/a/all.yml', text);
      await world.machine.write('out/b.json', podOf(`${own}/team/none:1`));
      const { code, report, row } = await world.check(['--manifests', 'out']);
      expect([code, report.totals]).toEqual([1, { absent: 1, ok: 2 }]);
      expect(row('platform/team/none:1').places).toEqual([
        { template: 'out/b.json', kind: 'Pod', name: 'p', path: 'spec.containers[0].image' },
      ]);
    });

    it('needs no helm, and takes nothing for something', async () => {
      const { code, stderr } = await world.run(['--manifests', '-', '--registry', own], '');
      expect([code, stderr]).toEqual([
        2,
        '--manifests: there is no manifest in standard input, look at what the program before it says\n' +
          'INPUT_INVALID: 1 problem, nothing was written; airgap-charts errors INPUT_INVALID explains it\n',
      ]);
    });
  });

  describe('of charts from afar', () => {
    it('takes the version that is asked for, and fetches dependencies', async () => {
      const side: ChartParts = { ...chartOf(`${own}/team/agent:2`), version: '2.0.0' };
      await world.publish('side', side);
      const yaml = ['dependencies:', `  - { name: side, version: ^2, repository: "${world.repository}" }`];
      await world.publish('whole', { ...chartOf(`${own}/team/app:1`), yaml });
      await world.publish('whole', { ...chartOf(`${own}/team/none:1`), version: '1.1.0', yaml });
      const repo = ['--repo', world.repository];
      const first = await world.check(['whole:1.0.0', ...repo]);
      expect([first.code, first.report.totals]).toEqual([0, { ok: 2 }]);
      const second = await world.check(['whole:^1', ...repo]);
      expect([second.code, second.report.totals, second.report.subject.version]).toEqual([
        1,
        { absent: 1, ok: 1 },
        '1.1.0',
      ]);
      const third = await world.check(['whole', ...repo]);
      expect(third.report.notes).toContain('newest stable version 1.1.0 was taken');
    });

    it('says why a chart cannot be had or does not render', async () => {
      const absent = await world.run(['whole:9.9.9', '--repo', world.repository, '--registry', own]);
      expect([absent.code, absent.stdout]).toEqual([1, '']);
      expect(absent.stderr).toMatch(/^VERSION_NOT_FOUND: .*whole has no version 9\.9\.9 \(nearest: 1\.1\.0/);
      await world.write('picky', {
        templates: { 'd.yaml': '{{ required "set .Values.size" .Values.size }}\n' },
        yaml: ['kubeVersion: ">=1.30"'],
      });
      const picky = await world.run(['picky', '--registry', own]);
      expect([picky.code, picky.stderr]).toEqual([
        1,
        expect.stringMatching(/^RENDER_FAILED: .*set \.Values\.size\n.*-f\n$/),
      ]);
      const old = await world.run(['picky', '--registry', own, '--kube-version', '1.29.0']);
      expect([old.code, old.stderr]).toEqual([
        1,
        expect.stringMatching(/^RENDER_FAILED: .*kubeVersion.*\n.*--kube-version\n$/),
      ]);
    });
  });

  describe('of a registry that does not answer', () => {
    it('is undecided, with the reason, when it is down', async () => {
      const { code, report, stderr } = await world.check(
        ['--manifests', '-', '--registry', '127.0.0.1:9'],
        podOf('127.0.0.1:9/a:1'),
      );
      expect([code, report.verdict, report.totals]).toEqual([1, 'undecided', { unknown: 1 }]);
      expect(report.errors).toMatchObject([{ code: 'REGISTRY_UNREACHABLE', origin: 'destination' }]);
      expect(stderr).toMatch(/^UNDECIDED: standard input: 1 not asked$/m);
      expect(stderr).toMatch(/^REGISTRY_UNREACHABLE: 127\.0\.0\.1:9 cannot be reached/m);
    });

    it('tells a refusal apart', async () => {
      const fault = world.registry.addFault({
        path: /team\/agent/,
        status: 403,
        body: '{"errors":[{"code":"DENIED"}]}',
      });
      const { code, row } = await world.check(['app']).finally(() => fault.remove());
      expect([code, row('platform/team/agent:2').verdict]).toEqual([1, 'denied']);
      expect(row('platform/team/agent:2').detail).toContain('answer 403');
      expect(row('platform/team/app:1').verdict).toBe('ok');
    });
  });

  it.each(shellExamples('check.md').map((script) => [script]))('does what its document says: %s', async (script) => {
    const shop = chartOf(`${own}/team/app:1`);
    await world.push('platform/team/app', '1');
    await world.pushChart('platform', 'shop', { ...shop, version: '1.2.3' });
    await world.write('shop', shop);
    await world.machine.write('my-values.yaml', `image0: ${own}/team/app:1\n`);
    await world.machine.write('rendered/shop.yaml', podOf(`${own}/team/app:1`));
    await world.machine.write('airgap-charts.yaml', 'plainHttp: true\n');
    const { code, stdout, stderr } = await world.script(script.replaceAll('registry.example.com', world.registry.host));
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).toMatch(/FINE: /);
  });
});
