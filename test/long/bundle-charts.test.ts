import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRegistryClient } from '../../src/demo/registry-client.ts';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts';
import { type CliResult, createMachine, type Machine, mirrorFlags } from '../support/e2e-machine.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import type { LoopbackSources } from '../support/loopback-sources.ts';
import { startDistribution } from '../support/registries.ts';
import { ROOT, serveSharedCharts, sharedChartsReason } from '../support/shared-charts.ts';
import { describeUnless, skipReason } from '../support/tools.ts';
import { valuesInputReason } from '../support/values-inputs.ts';

/** Layers of about 80 MB together, so that lists and headers do not decide. */
const SHAPE = { layerBytes: 128 * 1024 };

const INPUTS = join(ROOT, '..', 'shared', 'inputs');

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

describeUnless(
  skipReason(['helm4', 'crane', 'registry']) ?? sharedChartsReason() ?? valuesInputReason(),
  'a bundle of the 40 shared charts',
  () => {
    let sources: LoopbackSources;
    let target: Awaited<ReturnType<typeof startDistribution>>;
    let proxy: CountingProxy;
    let machine: Machine;

    async function timed(what: string, argv: readonly string[]): Promise<CliResult> {
      const started = performance.now();
      const result = await machine.run([...argv, '--plain-http']);
      tell(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
      return result;
    }

    const create = (output: string, ...flags: readonly string[]) =>
      timed(`create ${output}`, [
        ...['bundle', 'create', '--output', output, '--output-dir', 'made', '--no-switches'],
        ...['--catalog', join(INPUTS, 'public-addons.catalog.yaml')],
        ...['--chart-overrides', join(INPUTS, 'public-addons.chart-overrides.yaml')],
        ...mirrorFlags(sources.mirrors()),
        ...flags,
      ]);
    const push = (file: string, ...flags: readonly string[]) =>
      timed(`push ${file}`, [
        ...['bundle', 'push', file, '--target-registry', `${proxy.host}/mirror`, '--output-dir', 'pushed'],
        ...['--no-switches', ...flags],
      ]);
    const sizeOf = async (name: string): Promise<number> => (await stat(join(machine.work, name))).size;

    beforeAll(async () => {
      sources = await serveSharedCharts({ shape: SHAPE });
      // in memory its catalog leaves out repositories with a component twice in their path (Distribution 3.1)
      target = await startDistribution({ storage: 'disk' });
      proxy = await startCountingProxy(target.url);
      machine = await createMachine({ helm: 'helm4', crane: true });
    });

    afterAll(async () => {
      await Promise.all([sources?.stop(), proxy?.stop(), machine?.remove()]);
      await target?.stop();
    });

    it('holds each blob once, and all charts are pushed from it alone, proven', async () => {
      const made = await create('all.tar');
      expect(made.code, made.stderr.slice(-3000)).toBe(0);
      const [, needed = ''] = /; (.+) are needed, each blob counted once/.exec(made.stderr) ?? [];
      tell(`file ${await sizeOf('all.tar')} bytes, ${needed} needed`);
      expect((await create('again.tar')).code).toBe(0);
      await sources.stop();
      const pushed = await push('all.tar');
      expect(pushed.code, pushed.stderr.slice(-3000)).toBe(0);
      const report = await machine.report('pushed');
      expect(report.charts.filter(({ status, proof }) => status === 'pushed' && proof.state === 'proven')).toHaveLength(
        report.charts.length,
      );
      for (const { destination, digest } of report.images.filter(({ status }) => status === 'copied')) {
        const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(destination) ?? [];
        expect(await rawDigest(target.url, repository, tag)).toBe(digest);
      }
      sources = await serveSharedCharts({ shape: SHAPE });
    });

    it('leaves out what an inventory has: after changes of three charts, little more than their layers', async () => {
      const taken = await machine.run(['inventory', '--target-registry', `${proxy.host}/mirror`, '--plain-http']);
      expect(taken.code, taken.stderr).toBe(0);
      await machine.write('inventory.json', taken.stdout);
      const report = await machine.report('pushed');
      const changed = report.charts.slice(0, 3).map(({ images }) => images[0] ?? '');
      const client = createRegistryClient({ base: sources.registry.url });
      for (const source of changed) {
        const [, registry = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:@]+)/.exec(source) ?? [];
        await client.push(`${registry}/${repository}`, tag, buildImage(`changed ${source}`, SHAPE));
      }
      client.close();
      const update = await create('update.tar', '--since', 'inventory.json');
      expect(update.code, update.stderr.slice(-3000)).toBe(0);
      const [whole, part] = [await sizeOf('all.tar'), await sizeOf('update.tar')];
      tell(`whole ${whole} bytes, update ${part} bytes: ${((100 * part) / whole).toFixed(1)} %`);
      expect(part).toBeLessThan(whole / 8);
      const pushed = await push('update.tar', '--overwrite-existing');
      expect(pushed.code, pushed.stderr.slice(-3000)).toBe(0);
      const after = await machine.report('pushed');
      expect(
        after.images
          .filter(({ status }) => status === 'copied')
          .map(({ source }) => source)
          .sort(),
      ).toEqual([...new Set(changed)].sort());
    });
  },
);
