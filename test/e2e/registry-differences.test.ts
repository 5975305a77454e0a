import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { type DifferingProxy, startDifferingProxy } from '../support/differing-proxy.ts';
import { DENIED, FULL, IDENTITY, IMMUTABLE, ROWS, type Row } from '../support/differing-registries.ts';
import { deployment } from '../support/e2e-charts.ts';
import { mirrorFlags } from '../support/e2e-machine.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { STABLE, startWorld, type World } from '../support/e2e-world.ts';
import { startDistribution } from '../support/registries.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const IMAGES = ['quay.io/team/app:1', 'ghcr.io/other/tool:2'];

describeWith(['helm', 'registry'], 'a target that', () => {
  let world: World;
  let behind: RunningServer;
  let proxy: DifferingProxy | undefined;

  beforeAll(async () => {
    world = await startWorld();
    behind = await startDistribution();
    const containers = IMAGES.map((_, index) => `- { name: c${index}, image: "{{ .Values.image${index} }}" }`);
    const values = IMAGES.map((image, index) => `image${index}: ${image}\n`).join('');
    await world.publish('app', { values, templates: { 'd.yaml': deployment(containers.join('\n')) } });
    await world.sources.addImages(IMAGES);
    // the base of both is one layer, which asks for a mount
    for (const image of IMAGES) {
      const [repository = '', tag = ''] = image.split(':');
      await pushImage(world.sources.registry.url, repository, tag, { name: image });
    }
  });

  afterEach(() => proxy?.stop());

  afterAll(async () => {
    await world?.stop();
    await behind?.stop();
  });

  async function mirror(directory: string, row: Row, host: string, flags = row.flags ?? []) {
    const env = row.identity === true ? { DOCKER_CONFIG: join(world.machine.work, directory) } : {};
    await world.machine.write(
      join(directory, 'config.json'),
      JSON.stringify({ auths: { [host]: { identitytoken: IDENTITY } } }),
    );
    const addons = [{ repository: STABLE, chart: 'app', version: '1.0.0' }];
    await world.machine.write(join(directory, 'catalog.yaml'), JSON.stringify({ addons }));
    const target = ['--target-registry', `${host}/${directory}`, '--plain-http'];
    const argv = ['mirror', '--catalog', 'catalog.yaml', ...target, ...flags, ...mirrorFlags(world.sources.mirrors())];
    const result = await world.machine.run(argv, { cwd: directory, env });
    return { ...result, report: await world.machine.report(directory) };
  }

  it.each(ROWS.map((row, index) => ({ ...row, index })))(
    '$name is mirrored to, and asked again next night',
    async (row) => {
      proxy = await startDifferingProxy(behind.url, row);
      const directory = `row-${row.index}`;
      if (row.flags !== undefined) expect((await mirror(directory, row, proxy.host, [])).code).toBe(1);
      if (row.flags !== undefined) expect(proxy.differed()).toBeGreaterThan(0);
      proxy.reset();
      const first = await mirror(directory, row, proxy.host);
      expect(first.code, first.stderr).toBe(0);
      expect(proxy.differed() > 0).toBe(row.flags === undefined);
      expect(first.report.charts.map(({ status, proof }) => [status, proof.state])).toEqual([['pushed', 'proven']]);
      expect(first.report.images.map(({ status }) => status)).toEqual(['copied', 'copied']);
      for (const { destination, digest } of first.report.images) {
        const [, path = '', tag = ''] = /^[^/]*\/(.*):([^:]*)$/.exec(destination) ?? [];
        expect(await rawDigest(behind.url, path, tag)).toBe(digest);
      }

      proxy.reset();
      const again = await mirror(directory, row, proxy.host);
      expect(again.code, again.stderr).toBe(0);
      expect(again.report.charts.map(({ status }) => status)).toEqual(['present']);
      expect(proxy.writes()).toEqual([]);
    },
  );

  it('answers 403 for everything of a repository is not written to: what cannot be read is never replaced', async () => {
    proxy = await startDifferingProxy(behind.url, {
      answer: ({ path, method }) => (path !== '/v2/' && method !== 'POST' && method !== 'PUT' ? DENIED : undefined),
    });
    const { code, report } = await mirror('closed', { name: 'closed' }, proxy.host);
    expect(code).toBe(1);
    expect(report.charts.map(({ error }) => error?.code)).toEqual(['CHART_PUSH_FAILED']);
    expect(report.images.map(({ status }) => status)).toEqual(['not-needed', 'not-needed']);
    expect(proxy.writes()).toEqual([]);
  });

  it.each(FULL.map((row, index) => ({ ...row, index })))(
    '$name, fails what does not fit in its own words, and is gone on with when there is room',
    async (row) => {
      const { name, words, index, images, chart } = row;
      const directory = `full-${index}`;
      proxy = await startDifferingProxy(behind.url, row);
      const full = await mirror(directory, { name }, proxy.host);
      expect(full.code).toBe(1);
      const ends = full.report.images.map(({ status, error }) => [status, error?.code]);
      expect(ends).toEqual([images, images]);
      expect(full.report.charts.map(({ status, error }) => [status, error?.code])).toEqual([chart]);
      const rows = [...full.report.images, ...full.report.charts].filter(({ error }) => error !== null);
      for (const { error } of rows) expect(error?.message).toContain(words);
      for (const { error } of rows) expect(error?.hint).toContain('make room at the destination');
      for (const { destination } of rows) {
        const [, path = '', tag = ''] = /^(?:oci:\/\/)?[^/]*\/(.*):([^:]*)$/.exec(destination ?? '') ?? [];
        expect(await rawDigest(behind.url, path, tag)).toBeUndefined();
      }
      // two images of eight blobs, each begun with a mount and without: nothing is tried again and again
      expect(proxy.differed()).toBeLessThanOrEqual(32);
      await proxy.stop();
      proxy = await startDifferingProxy(behind.url, {});
      const room = await mirror(directory, { name }, proxy.host);
      expect(room.code, room.stderr).toBe(0);
      const done = images[0] === 'copied' ? 'present' : 'copied';
      expect(room.report.images.map(({ status }) => status)).toEqual([done, done]);
      expect(room.report.charts.map(({ status }) => status)).toEqual(['pushed']);
    },
  );

  it.each(IMMUTABLE)('refuses to replace a tag by $status keeps what it has, and is asked once', async (answer) => {
    const directory = `immutable-${answer.status}`;
    const held = new Set<string>();
    proxy = await startDifferingProxy(behind.url, {
      answer: ({ path, method }) => {
        if (method !== 'PUT' || !path.includes('/manifests/')) return undefined;
        if (held.has(path)) return answer;
        held.add(path);
        return undefined;
      },
    });
    const first = await mirror(directory, { name: 'immutable' }, proxy.host);
    expect(first.code, first.stderr).toBe(0);
    await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: `moved ${answer.status}` });
    const image = ({ report }: typeof first) => report.images.find(({ source }) => source === 'quay.io/team/app:1');
    const taken = await mirror(directory, { name: 'immutable' }, proxy.host);
    expect([taken.code, image(taken)?.error?.code]).toEqual([1, 'IMAGE_TAG_TAKEN']);
    proxy.reset();
    const forced = await mirror(directory, { name: 'immutable' }, proxy.host, ['--overwrite-existing']);
    await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: 'quay.io/team/app:1' });
    expect([forced.code, image(forced)?.error?.code]).toEqual([1, 'IMAGE_TAG_TAKEN']);
    expect(image(forced)?.error?.message).toContain('immutable');
    expect(proxy.differed()).toBe(1);
    const kept = image(first);
    expect(await rawDigest(behind.url, `${directory}/team/app`, '1')).toBe(kept?.digest);
  });
});
