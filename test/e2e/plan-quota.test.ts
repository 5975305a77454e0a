import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { deployment } from '../support/e2e-charts.ts';
import { STABLE } from '../support/e2e-world.ts';
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

  /** Docker Hub with so many reads left, of which each takes one; then it refuses. `left` is what remains. */
  function countsDown(from: number): { left(): number; stop(): void } {
    let remaining = from;
    const body = '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}';
    const fault = world.source.addFault({
      path: /^\/v2\/docker\.io\/.*\/manifests\//,
      now(method) {
        const isOver = method === 'GET' && remaining === 0;
        if (method === 'GET' && !isOver) remaining -= 1;
        const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': `${remaining};w=21600` };
        return isOver ? { status: 429, headers, body } : { headers };
      },
    });
    return { left: () => remaining, stop: () => fault.remove() };
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
    expect(stderr).toContain('images: 2 copy; the size of 2 images is UNKNOWN, not every manifest was read\n');
    expect(stderr).toContain('requests: at least 2 manifest reads at docker.io; 1 of 100 left in this window of 6 h\n');
    expect(stderr).toContain('warning: that is more than docker.io still answers: ');
    stop();
    // the plan holds all the same
    const done = await world.do('short', 'plan.json');
    expect(done.code, done.stderr).toBe(0);
    expect(done.report.totals.images).toEqual({ copied: 2 });
  });

  it('that has enough for the images and too little for what is below them is not used up, and its plan is complete', async () => {
    const request = { directory: 'few', path: 'few', images: IMAGES.slice(0, 2) };
    const hub = countsDown(4);
    const first = await world.plan(request);
    expect(first.code, first.stderr).toBe(0);
    // the two indexes tell that four more are needed, and two are left
    const row = { registry: 'docker.io', manifests: 6, exact: false, kept: 2 };
    const quota = { limit: 100, remaining: 2, seconds: 21600 };
    expect([first.plan.complete, first.plan.requests]).toEqual([true, [{ ...row, quota }]]);
    expect(first.plan.images.map(({ decision, bytes }) => [decision, bytes])).toEqual([
      ['copy', null],
      ['copy', null],
    ]);
    expect(first.stderr).toContain('the size of 2 images is UNKNOWN, not every manifest was read\n');
    expect(first.stderr).toContain(
      'requests: at least 6 manifest reads at docker.io, 2 of them kept in plan.manifests.json; 2 of 100 left',
    );
    expect(first.stderr).toContain('warning: that is more than docker.io still answers: ');
    expect([hub.left(), world.reads()]).toEqual([2, 2]);
    const second = await world.plan(request);
    expect([second.code, second.plan.requests]).toEqual([0, [{ ...row, quota }]]);
    // what the first has kept is not read again
    expect([hub.left(), world.reads()]).toEqual([2, 2]);
    hub.stop();

    const next = countsDown(7);
    const whole = await world.plan(request);
    expect([whole.code, whole.plan.requests]).toEqual([
      0,
      [{ ...row, exact: true, kept: 6, quota: { ...quota, remaining: 3 } }],
    ]);
    expect(whole.stderr).not.toContain('UNKNOWN');
    expect([next.left(), world.reads()]).toEqual([3, 6]);
    const done = await world.do('few', 'plan.json');
    expect([done.code, done.report.totals.images, world.reads(), next.left()]).toEqual([0, { copied: 2 }, 6, 3]);
    next.stop();
  });

  it('that is used up leaves sizes unknown: the plan is complete, wherever it was told', async () => {
    const images = [...IMAGES.slice(0, 2), 'quay.io/team/tool:2'];
    const body = '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}';
    // one that says nothing before it refuses, and one that says it has enough
    const faults = [
      { path: /^\/v2\/quay\.io\/.*\/manifests\//, method: 'GET' },
      { path: /^\/v2\/docker\.io\/.*\/manifests\/sha256/, method: 'GET' },
    ].map((one) => world.source.addFault({ ...one, status: 429, body, headers: { 'ratelimit-limit': '100;w=21600' } }));
    const stop = says(50);
    const { code, stderr, plan } = await world.plan({ directory: 'none', path: 'none', images });
    stop();
    for (const fault of faults) fault.remove();
    expect(code, stderr).toBe(0);
    expect(plan.images.map(({ decision, bytes }) => [decision, bytes])).toEqual(images.map(() => ['copy', null]));
    expect(plan.requests.map(({ registry, manifests, exact, kept }) => [registry, manifests, exact, kept])).toEqual([
      ['docker.io', 2, false, 0],
      ['quay.io', 1, false, 0],
    ]);
    expect(stderr).toContain('images: 3 copy; the size of 3 images is UNKNOWN, not every manifest was read\n');
  });

  it('is compared with what a run has to read, before it copies', async () => {
    const warning = (said: string): string =>
      `warning: ${said}: log in there, or run again in the next window; what is done is kept\n`;
    const hub = IMAGES.slice(0, 2);
    await world.machine.write('copy/images.txt', `${IMAGES.join('\n')}\n`);
    await world.machine.write('copy/airgap-charts.yaml', world.configuration());
    const copy = (path: string) =>
      world.machine.run(['copy', '--images', 'images.txt', '--target-registry', `${world.proxy.host}/${path}`], {
        cwd: 'copy',
      });
    // indexes by what HEAD says of them, each with at least one manifest
    let stop = says(3);
    const short = await copy('quota-short');
    expect([short.code, short.stderr]).toEqual([
      0,
      expect.stringContaining(
        warning('at least 4 manifest reads to do at docker.io, 3 of 100 left in this window of 6 h'),
      ),
    ]);
    expect(short.stderr.indexOf('warning: ')).toBeLessThan(short.stderr.indexOf('moved'));
    stop();
    stop = says(4);
    expect((await copy('quota-enough')).stderr).not.toContain('warning');
    stop();
    stop = says(50);
    const planned = await world.plan({ directory: 'kept', path: 'kept', images: hub });
    expect(planned.code).toBe(0);
    stop();
    // where a plan has kept the indexes, what is below them is counted
    const hubWithFour = countsDown(4);
    await world.plan({ directory: 'half', path: 'half', images: hub });
    hubWithFour.stop();
    stop = says(3);
    expect((await world.do('half', 'plan.json')).stderr).toContain(
      warning('4 manifest reads to do at docker.io, 3 of 100 left in this window of 6 h'),
    );
    stop();
    // what the plan keeps is not read again
    stop = says(0);
    expect((await world.do('kept', 'plan.json')).stderr).not.toContain('warning');
    await world.publish('app', {
      values: '',
      templates: {
        'd.yaml': deployment(hub.map((image, index) => `- { name: c${index}, image: ${image} }`).join('\n')),
      },
    });
    await world.machine.write(
      'copy/catalog.yaml',
      JSON.stringify({ addons: [{ chart: 'app', version: '1.0.0', repository: STABLE }] }),
    );
    await world.machine.write('copy/airgap-charts.yaml', world.configuration());
    const where = ['--target-registry', `${world.proxy.host}/quota-chart`];
    const mirrored = await world.machine.run(['mirror', '--catalog', 'catalog.yaml', ...where], { cwd: 'copy' });
    stop();
    expect([mirrored.code, mirrored.stderr]).toEqual([
      0,
      expect.stringContaining(
        warning('at least 4 manifest reads to do at docker.io, 0 of 100 left in this window of 6 h'),
      ),
    ]);
  });

  it('that is used up ends the run now, and says when it is back', async () => {
    await world.machine.write('over/images.txt', `${IMAGES.join('\n')}\n`);
    await world.machine.write('over/airgap-charts.yaml', world.configuration());
    const body = '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}';
    const headers = { 'ratelimit-limit': '100;w=86400' };
    const fault = world.source.addFault({ method: 'GET', path: /docker.io.*manifests/, status: 429, headers, body });
    const argv = ['copy', '--images', 'images.txt', '--target-registry', `${world.proxy.host}/over`];
    const begun = Date.now();
    const { code } = await world.machine.run(argv, { cwd: 'over' });
    fault.remove();
    expect([code, Date.now() - begun < 30_000]).toEqual([1, true]);
    const report = await world.reportAt('over');
    expect(report.totals.images).toMatchObject({ copied: 1, failed: 2 });
    const { error } = report.images[0] ?? {};
    expect(error?.code).toBe('RATE_LIMITED');
    const [, back = ''] = /it can be back at (.*) UTC at the latest/.exec(error?.message ?? '') ?? [];
    const hours = (Date.parse(`${back.replace(' ', 'T')}:00Z`) - Date.now()) / 3_600_000;
    expect([error?.message, Math.round(hours)]).toEqual([expect.stringContaining(back), 24]);
    expect(error?.hint).toContain(`run again at ${back} UTC, what is done is kept`);
  });
});
