import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { formatSize } from '../../src/domain/report/size.ts';
import type { Plan } from '../../src/domain/run-plan/plan.ts';
import { pushArtifact, pushCosign, pushList, SBOM_TYPE } from '../support/made-artifacts.ts';
import { type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const IMAGES = ['quay.io/team/app:1', 'quay.io/team/signed:1', 'quay.io/team/plain:1'];

describeWith(['registry', 'crane', 'helm'], 'what belongs to the images of a plan', () => {
  let world: PlanWorld;

  const reads = ({ requests }: Plan) =>
    requests.map(({ registry, manifests, exact, kept }) => ({ registry, manifests, exact, kept }));

  /** Runs a plan without the manifests beside it: what it then reads is what the plan has counted. */
  async function readsWithout(directory: string, file = 'plan.json'): Promise<number> {
    await rm(join(world.machine.work, directory, 'plan.manifests.json'), { force: true });
    world.source.reset();
    const done = await world.do(directory, file);
    expect(done.code, done.stderr).toBe(0);
    return world.reads();
  }

  beforeAll(async () => {
    world = await startPlanWorld();
    const { url } = world.sources.registry;
    await world.sources.addImages(IMAGES);
    const push = (name: string) => pushImage(url, `quay.io/team/${name}`, '1', { name, platforms: ['linux/amd64'] });
    const [app, signed] = [await push('app'), await push('signed'), await push('plain')];
    const { digest, mediaType } = app;
    await pushCosign(url, 'quay.io/team/app', digest, '.sig', ['one', 'two']);
    await pushCosign(url, 'quay.io/team/app', digest, '.att', ['said']);
    const subject = { mediaType, digest, size: 1 };
    const bill = await pushArtifact(url, 'quay.io/team/app', undefined, {
      ...{ layers: ['a bill'], artifactType: SBOM_TYPE, subject },
    });
    await pushList(url, 'quay.io/team/app', digest, [{ ...bill, artifactType: SBOM_TYPE }]);
    await pushCosign(url, 'quay.io/team/signed', signed.digest, '.sig', ['three']);
  });

  beforeEach(() => world.source.reset());

  afterAll(() => world?.stop());

  it('is looked for, counted and kept: the run of the plan reads no manifest again', async () => {
    const { code, stderr, plan } = await world.plan({ directory: 'all', path: 'all', images: IMAGES });
    expect(code, stderr).toBe(0);
    expect(world.proxy.writes()).toEqual([]);
    const rows = plan.artifacts?.rows.map(({ image, decision, bytes }) => [image, decision, (bytes ?? 0) > 0]);
    expect(rows?.sort()).toEqual([
      [IMAGES[0], 'copy', true],
      [IMAGES[0], 'copy', true],
      [IMAGES[0], 'copy', true],
      [IMAGES[1], 'copy', true],
    ]);
    expect(plan.artifacts?.notLookedFor).toEqual([]);
    // three images with one platform each, four artifacts, and the list of referrers
    expect(reads(plan)).toEqual([{ registry: 'quay.io', manifests: 11, exact: true, kept: 11 }]);
    expect(world.reads()).toBe(11);
    const bytes = plan.artifacts?.rows.reduce((sum, row) => sum + (row.bytes ?? 0), 0) ?? 0;
    expect(stderr).toContain(`artifacts: 4 copy; ${formatSize(bytes)} beside the images\n`);
    expect(stderr).toContain('requests: 11 manifest reads at quay.io, all of them kept in plan.manifests.json\n');

    world.source.reset();
    const done = await world.do('all', 'plan.json');
    expect(done.code, done.stderr).toBe(0);
    expect(world.reads()).toBe(0);
    expect(done.report.artifacts.totals.copied).toBeGreaterThanOrEqual(4);

    const again = await world.plan({ directory: 'again', path: 'all', images: IMAGES });
    expect(again.plan.artifacts?.rows.map(({ decision }) => decision)).toEqual(Array(4).fill('present'));
    expect(again.stderr).toContain('artifacts: 4 present\n');
  });

  it('is as much as a run reads that has none of it yet, with each choice of artifacts', async () => {
    for (const [choice, count] of [
      ['all', 11],
      ['signatures', 9],
      ['none', 6],
    ] as const) {
      const directory = `counted-${choice}`;
      const flags = ['--artifacts', choice];
      const { plan, stderr } = await world.plan({ directory, path: directory, images: IMAGES, flags });
      expect(reads(plan), choice).toEqual([{ registry: 'quay.io', manifests: count, exact: true, kept: count }]);
      expect(await readsWithout(directory), choice).toBe(count);
      if (choice === 'none') expect([plan.artifacts, stderr.includes('artifacts:')]).toEqual([null, false]);
    }
  });

  it('is divided among shards with the images', async () => {
    const flags = ['--shards', '3'];
    const { plan } = await world.plan({ directory: 'parts', path: 'parts', images: IMAGES, flags });
    const files = [1, 2, 3].map((index) => `plan.shard-${index}.json`);
    const shards = await Promise.all(files.map((file) => world.planAt('parts', file)));
    expect(shards.flatMap(({ artifacts }) => artifacts?.rows ?? [])).toHaveLength(plan.artifacts?.rows.length ?? -1);
    for (const [index, shard] of shards.entries()) {
      // whose the list of referrers is does not stand in the plan
      const [{ manifests, exact } = { manifests: 0, exact: true }] = shard.requests;
      expect(exact).toBe(false);
      expect(await readsWithout('parts', files[index])).toBeGreaterThanOrEqual(manifests);
    }
    const signed = [...IMAGES.slice(1)];
    await world.plan({ directory: 'two', path: 'two', images: signed, flags: ['--shards', '2'] });
    for (const file of ['plan.shard-1.json', 'plan.shard-2.json']) {
      const [row] = (await world.planAt('two', file)).requests;
      expect([row?.exact, await readsWithout('two', file)]).toEqual([true, row?.manifests]);
    }
  });

  it('is unknown where its repository does not tell, or the quota would not suffice, and the plan says so', async () => {
    const denied = world.source.addFault({ path: /team\/signed\/tags\/list/, status: 403 });
    const { code, stderr, plan } = await world.plan({ directory: 'denied', path: 'denied', images: IMAGES });
    denied.remove();
    expect(code, stderr).toBe(0);
    expect(plan.artifacts?.notLookedFor).toMatchObject([
      { registry: 'quay.io', repository: 'team/signed', images: 1, reason: expect.stringContaining('403') },
    ]);
    expect(reads(plan)).toMatchObject([{ exact: false }]);
    expect(stderr).toMatch(/^artifacts: UNKNOWN for 1 image of quay\.io\/team\/signed, .* not counted: .*403/m);
    expect(stderr).toContain('requests: at least 10 manifest reads at quay.io');

    world.source.reset();
    const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '2;w=21600' };
    const short = world.source.addFault({ path: /quay\.io\/.*\/manifests\//, headers });
    const poor = await world.plan({ directory: 'poor', path: 'poor', images: IMAGES });
    short.remove();
    expect(world.reads()).toBe(0);
    expect(poor.plan.artifacts).toMatchObject({
      rows: [],
      notLookedFor: [{ images: 1 }, { images: 1 }, { images: 1 }],
    });
    expect(reads(poor.plan)).toMatchObject([{ manifests: 3, exact: false, kept: 0 }]);
  });
});
