import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rawDigest } from '../support/e2e-registry.ts';
import { pushCosign } from '../support/made-artifacts.ts';
import { type Done, type Planned, type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { type PushedImage, pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'quay.io/team/app:1';
const OLD = { name: 'old' };
const NEW = { name: 'new' };

describeWith(['helm', 'registry'], 'rules for moved tags and plans', () => {
  let world: PlanWorld;
  let old: PushedImage;

  /** A plan of the moved tag, made where a rule is, in one shard; the target has the old content below `path`. */
  async function planned(path: string, action: 'keep' | 'overwrite', flags: readonly string[] = []): Promise<Planned> {
    old = await pushImage(world.proxy.url, `${path}/team/app`, '1', OLD);
    const rules = { moved: [{ match: '*', action }] };
    await world.machine.write(join(path, 'rules.yaml'), JSON.stringify(rules));
    const own = ['--config', 'rules.yaml', '--shards', '1', '--artifacts', 'all', ...flags];
    const done = await world.plan({ directory: path, path, images: [APP], flags: own });
    expect(done.code, done.stderr).toBe(0);
    return done;
  }

  /** Runs the shard where no rule is. */
  const doShard = (path: string): Promise<Done> => world.do(path, 'plan.shard-1.json');

  beforeAll(async () => {
    world = await startPlanWorld();
    const url = world.sources.registry.url;
    await world.sources.addImages(['quay.io/team/unused:1']);
    const content = await pushImage(url, 'quay.io/team/app', '1', NEW);
    for (const { digest } of [content, await pushImage(url, 'quay.io/team/app', '0', OLD)])
      await pushCosign(url, 'quay.io/team/app', digest, '.sig', [`signed ${digest}`]);
  });

  afterAll(() => world?.stop());

  it('keep: what was planned as kept is reported as kept, and gets nothing from its source', async () => {
    const { plan } = await planned('keeps', 'keep');
    expect(plan.images).toMatchObject([{ decision: 'kept', digest: old.digest }]);
    for (const file of ['plan.json', 'plan.shard-1.json']) {
      world.proxy.reset();
      world.source.reset();
      const done = await world.do('keeps', file);
      expect(done.code, done.stderr).toBe(0);
      expect(done.report.totals.images).toEqual({ kept: 1 });
      expect(world.proxy.writes()).toEqual([]);
      expect(world.source.requests()).toEqual([]);
    }
    const finished = await world.do('keeps', 'plan.json', ['--finish']);
    expect([finished.code, finished.report.totals.images]).toEqual([0, { kept: 1 }]);
    // when the target has what the source has meanwhile, the plan does not fit any more
    await pushImage(world.proxy.url, 'keeps/team/app', '1', NEW);
    const moved = await doShard('keeps');
    expect(moved.report.plan?.moved).toEqual([expect.stringContaining(`the plan has ${old.digest}`)]);
  });

  it('tags that are trusted stay what nobody has compared', async () => {
    const { plan } = await planned('trusted', 'keep', ['--no-verify-existing-digest']);
    expect(plan.images).toMatchObject([{ decision: 'present', digest: old.digest }]);
    const done = await doShard('trusted');
    expect(done.report.totals.images).toEqual({ 'present-unverified': 1 });
  });

  it('overwrite: a shard replaces what the plan replaces, and nothing else', async () => {
    const { plan } = await planned('replaces', 'overwrite');
    expect(plan.images).toMatchObject([{ decision: 'replace', replaces: old.digest }]);
    const other = await pushImage(world.proxy.url, 'replaces/team/app', '1', { name: 'somebody else' });
    world.proxy.reset();
    const refused = await doShard('replaces');
    expect(refused.code).toBe(1);
    expect(refused.report.plan?.moved).toEqual([
      `${world.proxy.host}/replaces/team/app:1 holds ${other.digest} now, the plan found ${old.digest} there`,
    ]);
    expect(world.proxy.writes()).toEqual([]);
    await pushImage(world.proxy.url, 'replaces/team/app', '1', OLD);
    const done = await doShard('replaces');
    expect(done.code, done.stderr).toBe(0);
    expect(done.report.totals.images).toEqual({ copied: 1 });
    expect(await rawDigest(world.proxy.url, 'replaces/team/app', '1')).toBe(plan.images[0]?.digest);
    expect((await doShard('replaces')).report.totals.images).toEqual({ present: 1 });
  });
});
