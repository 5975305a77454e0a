import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CarryWorld, startCarryWorld } from '../support/carry-world.ts';
import { deployment } from '../support/e2e-charts.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { createEcrConsumer, type EcrConsumer } from '../support/ecr-consumer.ts';
import { type EcrWorld, startEcrWorld } from '../support/ecr-world.ts';
import { imageChart } from '../support/net-world.ts';
import { type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { type PushedImage, pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const TWO = `- { name: a, image: "{{ .Values.registry }}/{{ .Values.repository }}:1" }
- { name: b, image: "{{ .Values.other }}" }`;

describeWith(['helm', 'registry'], 'a plan with names of one level', () => {
  let world: PlanWorld;

  beforeAll(async () => {
    world = await startPlanWorld();
    const values = 'registry: quay.io\nrepository: team/app\nother: ghcr.io/team/deep/tool:2\n';
    await world.publish('web', { values, templates: { 'd.yaml': deployment(TWO) } });
    await world.sources.addImages(['quay.io/team/app:1', 'ghcr.io/team/deep/tool:2']);
  });

  afterAll(() => world?.stop());

  it('names what the run then writes, and the chart asks for', async () => {
    const entries = [{ chart: 'web', version: '1.0.0' }];
    const made = await world.plan({ directory: 'p', path: 'owner', entries, flags: ['--image-path', 'flat-host'] });
    expect(made.code, made.stderr).toBe(0);
    const names = made.plan.images.map(({ destination }) => destination.replace(/^[^/]*\//, '')).sort();
    expect(names).toEqual(['owner/ghcr.io--team--deep--tool:2', 'owner/quay.io--team--app:1']);
    const { code, report, stderr } = await world.do('p', 'plan.json');
    expect(code, stderr).toBe(0);
    expect(report.charts.map(({ status, proof }) => [status, proof.state])).toEqual([['pushed', 'proven']]);
    expect(report.images.map(({ destination }) => destination).sort()).toEqual(
      made.plan.images.map(({ destination }) => destination).sort(),
    );
    const chart = report.charts[0]?.destination ?? '';
    const asked = await world.machine.run(['check', chart, '--registry', world.proxy.host, '--plain-http']);
    expect(asked.code, `${asked.stdout}${asked.stderr}`).toBe(0);
  });
});

describeWith(['helm', 'crane', 'registry'], 'a bundle and a wrap with names of one level', () => {
  let world: CarryWorld;
  let images: readonly [PushedImage, PushedImage];

  beforeAll(async () => {
    world = await startCarryWorld();
    images = [await world.push('team/app', '1'), await world.push('team/deep/tool', '2')];
    const values = 'registry: HOST\nrepository: team/app\nother: HOST/team/deep/tool:2\n';
    await world.chart('web', { values, templates: { 'd.yaml': deployment(TWO) } });
    await world.machine.write(
      'catalog.yaml',
      JSON.stringify({ addons: [{ chart: 'web', repository: './web', namespace: 'shop' }] }),
    );
  });

  afterAll(() => world?.stop());

  async function theyAreAt(path: string): Promise<void> {
    expect(await rawDigest(world.target.url, `${path}/team--app`, '1')).toBe(images[0].digest);
    expect(await rawDigest(world.target.url, `${path}/team--deep--tool`, '2')).toBe(images[1].digest);
  }

  it('is given back by bundle push, and a second time without a write', async () => {
    const made = await world.run(['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'all.tar']);
    expect(made.code, made.stderr).toBe(0);
    const argv = ['bundle', 'push', 'all.tar', '--target-registry', `${world.target.host}/all`, '--image-path', 'flat'];
    const { code, stderr } = await world.run([...argv, '--output-dir', 'pushed']);
    expect(code, stderr).toBe(0);
    await theyAreAt('all');
    const { charts } = await world.machine.report('pushed');
    expect(charts.map(({ status, proof }) => [status, proof.state])).toEqual([['pushed', 'proven']]);
    world.target.reset();
    expect((await world.run([...argv, '--output-dir', 'pushed'])).code).toBe(0);
    expect(world.target.writes()).toEqual([]);
  });

  it('is given back by unwrap', async () => {
    const made = await world.run(['wrap', './web', '--output-dir', 'wrapped']);
    expect(made.code, made.stderr).toBe(0);
    const [file = ''] = (await world.machine.files(world.path('wrapped'))).filter((name) => name.endsWith('.tgz'));
    const argv = ['unwrap', `wrapped/${file}`, `${world.target.host}/one`, '--image-path', 'flat'];
    const { code, stderr } = await world.run([...argv, '--output-dir', 'unwrapped']);
    expect(code, stderr).toBe(0);
    await theyAreAt('one');
  });
});

describeWith(['helm', 'crane', 'openssl'], 'a registry of Amazon ECR with names of one level', () => {
  const CHARTS = 'https://charts.example.test';
  let world: EcrWorld;
  let consumer: EcrConsumer;
  let target: string;

  const mirror = (version: string) =>
    world.mirror(
      [{ chart: 'web', repository: CHARTS, version }],
      ['--target-registry', target, '--image-path', 'flat'],
    );

  beforeAll(async () => {
    world = await startEcrWorld();
    target = `${world.names.registry}/platform`;
    for (const version of ['1.0.0', '1.1.0']) {
      const images = [`images.example.test/org/deep/web:${version}`, 'images.example.test/shared/base:1'];
      await world.publish('web', { ...imageChart(...images), version }, CHARTS);
      await pushImage(world.source.url, 'org/deep/web', version);
    }
    await pushImage(world.source.url, 'shared/base', '1');
    consumer = await createEcrConsumer(world);
  });

  afterAll(async () => {
    await consumer?.remove();
    await world?.stop();
  });

  it('gets a repository for each, and the chart installs from them', async () => {
    const { code, stderr } = await mirror('1.0.0');
    expect(code, stderr).toBe(0);
    const tags = world.contents.list().filter((name) => !name.includes('@'));
    expect(tags).toEqual(['platform/org--deep--web:1.0.0', 'platform/shared--base:1', 'platform/web:1.0.0']);
    const images = await consumer.install('platform/web', '1.0.0');
    expect(images).toEqual([`${target}/org--deep--web:1.0.0`, `${target}/shared--base:1`]);
    for (const image of images) await consumer.pull(image);
  });

  it('keeps what the newest version needs when the older one is pruned', async () => {
    expect((await mirror('1.1.0')).code).toBe(0);
    world.contents.setPushedAt(new Date(Date.now() - 40 * 24 * 60 * 60 * 1000));
    await world.machine.write('catalog.yaml', '{ addons: [] }');
    const { code, stderr } = await world.run(['prune', '--target-registry', target, '--keep-charts', '1', '--yes']);
    expect(code, stderr).toBe(0);
    const tags = world.contents.list().filter((name) => !name.includes('@'));
    expect(tags).toEqual(['platform/org--deep--web:1.1.0', 'platform/shared--base:1', 'platform/web:1.1.0']);
  });
});
