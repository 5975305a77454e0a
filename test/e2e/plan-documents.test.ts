import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installCli, runProgram, shellExamples } from '../support/e2e-command.ts';
import { rawChart, rawDigest } from '../support/e2e-registry.ts';
import { STABLE } from '../support/e2e-world.ts';
import { imageChart } from '../support/net-world.ts';
import { type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { describeWith } from '../support/tools.ts';

const IMAGES = ['nginx:1.27', 'quay.io/team/app:1', 'quay.io/team/tool:2'];

describeWith(['helm', 'registry', 'crane'], 'the documents about plans', () => {
  let world: PlanWorld;

  beforeAll(async () => {
    world = await startPlanWorld();
    await world.sources.addImages(IMAGES);
    await world.publish('app', imageChart(...IMAGES));
    await installCli(world.machine);
  });

  afterAll(() => world?.stop());

  it.each(['plans.md', 'shards.md'])('%s has examples that run', async (document) => {
    const { machine, proxy } = world;
    const scripts = shellExamples(document);
    expect(scripts.length).toBeGreaterThan(0);
    for (const [index, script] of scripts.entries()) {
      const directory = `${document}-${index}`;
      const path = `${document.replace('.md', '')}-${index}`;
      const addons = [{ chart: 'app', repository: STABLE, version: '1.0.0' }];
      await machine.write(join(directory, 'catalog.yaml'), JSON.stringify({ addons }));
      await machine.write(join(directory, 'images.txt'), `${IMAGES.join('\n')}\n`);
      await machine.write(join(directory, 'airgap-charts.yaml'), world.configuration());
      const here = script.replaceAll('registry.example.com/platform', `${proxy.host}/${path}`);
      const env = { PATH: `${join(machine.work, '..', 'bin')}:/usr/bin:/bin` };
      const shell = ['/bin/sh', '-e', '-c', `cd ${directory}\n${here}`];
      const { code, stdout, stderr } = await runProgram(machine, shell, { env });
      expect(code, stdout + stderr).toBe(0);
      expect(await rawDigest(proxy.url, `${path}/team/tool`, '2')).toBeDefined();
      if (script.includes('--catalog'))
        expect((await rawChart(proxy.url, `${path}/app`, '1.0.0')).length).toBeGreaterThan(0);
    }
  });
});
