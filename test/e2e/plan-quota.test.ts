import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { describeWith } from '../support/tools.ts';

const IMAGES = ['nginx:1.27', 'redis:7', 'quay.io/team/tool:2'];

describeWith(['registry', 'crane', 'helm'], 'the quota of a source', () => {
  let world: PlanWorld;

  /** What Docker Hub says on every answer for a manifest. */
  function says(remaining: number): () => void {
    const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': `${remaining};w=21600` };
    const fault = world.source.addFault({ path: /^\/v2\/docker\.io\/.*\/manifests\//, headers });
    return () => fault.remove();
  }

  beforeAll(async () => {
    world = await startPlanWorld();
    await world.sources.addImages(IMAGES);
  });

  beforeEach(() => world.source.reset());

  afterAll(() => world?.stop());

  it('is told with the reads that a run takes, which the plan has made and kept', async () => {
    const stop = says(76);
    const { code, stderr, plan } = await world.plan({ directory: 'enough', path: 'enough', images: IMAGES });
    stop();
    expect(code, stderr).toBe(0);
    const quota = { limit: 100, remaining: 76, seconds: 21600 };
    const hosts = world.source.requests().filter(({ path }) => path.includes('/docker.io/'));
    expect(hosts.length).toBeGreaterThan(0);
    // all sources are reached at one host here, which says so for its part of Docker Hub only
    expect(plan.requests.find(({ registry }) => registry === 'docker.io')).toEqual({
      ...{ registry: 'docker.io', manifests: 6, exact: true, kept: 6, quota },
    });
    expect(stderr).toContain(
      'requests: 6 manifest reads at docker.io, all of them kept in plan.manifests.json; 76 of 100 left in this window of 6 h\n',
    );
    expect(world.reads()).toBe(9);
  });

  it('is not spent where it does not suffice: then sizes are unknown, and the plan says so', async () => {
    const stop = says(1);
    const { code, stderr, plan } = await world.plan({ directory: 'short', path: 'short', images: IMAGES.slice(0, 2) });
    expect(code, stderr).toBe(0);
    expect(world.reads()).toBe(0);
    expect(plan.images.map(({ bytes, contents }) => [bytes, contents])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(plan.requests).toEqual([
      {
        registry: 'docker.io',
        manifests: 2,
        exact: false,
        kept: 0,
        quota: { limit: 100, remaining: 1, seconds: 21600 },
      },
    ]);
    expect(stderr).toContain('images: 2 copy; the size of 2 images is UNKNOWN, no manifest was read\n');
    expect(stderr).toContain('requests: at least 2 manifest reads at docker.io; 1 of 100 left in this window of 6 h\n');
    expect(stderr).toContain('warning: that is more than docker.io still answers: ');
    stop();
    // the plan holds all the same
    const done = await world.do('short', 'plan.json');
    expect(done.code, done.stderr).toBe(0);
    expect(done.report.totals.images).toEqual({ copied: 2 });
  });
});
