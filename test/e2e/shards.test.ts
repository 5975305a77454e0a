import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { formatSize } from '../../src/domain/report/size.ts';
import type { Plan, PlannedImage } from '../../src/domain/run-plan/plan.ts';
import { doubledBytes } from '../../src/domain/run-plan/split.ts';
import { deployment } from '../support/e2e-charts.ts';
import { rawChart, rawDigest } from '../support/e2e-registry.ts';
import { type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { startDistribution } from '../support/registries.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const SHARDS = [1, 2, 3, 4];
const KB = 1024;
/** Repositories of the source, each with the size of its own layers; images of one name have the same content. */
const IMAGES = Array.from({ length: 12 }, (_, index) => ({
  repository: `team/app-${index + 1}`,
  name: index < 3 ? 'the same' : `app ${index + 1}`,
  layerBytes: (30 + 23 * (index % 5)) * KB,
}));

describeWith(['helm', 'registry', 'crane'], 'a plan in shards', () => {
  let world: PlanWorld;
  let elsewhere: RunningServer;
  const entries = ['one', 'two', 'three'].map((chart) => ({ chart, version: '1.0.0' }));

  function placeOf({ destination }: PlannedImage): readonly [repository: string, tag: string] {
    const [, repository = '', tag = ''] = /^[^/]+\/(.*):([^:]+)$/.exec(destination) ?? [];
    return [repository, tag];
  }

  async function shardsIn(directory: string): Promise<readonly Plan[]> {
    return Promise.all(SHARDS.map((index) => world.planAt(directory, `plan.shard-${index}.json`)));
  }

  beforeAll(async () => {
    world = await startPlanWorld();
    elsewhere = await startDistribution();
    await world.sources.addImages(['quay.io/team/unused:1']);
    for (const { repository, name, layerBytes } of IMAGES)
      await pushImage(world.sources.registry.url, `quay.io/${repository}`, '1', { name, layerBytes, ownLayers: 2 });
    for (const [index, { chart }] of entries.entries()) {
      const own = IMAGES.slice(index * 4, index * 4 + 4);
      const containers = own.map((_, number) => `- { name: c${number}, image: "{{ .Values.image${number} }}" }`);
      const values = own.map(({ repository }, number) => `image${number}: quay.io/${repository}:1\n`).join('');
      await world.publish(chart, { values, templates: { 'd.yaml': deployment(containers.join('\n')) } });
    }
  });

  afterAll(async () => {
    await world?.stop();
    await elsewhere?.stop();
  });

  it('is done by four processes at once as by one, but for what shards share', async () => {
    const { code, stderr, plan } = await world.plan({
      ...{ directory: 'four', path: 'four', entries },
      flags: ['--shards', '4'],
    });
    expect(code, stderr).toBe(0);
    const shards = await shardsIn('four');
    const all = shards.flatMap(({ images }) => images.map(({ destination }) => destination));
    expect(all.toSorted()).toEqual(plan.images.map(({ destination }) => destination).sort());
    expect(new Set(shards.map(({ shard }) => shard?.plan))).toEqual(new Set([plan.digest]));

    // no helm, no crane
    const env = { PATH: world.machine.home };
    const running = SHARDS.map((index) => world.startDoing('four', `plan.shard-${index}.json`, [], { env }));
    for (const result of await Promise.all(running.map(({ ended }) => ended)))
      expect(result.code, result.stderr).toBe(0);
    const reports = await Promise.all(SHARDS.map((index) => world.reportAt('four', `report.shard-${index}.json`)));
    expect(reports.map((report) => report.plan?.shard)).toEqual(SHARDS.map((index) => ({ index, of: 4 })));
    await expect(rawChart(world.proxy.url, 'four/one', '1.0.0')).rejects.toThrow();

    const host = new URL(elsewhere.url).host;
    const single = await world.plan({ directory: 'single', path: 'four', entries, host });
    expect(single.code, single.stderr).toBe(0);
    const done = await world.do('single', 'plan.json');
    expect(done.code, done.stderr).toBe(0);
    for (const image of plan.images) {
      const [repository, tag] = placeOf(image);
      expect(await rawDigest(world.proxy.url, repository, tag)).toBe(image.digest);
      expect(await rawDigest(elsewhere.url, repository, tag)).toBe(image.digest);
    }
    const moved = reports.reduce((sum, { totals }) => sum + totals.bytesCopied, 0);
    const twice = moved - done.report.totals.bytesCopied;
    expect(twice).toBe(doubledBytes(plan, shards));
    expect(stderr).toContain(`${formatSize(twice)} leave their sources more than once; `);
    const finished = await world.do('four', 'plan.json', ['--finish']);
    expect(finished.code, finished.stderr).toBe(0);
    expect(finished.report.charts.map(({ status }) => status)).toEqual(['pushed', 'pushed', 'pushed']);
    expect(finished.report.totals).toMatchObject({ images: { copied: 12 }, bytesCopied: moved });
    expect((await rawChart(world.proxy.url, 'four/one', '1.0.0')).length).toBeGreaterThan(0);
    expect(await world.machine.files()).toContain('four/helm-charts/one/one-1.0.0.tgz');
    // the whole again has nothing left to do
    world.proxy.reset();
    expect((await world.do('four', 'plan.json')).report.totals.images).toEqual({ present: 12 });
    expect(world.proxy.writes()).toEqual([]);
  });

  it('goes on where a shard was killed, and is not finished before', async () => {
    const directory = 'killed';
    const planned = await world.plan({ directory, path: directory, entries });
    expect(planned.code, planned.stderr).toBe(0);
    const argv = ['plan', '--from', 'plan.json', '--shards', '4'];
    const split = await world.machine.run(argv, { cwd: directory });
    expect(split.code, split.stderr).toBe(0);
    const shards = await shardsIn(directory);
    const last = shards[1]?.images.at(-1);
    if (last === undefined) throw new Error('shard 2 has no image');
    const [held = ''] = placeOf(last);
    const fault = world.proxy.addFault({
      method: 'PUT',
      path: new RegExp(`/${held}/manifests/1$`),
      until: new Promise(() => {}),
    });
    const running = SHARDS.map((index) => world.startDoing(directory, `plan.shard-${index}.json`));
    await fault.firstHit;
    running[1]?.interrupt('SIGKILL');
    const codes = (await Promise.all(running.map(({ ended }) => ended))).map(({ code }) => code);
    expect(codes).toEqual([0, undefined, 0, 0]);
    fault.remove();

    world.proxy.reset();
    const early = await world.do(directory, 'plan.json', ['--finish']);
    expect(early.code, early.stderr).toBe(1);
    expect(early.report.plan?.moved).toEqual([]);
    expect(early.report.plan?.missing).toContain(`${last.destination} of shard 2 of 4`);
    expect(early.report.plan?.missing.every((line) => line.endsWith(' of shard 2 of 4'))).toBe(true);
    expect(early.stderr).toContain(`NOT THERE       ${last.destination} of shard 2 of 4\n`);
    expect(world.proxy.writes()).toEqual([]);
    await expect(rawChart(world.proxy.url, 'killed/one', '1.0.0')).rejects.toThrow();

    const again = await world.do(directory, 'plan.shard-2.json');
    expect(again.code, again.stderr).toBe(0);
    const finished = await world.do(directory, 'plan.json', ['--finish']);
    expect(finished.code, finished.stderr).toBe(0);
    expect(finished.report.totals.charts).toEqual({ pushed: 3 });
    for (const image of planned.plan.images)
      expect(await rawDigest(world.proxy.url, ...placeOf(image))).toBe(image.digest);
  });

  it('takes no report of another plan, and believes none over the registry', async () => {
    const directory = 'wrong';
    const { code, plan } = await world.plan({ directory, path: directory, entries, flags: ['--shards', '2'] });
    expect(code).toBe(0);
    const foreign = await world.machine.read('four/report.shard-1.json');
    await world.machine.write(join(directory, 'foreign.json'), foreign);
    const refused = await world.machine.run(world.doing('plan.json', ['--finish', 'foreign.json']), { cwd: directory });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/^foreign\.json: this report belongs to the plan sha256:/),
    ]);
    const shard = await world.machine.run(world.doing('plan.shard-1.json', ['--finish']), { cwd: directory });
    expect([shard.code, shard.stderr]).toEqual([
      2,
      expect.stringContaining('plan.shard-1.json:1:1: this plan is a shard, '),
    ]);

    // a report that says it all was copied
    const told = foreign.replace(/"digest": "[^"]*",\n {4}"shard"/, `"digest": "${plan.digest}",\n    "shard"`);
    await world.machine.write(join(directory, 'report.shard-1.json'), told);
    world.proxy.reset();
    const lied = await world.do(directory, 'plan.json', ['--finish']);
    expect(lied.code, lied.stderr).toBe(1);
    expect(lied.report.plan?.missing).toHaveLength(12);
    expect(world.proxy.writes()).toEqual([]);
  });

  it('can be one of a list of images', async () => {
    const images = IMAGES.slice(3, 9).map(({ repository }) => `quay.io/${repository}:1`);
    const flags = ['--shards', '2'];
    const { code, stderr, plan } = await world.plan({ directory: 'list', path: 'list', images, flags });
    expect(code, stderr).toBe(0);
    expect(plan).toMatchObject({ mode: 'list', inputs: null, charts: [] });
    const env = { PATH: world.machine.home };
    const first = await world.startDoing('list', 'plan.shard-1.json', [], { env }).ended;
    expect(first.code, first.stderr).toBe(0);
    const rest = (await world.planAt('list', 'plan.shard-2.json')).images;
    const early = await world.do('list', 'plan.json', ['--finish']);
    expect([early.code, early.report.plan?.missing.length]).toEqual([1, rest.length]);

    // a tag that moves before its image is there is told; afterwards it means nothing
    const [waiting, brought] = [rest[0], plan.images.find((image) => !rest.some((row) => row.source === image.source))];
    const url = world.sources.registry.url;
    const again = (image: PlannedImage | undefined, name: string, layerBytes = KB) =>
      pushImage(url, image?.source.replace(/:1$/, '') ?? '', '1', { name, layerBytes, ownLayers: 2 });
    await again(brought, 'moved');
    const { digest } = await again(waiting, 'moved');
    world.proxy.reset();
    const refused = await world.do('list', 'plan.shard-2.json');
    expect(refused.code, refused.stderr).toBe(1);
    expect(refused.report.plan?.moved).toEqual([expect.stringContaining(`${waiting?.source} is ${digest} now, `)]);
    expect(world.proxy.writes()).toEqual([]);
    const own = IMAGES.find(({ repository }) => waiting?.source === `quay.io/${repository}:1`);
    await again(waiting, own?.name ?? '', own?.layerBytes);
    expect((await world.do('list', 'plan.shard-2.json')).code).toBe(0);
    const finished = await world.do('list', 'plan.json', ['--finish']);
    expect([finished.code, finished.report.totals.images]).toEqual([0, { copied: 6 }]);
    for (const image of plan.images) expect(await rawDigest(world.proxy.url, ...placeOf(image))).toBe(image.digest);
  });
});
