import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { isMoved, type PlanContent } from '../../src/domain/run-plan/plan.ts';
import { sealed } from '../../src/domain/run-plan/seal.ts';
import { deployment } from '../support/e2e-charts.ts';
import { rawChart, rawDigest } from '../support/e2e-registry.ts';
import { type Done, type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'quay.io/team/app:1';
const OTHER = 'quay.io/team/other:2';

describeWith(['helm', 'registry', 'crane'], 'a plan of charts', () => {
  let world: PlanWorld;
  const entries = [
    { chart: 'app', version: '^1.0', release: 'first' },
    { chart: 'other', version: '1.0.0', values: { replicas: 1 } },
  ];

  /** A chart whose images are those of its values. */
  async function publish(name: string, version: string, ...images: readonly string[]): Promise<void> {
    const containers = images.map((_, index) => `- { name: c${index}, image: "{{ .Values.image${index} }}" }`);
    const values = images.map((image, index) => `image${index}: ${image}\n`).join('');
    await world.publish(name, { version, values, templates: { 'd.yaml': deployment(containers.join('\n')) } });
  }

  /** Plans, then runs the plan after the world has moved; nothing may have been written then. */
  async function moved(directory: string, move: () => Promise<unknown>): Promise<Done> {
    const { code, stderr } = await world.plan({ directory, path: directory, entries });
    expect(code, stderr).toBe(0);
    await move();
    world.proxy.reset();
    const done = await world.do(directory, 'plan.json');
    expect(done.code, done.stderr).toBe(1);
    expect(world.proxy.writes()).toEqual([]);
    expect(done.report.charts.filter(({ status }) => status === 'pushed')).toEqual([]);
    for (const line of done.report.plan?.moved ?? []) expect(done.stderr).toContain(`MOVED           ${line}\n`);
    return done;
  }

  beforeAll(async () => {
    world = await startPlanWorld();
    await publish('app', '1.0.0', APP, 'nginx:1.27');
    await publish('other', '1.0.0', OTHER);
    await world.sources.addImages(['nginx:1.27']);
  });

  beforeEach(async () => {
    await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: APP });
    await pushImage(world.sources.registry.url, 'quay.io/team/other', '2', { name: OTHER });
    await world.sources.addImages([APP, OTHER]);
    world.proxy.reset();
    world.source.reset();
  });

  afterAll(() => world?.stop());

  it('is what mirror --plan then does, with no manifest read twice', async () => {
    const { code, stderr, plan } = await world.plan({ directory: 'exact', path: 'exact', entries });
    expect(code, stderr).toBe(0);
    expect(world.proxy.writes()).toEqual([]);
    expect(plan).toMatchObject({ version: 1, mode: 'catalog', complete: true, shard: null, repositories: null });
    expect(plan.charts.map(({ release, version, decision }) => [release, version, decision])).toEqual([
      ['first', '1.0.0', 'push'],
      ['other', '1.0.0', 'push'],
    ]);
    expect(plan.images.map(({ decision, usedBy }) => [decision, usedBy])).toEqual([
      ['copy', ['app (first)']],
      ['copy', ['app (first)']],
      ['copy', ['other']],
    ]);
    expect(plan.requests.map(({ registry, manifests, exact, kept }) => [registry, manifests, exact, kept])).toEqual([
      ['docker.io', 3, true, 3],
      ['quay.io', 6, true, 6],
    ]);
    expect(world.reads()).toBe(9);
    expect(stderr.trimEnd().split('\n').length).toBeLessThan(40);

    // a version that came meanwhile is not what was planned
    await publish('app', '1.1.0', APP);
    world.source.reset();
    const done = await world.do('exact', 'plan.json');
    expect(done.code, done.stderr).toBe(0);
    expect(world.reads()).toBe(0);
    expect(done.report.plan).toEqual({ digest: plan.digest, shard: null, moved: [], missing: [] });
    expect(done.report.charts.map(({ version, status }) => [version, status])).toEqual([
      ['1.0.0', 'pushed'],
      ['1.0.0', 'pushed'],
    ]);
    const copied = new Map(done.report.images.map((row) => [row.destination, row.digest]));
    expect([...copied]).toEqual(plan.images.map(({ destination, digest }) => [destination, digest]));
    const writes = new Set(
      world.proxy.writes().flatMap(({ path }) => /^\/v2\/(.*?)\/(?:blobs|manifests)\//.exec(path)?.[1] ?? []),
    );
    const planned = plan.images
      .filter(isMoved)
      .map(({ destination }) => destination.replace(/^[^/]*\//, '').replace(/:[^:]*$/, ''));
    expect([...writes].sort()).toEqual([...planned, 'exact/app', 'exact/other'].sort());

    // again: what it has brought is no difference
    world.proxy.reset();
    const again = await world.do('exact', 'plan.json');
    expect(again.code, again.stderr).toBe(0);
    expect(again.report.totals.images).toEqual({ present: 3 });
    expect(world.proxy.writes()).toEqual([]);
  });

  it('is as large as it says: the bytes that it names are those that leave the sources', async () => {
    const { plan } = await world.plan({ directory: 'bytes', path: 'bytes', entries });
    const blobs = new Map(
      plan.images.flatMap(({ contents }) => contents?.blobs ?? []).map((one) => [one.digest, one.size]),
    );
    const done = await world.do('bytes', 'plan.json');
    expect(done.report.totals.bytesCopied).toBe([...blobs.values()].reduce((sum, size) => sum + size, 0));
  });

  it('is refused when a tag has moved at its source, which is named', async () => {
    let digest = '';
    const done = await moved('source', async () => {
      const url = world.sources.registry.url;
      digest = (await pushImage(url, 'quay.io/team/app', '1', { name: 'another' })).digest;
    });
    const { plan } = done.report;
    expect(plan?.moved).toEqual([expect.stringMatching(`^quay.io/team/app:1 is ${digest} now, the plan has sha256:`)]);
    const row = done.report.images.find(({ source }) => source === APP);
    expect(row).toMatchObject({ status: 'refused', error: { code: 'PLAN_MOVED' } });
  });

  it('is refused when a tag at the target holds other content now', async () => {
    const done = await moved('target', () => pushImage(world.proxy.url, 'target/team/app', '1', { name: 'another' }));
    expect(done.report.plan?.moved).toEqual([
      expect.stringContaining(`${world.proxy.host}/target/team/app:1 holds sha256:`),
    ]);
    const { error } = done.report.images.find(({ source }) => source === APP) ?? {};
    expect(error).toMatchObject({ code: 'IMAGE_TAG_TAKEN' });
    // the flag itself is refused beside a plan: the hint must not lead there
    expect(error?.hint).toMatch(/taken after the plan was made: .* plan again: --overwrite-existing then replaces it$/);
    const again = await world.plan({ directory: 'target', path: 'target', entries, flags: ['--overwrite-existing'] });
    expect(again.code, again.stderr).toBe(0);
    expect((await world.do('target', 'plan.json')).code).toBe(0);
  });

  it('is refused when the tag of a chart was taken meanwhile, with a hint that can be followed', async () => {
    const done = await moved('chart', () => pushImage(world.proxy.url, 'chart/other', '1.0.0', { name: 'another' }));
    const { error } = done.report.charts.find(({ chart }) => chart === 'other') ?? {};
    expect(error).toMatchObject({ code: 'CHART_TAG_TAKEN' });
    expect(error?.hint).toContain('it was taken after the plan was made, so plan again: --overwrite-existing then');
    const again = await world.plan({ directory: 'chart', path: 'chart', entries, flags: ['--overwrite-existing'] });
    expect(again.code, again.stderr).toBe(0);
    expect((await world.do('chart', 'plan.json')).code).toBe(0);
  });

  it('is refused when what it found at the target is gone, and when it would replace something else', async () => {
    const url = world.proxy.url;
    await pushImage(url, 'other-digest/team/app', '1', { name: 'old' });
    const request = { directory: 'other-digest', path: 'other-digest', entries, flags: ['--overwrite-existing'] };
    const { code, stderr, plan } = await world.plan(request);
    expect(code, stderr).toBe(0);
    expect(plan.images[0]).toMatchObject({
      decision: 'replace',
      reason: expect.stringContaining('--overwrite-existing'),
    });
    expect(stderr).toMatch(/^replace {6}quay\.io\/team\/app:1 → .*--overwrite-existing was given\)$/m);
    const newer = await pushImage(url, 'other-digest/team/app', '1', { name: 'newer' });
    const done = await world.do('other-digest', 'plan.json');
    expect(done.report.plan?.moved).toEqual([
      `${world.proxy.host}/other-digest/team/app:1 holds ${newer.digest} now, the plan found ${plan.images[0]?.replaces} there`,
    ]);
    await pushImage(url, 'other-digest/team/app', '1', { name: 'old' });
    const right = await world.do('other-digest', 'plan.json');
    expect(right.code, right.stderr).toBe(0);
    expect(await rawDigest(url, 'other-digest/team/app', '1')).toBe(plan.images[0]?.digest);
  });

  it('is refused when the catalog has changed, before anything is asked for', async () => {
    const done = await moved('catalog', async () => {
      const addons = JSON.parse(await world.machine.read('catalog/catalog.yaml')).addons;
      addons[1].values = { replicas: 2 };
      addons.push({ ...addons[0], release: 'second' });
      await world.machine.write('catalog/catalog.yaml', JSON.stringify({ addons }));
      world.source.reset();
    });
    expect(done.report.plan?.moved).toEqual([
      'the release other is not described as it was when the plan was made',
      'the release app (second) is not in the plan',
    ]);
    expect(world.source.requests()).toEqual([]);
    // remarks mean nothing
    const { addons } = JSON.parse(await world.machine.read('catalog/catalog.yaml'));
    addons[1].values = { replicas: 1 };
    const text = JSON.stringify({ addons: addons.slice(0, 2) }, undefined, 2);
    await world.machine.write('catalog/catalog.yaml', `# a remark\n${text}`);
    expect((await world.do('catalog', 'plan.json')).code).toBe(0);
  });

  it('is refused when a chart is another one under the same version', async () => {
    await publish('twice', '1.0.0', OTHER);
    const { code } = await world.plan({
      directory: 'twice',
      path: 'twice',
      entries: [{ chart: 'twice', version: '1.0.0' }],
    });
    expect(code).toBe(0);
    await world.publish('twice', {
      values: `image: ${OTHER}\n`,
      templates: { 'd.yaml': deployment('- { name: a, image: "{{ .Values.image }}" }') },
    });
    const done = await world.do('twice', 'plan.json');
    expect(done.report.plan?.moved).toEqual([expect.stringMatching(/twice 1\.0\.0 has digest sha256:/)]);
    await expect(rawChart(world.proxy.url, 'twice/twice', '1.0.0')).rejects.toThrow();
  });

  it('says what would be refused, and is not run then', async () => {
    await publish('gone', '1.0.0', 'quay.io/team/gone:1');
    const more = [...entries, { chart: 'gone', version: '1.0.0' }, { chart: 'app', version: '9.9.9', release: 'none' }];
    const { code, stderr, plan } = await world.plan({ directory: 'gaps', path: 'gaps', entries: more });
    expect(code).toBe(1);
    expect(plan.complete).toBe(false);
    expect(plan.charts.map(({ release, decision }) => [release, decision])).toEqual([
      ['first', 'push'],
      ['other', 'push'],
      ['gone', 'refused'],
      ['none', 'failed'],
    ]);
    expect(stderr).toMatch(/^REFUSED {6}quay\.io\/team\/gone:1 is not at its source$/m);
    // the charts say what to do, so the image that one of them uses does not say it again
    expect(stderr).toMatch(
      /^REFUSED {6}gone 1\.0\.0: .*\n {13}→ \S.*\n(?:FAILED|REFUSED) +app \(none\): .*\n {13}→ \S/m,
    );
    expect(stderr).toMatch(/^REFUSED {6}quay\.io\/team\/gone:1 is not at its source\n(?! {13}→)/m);
    expect(stderr).toMatch(/^plan: plan\.json NOT COMPLETE/m);
    const refused = await world.machine.run(world.doing('plan.json'), { cwd: 'gaps' });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('plan.json:1:1: this plan is not complete, '),
    ]);
    expect(world.proxy.writes()).toEqual([]);
    expect(await world.machine.files()).not.toContain('gaps/report.json');
  });

  it('stands in the directory that --output-dir names, as a line of mirror has it, and not beside --out', async () => {
    const { machine } = world;
    await machine.write('dir/images.txt', `${APP}\nquay.io/team/gone:1\n`);
    const target = ['--target-registry', `${world.proxy.host}/dir`, ...world.doing('').slice(3)];
    const argv = ['plan', '--images', 'images.txt', ...target, '--output-dir', 'new/out'];
    const { code, stderr } = await machine.run(argv, { cwd: 'dir' });
    // an image of a list says itself what to do
    expect(stderr).toMatch(/^REFUSED {6}quay\.io\/team\/gone:1 is not at its source\n {13}→ \S/m);
    expect([code, stderr.includes('plan: new/out/plan.json NOT COMPLETE')], stderr).toEqual([1, true]);
    expect((await world.planAt('dir', 'new/out/plan.json')).images).toHaveLength(2);
    const both = await machine.run([...argv, '--out', 'other.json'], { cwd: 'dir' });
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining(
        '--output-dir: it is given beside --out, which names the file "other.json", leave one of the two out',
      ),
    ]);
    const split = await machine.run(['plan', '--from', 'new/out/plan.json', '--shards', '2', '--output-dir', 'x'], {
      cwd: 'dir',
    });
    expect([split.code, split.stderr]).toEqual([2, expect.stringContaining('--output-dir: it is given beside --from')]);
    expect(await machine.files()).not.toContain('dir/other.json');
  });

  it('pins the digests that were planned, and goes on when a tag has moved after its image was brought', async () => {
    const request = { directory: 'pinned', path: 'pinned', entries, flags: ['--pin-digests'] };
    const { code, stderr, plan } = await world.plan(request);
    expect(code, stderr).toBe(0);
    // a registry that takes no chart for a while
    const fault = world.proxy.addFault({ method: 'PUT', path: /\/pinned\/app\/manifests\//, status: 403 });
    expect((await world.do('pinned', 'plan.json')).code).toBe(1);
    fault.remove();
    await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: 'moved later' });
    const done = await world.do('pinned', 'plan.json');
    expect(done.code, done.stderr).toBe(0);
    const pins = done.report.charts.flatMap(({ pinned }) => pinned.map(({ digest }) => digest));
    expect(pins.sort()).toEqual(plan.images.map(({ digest }) => digest).sort());
  });

  it('is refused where it was edited, is no plan, or is given what it has decided', async () => {
    const { plan } = await world.plan({ directory: 'edited', path: 'edited', entries });
    const told = async (file: string, text: string, ...flags: readonly string[]): Promise<readonly string[]> => {
      await world.machine.write(join('edited', file), text);
      const { code, stderr } = await world.machine.run(world.doing(file, flags), { cwd: 'edited' });
      expect(code, stderr).toBe(2);
      const lines = stderr.trimEnd().split('\n');
      expect(lines.pop()).toMatch(/^INPUT_INVALID: /);
      return lines;
    };
    const text = JSON.stringify(plan, undefined, 2);
    world.proxy.reset();
    const other = text.replace(/"destination": "([^"]*)team\/app:1"/, '"destination": "$1team/app:2"');
    expect(await told('hand.json', other)).toEqual([
      expect.stringMatching(/^hand\.json:\d+:1: the plan was changed after it was made: /),
    ]);
    const line = text.split('\n').findIndex((one) => one.includes('"kubeVersion"')) + 1;
    expect(await told('typed.json', text.replace(/"kubeVersion": .*/, '"kubeVersion": 1.34,'))).toEqual([
      expect.stringContaining(`typed.json:${line}:`),
    ]);
    expect((await told('broken.json', text.slice(0, 300)))[0]).toMatch(/^broken\.json:\d+:\d+: /);
    const { digest: _, ...content } = plan;
    const elsewhere: PlanContent = {
      ...content,
      images: plan.images.map((row) => ({ ...row, destination: 'evil.example.com/a:1' })),
    };
    expect(await told('elsewhere.json', JSON.stringify(sealed(elsewhere), undefined, 2))).toHaveLength(
      plan.images.length,
    );
    expect(await told('plan.json', text, '--overwrite-existing', '--target-prefix', 'x')).toEqual([
      '--target-prefix: the plan has decided this, leave it out, or plan again with it',
      '--overwrite-existing: the plan has decided this, leave it out, or plan again with it',
    ]);
    expect(world.proxy.requests()).toEqual([]);
  });
});
