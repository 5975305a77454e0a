import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CarryWorld, pushWebImages, startCarryWorld, type WebImages, webParts } from '../support/carry-world.ts';
import { startCountingProxy } from '../support/counting-proxy.ts';
import { deployment } from '../support/e2e-charts.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { startDistribution } from '../support/registries.ts';
import type { PushedImage } from '../support/synthetic-images.ts';
import { describeWith, requireTool } from '../support/tools.ts';

const run = promisify(execFile);

describeWith(['helm', 'crane', 'registry'], 'bundles', () => {
  let world: CarryWorld;
  let images: WebImages;
  let big: PushedImage;
  let huge: PushedImage;

  const at = (repository: string, tag: string): Promise<string | undefined> =>
    rawDigest(world.target.url, repository, tag);
  const fetched = (): readonly string[] =>
    world.source
      .requests()
      .filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'))
      .map(({ path }) => path.replace(/.*\/blobs\//, ''));
  const create = (output: string, ...flags: readonly string[]) =>
    world.run(['bundle', 'create', '--catalog', 'catalog.yaml', '--output', output, '--output-dir', 'made', ...flags]);
  const push = (file: string, path: string, ...flags: readonly string[]) =>
    world.run([
      ...['bundle', 'push', file, '--target-registry', `${world.target.host}/${path}`],
      ...['--output-dir', `pushed-${path}`, ...flags],
    ]);
  const one = (image: string) => ({
    values: `image: ${image}\n`,
    templates: { 'd.yaml': deployment("- { name: a, image: '{{ .Values.image }}' }") },
  });

  beforeAll(async () => {
    world = await startCarryWorld();
    images = await pushWebImages(world);
    big = await world.push('team/big', '1', { platforms: [], ownLayers: 5, layerBytes: 400_000 });
    const tag = `${images.single.digest.replace(':', '-')}.sig`;
    await world.push('team/single', tag, { platforms: [], name: 'signature' });
    await world.chart('web', webParts(images.pinned.digest));
    await world.chart('big', one('HOST/team/big:1'));
    const addons = [
      { chart: 'web', repository: './web', namespace: 'shop' },
      { chart: 'big', repository: './big', values: { replicas: 2 } },
    ];
    await world.machine.write('catalog.yaml', JSON.stringify({ addons }));
    world.source.reset();
    const { code, stderr } = await create('all.tar');
    expect(code, stderr).toBe(0);
  });

  afterAll(() => world?.stop());

  it('fetch each blob once, and hold little more than that', async () => {
    const digests = fetched();
    // configurations of images without an index are read for their platform, and then fetched
    expect(digests.length - new Set(digests).size).toBeLessThanOrEqual(3);
    const told = await world.machine.run(['bundle', 'info', 'all.tar', '--json', '--check']);
    expect(told.code, told.stderr).toBe(0);
    const { charts, carried, omitted, bytes, checked } = JSON.parse(told.stdout);
    expect(charts.map(({ name, version }: Record<string, string>) => `${name} ${version}`)).toEqual([
      'web 1.2.3',
      'big 1.0.0',
    ]);
    expect(carried.filter(({ of }: { of: string | null }) => of !== null)).toHaveLength(1);
    expect([omitted, checked]).toEqual([[], true]);
    const unique = new Map(
      [images.app, images.single, images.pinned, images.sub, big].flatMap(({ blobs, bytes: size }) =>
        blobs.map((blob) => [blob, size] as const),
      ),
    );
    expect(unique.size).toBeGreaterThan(10);
    expect(bytes).toBeLessThan(big.bytes + images.app.bytes + images.single.bytes + 400_000);
  });

  it('have the same bytes when they are made again', async () => {
    expect((await create('again.tar')).code).toBe(0);
    const [first, second] = await Promise.all(['all.tar', 'again.tar'].map((name) => readFile(world.path(name))));
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
  });

  it('give everything back at a registry of which nothing was known before', async () => {
    world.source.reset();
    const { code, stderr } = await push('all.tar', 'all');
    expect(code, stderr).toBe(0);
    expect(await at('all/team/app', '1.0')).toBe(images.app.digest);
    expect(await at('all/team/pinned', '4')).toBe(images.pinned.digest);
    expect(await at('all/team/sub', '3')).toBe(images.sub.digest);
    expect(await at('all/team/big', '1')).toBe(big.digest);
    expect(await at('all/team/single', `${images.single.digest.replace(':', '-')}.sig`)).toBeDefined();
    expect(world.source.requests()).toEqual([]);
    const report = await world.machine.report('pushed-all');
    expect(report.charts.map(({ chart, status, proof, namespace }) => [chart, status, proof.state, namespace])).toEqual(
      [
        ['web', 'pushed', 'proven', 'shop'],
        ['big', 'pushed', 'proven', 'big'],
      ],
    );
    const files = await world.machine.files(world.path('pushed-all'));
    expect(files).toContain('helm-charts/web/proof.json');
    expect(files).toContain('helm-charts/big/values.yaml');
    world.target.reset();
    expect((await push('all.tar', 'all')).code).toBe(0);
    expect(world.target.writes()).toEqual([]);
  });

  it('can be parts, of which the first is enough to find the others', async () => {
    expect((await create('parts.tar', '--split', '1MiB')).code).toBe(0);
    const files = (await world.machine.files()).filter((name) => name.startsWith('parts.tar'));
    expect(files.length).toBeGreaterThan(3);
    expect(files).toContain('parts.tar.sha256');
    const whole = await readFile(world.path('parts.tar.001'));
    expect(whole.length).toBe(2 ** 20);
    const { code, stderr } = await push('parts.tar.001', 'parts');
    expect(code, stderr).toBe(0);
    expect(await at('parts/team/big', '1')).toBe(big.digest);
    await rm(world.path('parts.tar.002'));
    world.target.reset();
    const lost = await push('parts.tar.001', 'lost');
    expect(lost.code).toBe(2);
    expect(lost.stderr).toContain('parts.tar.002');
    expect(world.target.requests()).toEqual([]);
  });

  it('are refused when a single bit is another, before anything is pushed', async () => {
    const bytes = await readFile(world.path('all.tar'));
    const place = Math.floor(bytes.length * 0.7);
    bytes[place] = (bytes[place] ?? 0) ^ 4;
    await writeFile(world.path('bad.tar'), bytes);
    world.target.reset();
    const { code, stderr } = await push('bad.tar', 'bad');
    expect(code).toBe(2);
    expect(stderr).toContain('FILE_REFUSED');
    expect(world.target.requests()).toEqual([]);
  });

  it('leave out what the closed side has, by its inventory', async () => {
    const taken = await world.machine.run([
      ...['inventory', '--target-registry', `${world.target.host}/all`, '--plain-http'],
    ]);
    expect(taken.code, taken.stderr).toBe(0);
    expect(taken.stderr).toMatch(/\/all: \d+ repositories, \d+ manifests, \d+ blobs\n$/);
    await world.machine.write('inventory.json', taken.stdout);
    const nothing = await world.machine.run([
      ...['inventory', '--target-registry', `${world.target.host}/nothing-here`, '--plain-http'],
    ]);
    expect([nothing.code, JSON.parse(nothing.stdout).repositories]).toEqual([0, []]);
    expect(nothing.stderr).toContain('/nothing-here: NO repository is listed');
    const fresh = await world.push('team/fresh', '1', { platforms: [], ownLayers: 1, layerBytes: 50_000 });
    await world.chart('big', { ...one('HOST/team/fresh:1'), version: '1.0.1' });
    world.source.reset();
    const { code, stderr } = await create('update.tar', '--since', 'inventory.json');
    expect(code, stderr).toBe(0);
    const layers = fetched();
    expect(layers).toContain(fresh.blobs.at(-1));
    for (const blob of big.blobs) expect(layers).not.toContain(blob);
    const [all, update] = await Promise.all(['all.tar', 'update.tar'].map((name) => readFile(world.path(name))));
    expect(update?.length ?? 0).toBeLessThan((all?.length ?? 0) / 4);
    const pushed = await push('update.tar', 'all');
    expect(pushed.code, pushed.stderr).toBe(0);
    expect(await at('all/team/fresh', '1')).toBe(fresh.digest);
    // on the same host the layers are mounted from where the inventory found them
    const elsewhere = await push('update.tar', 'elsewhere');
    expect(elsewhere.code, elsewhere.stderr).toBe(0);
    expect(await at('elsewhere/team/app', '1.0')).toBe(images.app.digest);
  });

  it('with layers left out need a registry that mounts them, or an engine that takes them from where they are', async () => {
    const fault = world.target.addFault({ path: /\/unmounted\/.*mount=/, method: 'POST', status: 403 });
    const taken = await push('update.tar', 'unmounted');
    expect(taken.code, taken.stderr).toBe(0);
    expect(await at('unmounted/team/app', '1.0')).toBe(images.app.digest);
    const refusing = world.target.addFault({ path: /\/unmounted\/crane\/.*mount=/, method: 'POST', status: 403 });
    const { code, stderr } = await push('update.tar', 'unmounted/crane', '--engine', 'crane');
    fault.remove();
    refusing.remove();
    expect(code).toBe(1);
    expect(stderr).toContain('is not in the file, and the target did not mount it from where it has it');
    expect(stderr).toContain('make the bundle again without --since');
  });

  it('are not made with an inventory whose repositories lead elsewhere', async () => {
    const inventory = JSON.parse(await world.machine.read('inventory.json'));
    inventory.repositories[0].name = '../../x';
    await world.machine.write('odd.json', JSON.stringify(inventory));
    const { code, stderr } = await create('odd.tar', '--since', 'odd.json');
    expect([code, stderr]).toEqual([2, expect.stringContaining('"../../x" is no repository')]);
  });

  it('are verified: every image is at the target as it is in the bundle', async () => {
    const there = await world.run(['verify', 'all.tar', `${world.target.host}/all`]);
    expect(there.code, there.stdout).toBe(0);
    expect(there.stdout).toContain(` → ${world.target.host}/all/team/app:1.0\n`);
    expect(there.stdout).toMatch(/^all\.tar: \d+ images, all as locked$/m);
    const elsewhere = await world.run(['verify', 'all.tar', `${world.target.host}/nowhere`]);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.stdout).toMatch(/^ABSENT /m);
  });

  it('are told apart from wraps, in both directions', async () => {
    const info = await world.machine.run(['info', 'all.tar']);
    expect([info.code, info.stderr]).toEqual([2, expect.stringContaining('all.tar is a bundle, and not a wrap')]);
    expect((await world.run(['wrap', 'big', '--output-file', 'big.wrap.tgz'])).code).toBe(0);
    const push = await world.run(['bundle', 'push', 'big.wrap.tgz', '--target-registry', world.target.host]);
    expect([push.code, push.stderr]).toEqual([2, expect.stringContaining('big.wrap.tgz is a wrap, and not a bundle')]);
  });

  it('are refused by a registry that lacks what they leave out, before anything is pushed', async () => {
    const other = await startDistribution();
    const counted = await startCountingProxy(other.url);
    try {
      const argv = [
        'bundle',
        'push',
        'update.tar',
        '--target-registry',
        `${counted.host}/all`,
        '--output-dir',
        'lacks',
      ];
      const { code, stderr } = await world.run(argv);
      expect([code, counted.writes()]).toEqual([2, []]);
      expect(stderr).toMatch(
        /^FILE_REFUSED: bundle update\.tar refused: the target lacks \d+ layers that it leaves out: sha256:/m,
      );
      expect(stderr).toContain('make it again with --since and a new inventory of this very registry');
    } finally {
      await counted.stop();
      await other.stop();
    }
  });

  it('go on where they were killed', async () => {
    huge = await world.push('team/huge', '1', { platforms: [], ownLayers: 8, layerBytes: 300_000 });
    await world.chart('big', { ...one('HOST/team/huge:1'), version: '1.0.2' });
    const slow = world.source.addFault({
      path: new RegExp(`/blobs/(?:${huge.blobs.slice(-3).join('|')})`),
      delayMs: 60_000,
    });
    const running = world.machine.start([
      ...['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'huge.tar', '--output-dir', 'made'],
      ...['--plain-http', '--concurrency', '2'],
    ]);
    await slow.firstHit;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    running.interrupt('SIGKILL');
    await running.ended;
    slow.remove();
    expect(await world.machine.files()).not.toContain('huge.tar');
    world.source.reset();
    const { code, stderr } = await create('huge.tar');
    expect(code, stderr).toBe(0);
    const own = new Set(fetched());
    expect(huge.blobs.filter((blob) => own.has(blob)).length).toBeLessThan(huge.blobs.length);
    const pushed = await push('huge.tar', 'huge');
    expect(pushed.code, pushed.stderr).toBe(0);
    expect(await at('huge/team/huge', '1')).toBe(huge.digest);
  });

  it('go on where their push was killed, and push nothing again that is there', async () => {
    const manifest = /\/cut\/team\/big\/manifests\//;
    const held = world.target.addFault({ path: manifest, method: 'PUT', delayMs: 60_000 });
    const running = world.machine.start([
      ...['bundle', 'push', 'all.tar', '--target-registry', `${world.target.host}/cut`, '--output-dir', 'cut'],
      '--plain-http',
    ]);
    await held.firstHit;
    running.interrupt('SIGKILL');
    await running.ended;
    held.remove();
    expect(await at('cut/team/big', '1')).toBeUndefined();
    expect(await at('cut/big', '1.0.0')).toBeUndefined();
    world.target.reset();
    const { code, stderr } = await push('all.tar', 'cut');
    expect(code, stderr).toBe(0);
    expect(await at('cut/team/big', '1')).toBe(big.digest);
    const uploads = world.target
      .requests()
      // 201 is the answer to the question whether it is there
      .filter(({ method, path, status }) => method === 'POST' && path.includes('/cut/team/big/') && status !== 201);
    expect(uploads).toEqual([]);
    const report = await world.machine.report('pushed-cut');
    expect(report.charts.map(({ proof }) => proof.state)).toEqual(['proven', 'proven']);
  });

  it('say which image they lack that a switch would bring and its source does not have', async () => {
    const pod = (image: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: ${image}}]}\n`;
    await world.chart('lacking', {
      values: 'extra: {enabled: false}\n',
      templates: {
        'a.yaml': pod('HOST/team/app:1.0'),
        'b.yaml': `{{ if .Values.extra.enabled }}\n${pod('HOST/team/nowhere:1')}{{ end }}\n`,
      },
    });
    await world.machine.write(
      'lacking.yaml',
      JSON.stringify({ addons: [{ chart: 'lacking', repository: './lacking' }] }),
    );
    const argv = ['bundle', 'create', '--catalog', 'lacking.yaml', '--output', 'lacking.tar', '--output-dir', 'made'];
    const { code, stderr } = await world.run([...argv, '--images', 'all']);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`NOT IN THE BUNDLE ${world.source.host}/team/nowhere:1 is not at its source`),
    ]);
  });

  it('stay as they are when no chart is left for a new one', async () => {
    const before = await readFile(world.path('huge.tar'));
    const addons = [{ chart: 'gone', repository: './gone' }];
    await world.chart('gone', one('HOST/team/never:1'));
    await world.machine.write('gone.yaml', JSON.stringify({ addons }));
    const argv = ['bundle', 'create', '--catalog', 'gone.yaml', '--output', 'huge.tar', '--output-dir', 'made'];
    const { code, stderr } = await world.run(argv);
    expect(code).toBe(1);
    expect(stderr).toContain('there is NO bundle');
    expect((await readFile(world.path('huge.tar'))).equals(before)).toBe(true);
  });

  it('are not made when a layer cannot be had', async () => {
    const fault = world.source.addFault({ path: new RegExp(`/team/huge/blobs/${huge.blobs.at(-1)}`), status: 404 });
    const { code, stderr } = await create('none.tar');
    fault.remove();
    expect(code).toBe(1);
    expect(stderr).toContain('there is NO bundle');
    expect((await world.machine.files()).filter((name) => /^none\.tar(?:\.\d+)?$/.test(name))).toEqual([]);
  });

  describe.skipIf(process.env.PATH === undefined)('for other tools', () => {
    it('are an OCI archive', async () => {
      const { stdout } = await run('tar', ['-tf', world.path('all.tar')]);
      expect(stdout.split('\n')).toContain('oci-layout');
      expect(requireTool('crane')).toBeDefined();
    });
  });
});
