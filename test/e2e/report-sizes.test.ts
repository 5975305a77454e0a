import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report/report.ts';
import { type Copied, type CopyRequest, type CopyWorld, startCopyWorld } from '../support/copy-world.ts';
import { deployment } from '../support/e2e-charts.ts';
import { STABLE } from '../support/e2e-world.ts';
import { type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { describeWith } from '../support/tools.ts';

const KEPT = '.airgap-charts.images.json.gz';

/** What a report tells of sizes. */
function sizes({ images, layers }: Report): unknown {
  return { images: images.map(({ source, bytes, platforms }) => ({ source, bytes, platforms })), layers };
}

/** The part of the page that pictures sizes, and the sizes of the table of images. */
function pictured(page: string): readonly string[] {
  const [, part = ''] = /<section id="sizes-part"[^>]*>([\s\S]*?)<\/section>/.exec(page) ?? [];
  return [part, ...[...page.matchAll(/<td data-name="(?:Size|Platforms)".*?<\/td>/g)].map(([cell]) => cell)];
}

describeWith(['registry'], 'sizes in the report of a list', () => {
  let world: CopyWorld;
  const lines = ['SOURCE/team/app:1', 'SOURCE/team/other:1'];

  const page = (path: string) => readFile(join(world.machine.work, `out-${path}`, 'report.html'), 'utf8');
  const cache = () => join(world.machine.env.XDG_CACHE_HOME ?? '', 'airgap-charts');

  /** A run with nothing to copy: what it asked of manifests, and that it read none. */
  async function quiet(request: CopyRequest): Promise<Copied & { readonly asked: readonly string[] }> {
    world.source.reset();
    world.target.reset();
    const copied = await world.copy(request);
    const asked = [...world.asked(world.source), ...world.asked(world.target)];
    expect(copied.code, copied.stderr).toBe(0);
    expect(asked.filter((line) => !line.startsWith('HEAD '))).toEqual([]);
    return { ...copied, asked };
  }

  beforeAll(async () => {
    world = await startCopyWorld();
    await world.push('team/app', '1', { name: 'app' });
    await world.push('team/other', '1', { name: 'other' });
    await world.push('team/new', '1', { name: 'new' });
  });

  beforeEach(() => rm(cache(), { recursive: true, force: true }));

  afterAll(() => world?.stop());

  it('count a layer once for each image, however many of its platforms have it', async () => {
    await world.push('team/twice', '1', { name: 'twice', platforms: ['linux/amd64', 'linux/amd64'] });
    const { report } = await world.copy({
      lines: ['SOURCE/team/twice:1'],
      path: 'twice',
      flags: ['--artifacts', 'none'],
    });
    expect(report.images[0]?.bytes).toBeGreaterThan(0);
    expect(report.layers?.bytes).toBe(report.images[0]?.bytes);
  });

  it('are those of the run that read them, with one HEAD on each side for each tag', async () => {
    const flags = ['--artifacts', 'none'];
    const first = await world.copy({ lines, path: 'warm', flags });
    const before = pictured(await page('warm'));
    expect(first.report.images.map(({ bytes, platforms }) => [bytes === null, platforms])).toEqual([
      [false, ['linux/amd64', 'linux/arm64']],
      [false, ['linux/amd64', 'linux/arm64']],
    ]);
    expect(first.report.layers?.shared.length).toBeGreaterThan(0);
    expect(before[0]).toContain('By registry');
    expect(before[0]).toContain('Where shared layers save bytes');

    const second = await quiet({ lines, path: 'warm', flags });
    expect(second.report.totals.images).toEqual({ present: 2 });
    expect(second.report.totals.bytesCopied).toBe(0);
    expect(sizes(second.report)).toEqual(sizes(first.report));
    expect(pictured(await page('warm'))).toEqual(before);
    expect(second.asked).toHaveLength(4);
  });

  it('are all known when one image is new', async () => {
    const first = await world.copy({ lines, path: 'more' });
    const { report } = await world.copy({ lines: [...lines, 'SOURCE/team/new:1'], path: 'more' });
    expect(report.totals.images).toEqual({ present: 2, copied: 1 });
    expect(report.images.filter(({ bytes, platforms }) => bytes === null || platforms.length === 0)).toEqual([]);
    expect(report.images.slice(0, 2).map(({ bytes }) => bytes)).toEqual(first.report.images.map(({ bytes }) => bytes));
    expect(report.layers?.images).toBe(3);
    expect(await page('more')).toContain('for 3 images.</p>');
  });

  it('need only the cache, where the output directory is a new one, or only the output directory', async () => {
    const first = await world.copy({ lines, path: 'homes' });
    await rm(join(world.machine.work, 'out-homes'), { recursive: true });
    expect(sizes((await quiet({ lines, path: 'homes' })).report)).toEqual(sizes(first.report));
    await rm(cache(), { recursive: true });
    expect(sizes((await quiet({ lines, path: 'homes' })).report)).toEqual(sizes(first.report));
    // each home has everything again
    await rm(join(world.machine.work, 'out-homes'), { recursive: true });
    expect(sizes((await quiet({ lines, path: 'homes' })).report)).toEqual(sizes(first.report));
  });

  it('are unknown where what was kept is damaged, of another version or impossible, and the run goes on', async () => {
    const path = 'damaged';
    const first = await world.copy({ lines, path });
    const packed = await readFile(join(world.machine.work, `out-${path}`, KEPT));
    const [app] = first.report.images;
    const one = { bytes: -5, platforms: ['linux/amd64'], blobs: [] };
    const blobs = [[app?.digest, 1e300]];
    for (const bytes of [
      Buffer.from('no archive'),
      packed.subarray(0, packed.length / 2),
      gzipSync('{"version":1,"images":'),
      gzipSync(JSON.stringify({ version: 2, images: { [app?.digest ?? '']: { ...one, bytes: 5 } } })),
      gzipSync(JSON.stringify({ version: 1, images: { [app?.digest ?? '']: one } })),
      gzipSync(JSON.stringify({ version: 1, images: { [app?.digest ?? '']: { ...one, bytes: 1e300, blobs } } })),
    ]) {
      await rm(cache(), { recursive: true, force: true });
      await writeFile(join(world.machine.work, `out-${path}`, KEPT), bytes);
      const { report, stderr } = await quiet({ lines, path });
      expect(stderr).not.toContain('INTERNAL');
      expect(report.images.map((row) => [row.status, row.bytes, row.platforms])).toEqual([
        ['present', null, []],
        ['present', null, []],
      ]);
      expect(report.layers).toBeNull();
      expect(await page(path)).toContain('No size is known');
    }
    // with all of it gone, it is no more than unknown; what is copied again is known again
    const again = await world.copy({ lines, path, flags: ['--no-skip-existing'] });
    expect(sizes(again.report)).toEqual(sizes(first.report));
  });
});

describeWith(['helm', 'registry', 'crane'], 'sizes in the report of charts', () => {
  let world: PlanWorld;
  const images = ['quay.io/team/app:1', 'nginx:1.27'];

  async function mirror(...flags: readonly string[]): Promise<Report> {
    const argv = ['mirror', '--catalog', 'catalog.yaml', '--target-registry', `${world.proxy.host}/sized`, ...flags];
    const { code, stderr } = await world.machine.run(argv, { cwd: 'sized' });
    expect(code, stderr).toBe(0);
    return world.reportAt('sized');
  }

  beforeAll(async () => {
    world = await startPlanWorld();
    await world.sources.addImages([...images, 'quay.io/team/late:1']);
    const containers = images.map((image, index) => `- { name: c${index}, image: ${image} }`);
    await world.publish('app', { values: '', templates: { 'd.yaml': deployment(containers.join('\n')) } });
    const addons = [{ chart: 'app', version: '1.0.0', repository: STABLE }];
    await world.machine.write('sized/catalog.yaml', JSON.stringify({ addons }));
    await world.machine.write('sized/airgap-charts.yaml', world.configuration());
  });

  afterAll(() => world?.stop());

  it('are the same in the nights after the first, with the chart that uses them, and no manifest is read', async () => {
    const first = await mirror();
    const page = () => world.machine.read('sized/report.html');
    const before = pictured(await page());
    expect(before[0]).toContain('By chart');
    world.source.reset();
    const second = await mirror();
    expect(second.totals.images).toEqual({ present: 2 });
    expect(sizes(second)).toEqual(sizes(first));
    expect(pictured(await page())).toEqual(before);
    expect(world.reads()).toBe(0);
    // without the cache the output directory has them still
    expect(sizes(await mirror('--no-cache'))).toEqual(sizes(first));
    await rm(join(world.machine.work, 'sized', KEPT));
    expect((await mirror('--no-cache')).images.map(({ bytes }) => bytes)).toEqual([null, null]);
  });
});
