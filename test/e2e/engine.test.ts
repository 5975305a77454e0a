import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CarryWorld, pushWebImages, startCarryWorld, type WebImages, webParts } from '../support/carry-world.ts';
import { rawDigest, rawManifest } from '../support/e2e-registry.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm', 'registry'], 'the native engine, on a machine without crane', () => {
  let world: CarryWorld;
  let images: WebImages;

  const at = (repository: string, tag: string): Promise<string | undefined> =>
    rawDigest(world.target.url, repository, tag);
  const mirror = (path: string, ...flags: readonly string[]) =>
    world.run([
      ...['mirror', '--catalog', 'catalog.yaml', '--target-registry', `${world.target.host}/${path}`],
      ...['--output-dir', `out-${path}`, ...flags],
    ]);

  beforeAll(async () => {
    world = await startCarryWorld({ helm: 'helm' });
    images = await pushWebImages(world);
    await world.chart('web', webParts(images.pinned.digest));
    await world.machine.write('catalog.yaml', JSON.stringify({ addons: [{ chart: 'web', repository: './web' }] }));
  });

  afterAll(() => world?.stop());

  async function expectAll(path: string): Promise<void> {
    expect(await at(`${path}/team/app`, '1.0')).toBe(images.app.digest);
    expect(await at(`${path}/team/single`, '2')).toBe(images.single.digest);
    expect(await at(`${path}/team/pinned`, '4')).toBe(images.pinned.digest);
    expect(await at(`${path}/team/sub`, '3')).toBe(images.sub.digest);
    for (const digest of images.app.attestations)
      expect(await rawManifest(world.target.url, `${path}/team/app`, digest)).toBeDefined();
  }

  it('mirrors: every digest stays, each blob leaves its source once and is sent in two requests', async () => {
    world.source.reset();
    world.target.reset();
    const { code, stderr } = await mirror('native', '--engine', 'native');
    expect(code, stderr).toBe(0);
    await expectAll('native');
    const report = await world.machine.report('out-native');
    expect(report.charts).toMatchObject([{ status: 'pushed', proof: { state: 'proven' } }]);
    expect(report.tools.crane).toBeNull();
    const blobs = world.source
      .requests()
      .filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'))
      .map(({ path }) => path.replace(/.*\/blobs\//, ''));
    // the configuration of an image without an index is read for its platform, and kept for the copy
    expect(new Set(blobs).size).toBe(blobs.length);
    const asked = world.target
      .requests()
      .filter(({ path }) => path.includes('/native/team/') && path.includes('/blobs/'));
    expect(asked.map(({ method }) => method).filter((method) => method !== 'POST' && method !== 'PUT')).toEqual([]);
    expect(asked.filter(({ method }) => method === 'PUT').length).toBe(new Set(blobs).size);
  });

  it('writes nothing a second time', async () => {
    world.target.reset();
    const { code, stderr } = await mirror('native', '--engine', 'native');
    expect(code, stderr).toBe(0);
    expect(world.target.writes()).toEqual([]);
  });

  it('sends nothing again that an interrupted run has brought', async () => {
    const manifest = /\/cut\/team\/app\/manifests\//;
    const held = world.target.addFault({ path: manifest, method: 'PUT', delayMs: 60_000 });
    const running = world.machine.start([
      ...['mirror', '--catalog', 'catalog.yaml', '--target-registry', `${world.target.host}/cut`],
      ...['--output-dir', 'out-cut', '--engine', 'native', '--plain-http'],
    ]);
    await held.firstHit;
    running.interrupt('SIGKILL');
    await running.ended;
    held.remove();
    const there = new Set(
      world.target.requests().filter(({ path }) => /\/cut\/team\/app\/blobs\/uploads\/.+digest=/.test(path)),
    );
    expect(there.size).toBeGreaterThan(0);
    world.target.reset();
    const { code, stderr } = await mirror('cut', '--engine', 'native');
    expect(code, stderr).toBe(0);
    await expectAll('cut');
  });

  it('pushes a bundle', async () => {
    await world.machine.write('airgap-charts.yaml', 'engine: native\n');
    const made = await world.run(['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'all.tar']);
    expect(made.code, made.stderr).toBe(0);
    world.source.reset();
    const { code, stderr } = await world.run([
      ...['bundle', 'push', 'all.tar', '--target-registry', `${world.target.host}/bundled`, '--output-dir', 'pushed'],
    ]);
    expect(code, stderr).toBe(0);
    await expectAll('bundled');
    expect(world.source.requests()).toEqual([]);
  });
});
