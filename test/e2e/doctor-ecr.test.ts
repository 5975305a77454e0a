import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Diagnosis, diagnosisOf } from '../support/doctor-run.ts';
import { type EcrRuns, startEcrRuns } from '../support/ecr-run-world.ts';
import { authsFor } from '../support/net-machine.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm', 'crane', 'openssl'], 'the doctor, at Amazon ECR', () => {
  let world: EcrRuns;

  beforeAll(async () => {
    world = await startEcrRuns();
    await world.chart('app', 'team/app:1.0');
    await world.machine.write('ecr/keep', '');
  });

  afterEach(() => {
    world.ecr.access.reset();
    world.ecr.log.reset();
    expect(world.machine.faults()).toEqual([]);
  });

  afterAll(() => world?.stop());

  async function examine(flags: readonly string[] = [], env = world.env()): Promise<Diagnosis> {
    const argv = ['doctor', '--json', '--target-registry', `${world.names.registry}/p`, ...flags];
    return diagnosisOf(await world.machine.run(argv, { cwd: 'ecr', env: { ...env } }));
  }

  const last = ({ of }: Diagnosis) => of('target').at(-1);

  it('names the account, and the rights that harmless requests can tell of; nothing is written', async () => {
    const found = await examine();
    expect([found.code, found.rows('target')]).toEqual([
      0,
      [`${world.names.registry} fine`, 'AWS identity fine', `rights at ${world.names.registry} fine`],
    ]);
    expect(found.of('target')[1]?.what).toBe(`account ${world.ecr.account}`);
    expect(last(found)?.what).toContain('ecr:BatchCheckLayerAvailability on p/airgap-charts-doctor');
    expect(world.ecr.log.writes()).toEqual([]);
    expect(world.contents.names()).toEqual([]);
  });

  it("doubts where a right is missing on what is nobody's, since policies name repositories", async () => {
    world.ecr.access.deny({ action: 'BatchGetImage' });
    const found = await examine();
    expect(found.code).toBe(0);
    expect(last(found)).toMatchObject({
      judgement: 'doubt',
      what: 'the AWS identity lacks ecr:BatchGetImage on p/airgap-charts-doctor',
      remedy: expect.stringContaining('--report FILE'),
    });
  });

  it('tries a repository of the last run, by whose policy all is well, and without whose rights it is not', async () => {
    const { report, cwd } = await world.mirror({ charts: ['app'], path: 'p', flags: ['--scan-only'] });
    const flags = ['--report', `../${cwd}/report.json`];
    world.ecr.access.restrictTo(report.ecr?.policy);
    const found = await examine(flags);
    expect(last(found)).toMatchObject({ judgement: 'fine', what: expect.stringContaining(' on p/team/app; ') });
    world.ecr.access.deny({ action: 'DescribeImages', repository: 'p/team/*' });
    const lacking = await examine(flags);
    expect([lacking.code, last(lacking)?.judgement]).toEqual([1, 'wrong']);
    expect(last(lacking)?.what).toBe('the AWS identity lacks ecr:DescribeImages on p/team/app');
    expect(world.ecr.log.writes()).toEqual([]);
  });

  it('tells of a stored login that has expired, and that nobody is there to give another', async () => {
    const auths = authsFor({ [world.names.registry]: world.machine.guard({ user: 'AWS', password: 'of-yesterday' }) });
    const DOCKER_CONFIG = await world.machine.dockerConfig(auths);
    const renewed = await examine([], { ...world.env(), DOCKER_CONFIG });
    expect(renewed.code).toBe(0);
    expect(renewed.of('target')[1]).toMatchObject({
      judgement: 'doubt',
      what: expect.stringMatching(/^the login of AWS from .*config\.json has expired, and was passed over$/),
    });
    const alone = await examine([], { ...world.network, DOCKER_CONFIG });
    expect(alone.code).toBe(1);
    expect(alone.rows('target')).toEqual([`${world.names.registry} wrong`, 'AWS identity doubt']);
    expect(alone.of('target')[0]?.what).toMatch(/^the login of AWS from .* is refused for the registry/);
  });

  it('tells that AWS does not know the identity', async () => {
    const env = {
      ...world.env(),
      AWS_SECRET_ACCESS_KEY: world.machine.guard({ user: '', password: 'mistaken-key' }).password,
    };
    const { code, of } = await examine([], env);
    expect(code).toBe(1);
    expect(of('target')[0]).toMatchObject({
      judgement: 'wrong',
      what: expect.stringContaining('CREDENTIALS_UNREADABLE'),
    });
  });
});
