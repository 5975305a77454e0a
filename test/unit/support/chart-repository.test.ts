import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ChartRepositoryServer } from '../../../src/demo/chart-repository.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import { countRequests, startChartRepository, withWrongDigest } from '../../support/chart-repository.ts';

const CHART = { name: 'shop', version: '1.0.0+build.1', archive: Buffer.from('archive') };

describe('the chart repository server', () => {
  let server: ChartRepositoryServer;
  beforeEach(async () => {
    server = await startChartRepository();
  });
  afterEach(() => server.stop());

  async function entry(prefix: string): Promise<unknown> {
    return parse(await (await fetch(`${server.url}/${prefix}/index.yaml`)).text()).entries.shop[0];
  }

  it('names archives with their digest and a relative URL that leads to them', async () => {
    server.add('stable', [CHART]);
    const digest = digestOf(CHART.archive).slice('sha256:'.length);
    expect(await entry('stable')).toMatchObject({ version: CHART.version, digest, urls: ['shop-1.0.0%2Bbuild.1.tgz'] });
    const archive = await fetch(`${server.url}/stable/shop-1.0.0%2Bbuild.1.tgz`);
    expect(await archive.text()).toBe('archive');
  });

  it('names absolute URLs below the base it is given', async () => {
    server.add('a/b', [{ ...CHART, version: '1.0.0' }], 'https://charts.example.test/b');
    expect(await entry('a/b')).toMatchObject({ urls: ['https://charts.example.test/b/shop-1.0.0.tgz'] });
  });

  it('serves several repositories and several versions, and an empty index', async () => {
    server.add('one', [CHART]);
    server.add('one', [{ ...CHART, version: '2.0.0' }]);
    server.add('none', []);
    const index = parse(await (await fetch(`${server.url}/one/index.yaml`)).text());
    expect(index.entries.shop.map((version: { version: string }) => version.version)).toEqual([CHART.version, '2.0.0']);
    expect(parse(await (await fetch(`${server.url}/none/index.yaml`)).text()).entries).toEqual({});
    expect((await fetch(`${server.url}/two/index.yaml`)).status).toBe(404);
  });

  it('can lie about a digest', async () => {
    server.add('stable', [withWrongDigest(CHART)]);
    expect(await entry('stable')).toMatchObject({ digest: '0'.repeat(64) });
  });

  it('counts requests, and gives planned answers as often as asked', async () => {
    server.add('stable', [CHART]);
    server.answer('/stable/index.yaml', { status: 429, headers: { 'retry-after': '1' }, times: 1 });
    const first = await fetch(`${server.url}/stable/index.yaml`);
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await fetch(`${server.url}/stable/index.yaml`)).status).toBe(200);
    expect(countRequests(server, '/stable/index.yaml')).toBe(2);
    expect(server.requests().map((request) => request.status)).toEqual([429, 200]);
  });
});
