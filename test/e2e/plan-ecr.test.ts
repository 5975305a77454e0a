import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Plan } from '../../src/domain/run-plan/plan.ts';
import { type EcrRuns, IMAGES, startEcrRuns } from '../support/ecr-run-world.ts';
import { describeWith } from '../support/tools.ts';

const rules = (scanOnPush: boolean) => JSON.stringify({ repositories: [{ match: '*', scanOnPush }] });

describeWith(['helm', 'crane', 'openssl'], 'a plan for Amazon ECR', () => {
  let world: EcrRuns;

  beforeAll(async () => {
    world = await startEcrRuns();
    await world.image('team/one:1.0');
    await world.image('team/two:1.0');
  });

  afterAll(() => world?.stop());

  it('names the repositories that are made, with their settings, and makes them when it is run', async () => {
    const { machine, names, ecr, contents } = world;
    await machine.write('a/images.txt', `${IMAGES}/team/one:1.0\n${IMAGES}/team/two:1.0\n`);
    await machine.write('a/airgap-charts.yaml', rules(true));
    const argv = ['plan', '--images', 'images.txt', '--target-registry', `${names.registry}/a`];
    const { code, stderr } = await world.run(argv, { cwd: 'a' });
    expect(code, stderr).toBe(0);
    const plan: Plan = JSON.parse(await machine.read('a/plan.json'));
    expect(plan.repositories?.map(({ name, create, settings }) => [name, create, settings.scanOnPush])).toEqual([
      ['a/team/one', true, true],
      ['a/team/two', true, true],
    ]);
    expect(stderr).toContain('repositories: 2 to create: a/team/one, a/team/two\n');
    expect([ecr.log.writes(), contents.names()]).toEqual([[], []]);

    // other settings than those that were looked at
    await machine.write('a/airgap-charts.yaml', rules(false));
    const doing = ['mirror', '--plan', 'plan.json'];
    const refused = await world.conclude('a', await world.run(doing, { cwd: 'a' }));
    expect(refused.report.plan?.moved).toEqual([
      'the settings of the repository a/team/one are not those of the plan',
      'the settings of the repository a/team/two are not those of the plan',
    ]);
    expect([refused.code, ecr.log.writes(), contents.names()]).toEqual([1, [], []]);

    await machine.write('a/airgap-charts.yaml', rules(true));
    const done = await world.conclude('a', await world.run(doing, { cwd: 'a' }));
    expect(done.code, done.stderr).toBe(0);
    expect(done.repositories).toEqual(['a/team/one created', 'a/team/two created']);
    const again = await world.conclude('a', await world.run(doing, { cwd: 'a' }));
    expect([again.code, again.report.totals.images]).toEqual([0, { present: 2 }]);
  });
});
