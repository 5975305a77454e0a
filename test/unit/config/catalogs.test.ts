import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedPath } from '../../../src/config/documents.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { diskFiles } from '../../../src/config/read-text.ts';
import { catalogOf, messagesOf, requestFor } from './inputs.ts';

async function only(body: string) {
  const catalog = await catalogOf({ 'a.yaml': `addons:\n${body}` }, { catalogs: ['a.yaml'] });
  const [addon] = catalog.addons;
  if (addon === undefined) throw new Error('no addon');
  return addon;
}

describe('a catalog entry', () => {
  it.each([
    ['https://x.example/charts/', 'https://x.example/charts'],
    ['HTTPS://X.Example:443/Charts', 'https://x.example/Charts'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('takes %s as a chart repository', async (repository, expected) => {
    const addon = await only(`  - {chart: keda, repository: "${repository}", oci_namespace: team}\n`);
    expect(addon.source).toEqual({ kind: 'http', repository: expected, chart: 'keda' });
    expect(addon.ociNamespace).toBe('team');
  });

  it.each([
    ['oci://public.ecr.aws', 'karpenter', 'karpenter', 'public.ecr.aws', 'karpenter/karpenter', 'karpenter'],
    ['oci://ghcr.io/org/charts/', '', 'keda', 'ghcr.io', 'org/charts/keda', ''],
    ['oci://registry-1.docker.io', 'bitnamicharts', 'redis', 'docker.io', 'bitnamicharts/redis', 'bitnamicharts'],
    ['OCI://GHCR.io', '', 'a/b/c', 'ghcr.io', 'a/b/c', 'a/b'],
    ['ghcr.io', 'a', 'b/c', 'ghcr.io', 'a/b/c', 'a/b'],
    ['localhost:5000/x', '', 'c', 'localhost:5000', 'x/c', ''],
    ['oci://registry', '', 'c', 'registry', 'c', ''],
  ])(
    'takes %s with namespace "%s" and chart %s as a registry',
    async (repository, namespace, chart, registry, path, target) => {
      const addon = await only(`  - {chart: ${chart}, repository: "${repository}", oci_namespace: "${namespace}"}\n`);
      const name = chart.split('/').at(-1);
      expect(addon.source).toEqual({ kind: 'oci', registry, repository: path, chart: name });
      expect([addon.chart, addon.ociNamespace, addon.release]).toEqual([name, target, name]);
    },
  );

  it('drops a namespace of the chart that is only an alias of a chart repository', async () => {
    const addon = await only('  - {chart: bitnami/redis, repository: https://charts.bitnami.com/bitnami}\n');
    expect(addon.source).toEqual({ kind: 'http', repository: 'https://charts.bitnami.com/bitnami', chart: 'redis' });
    expect(addon.ociNamespace).toBe('');
  });

  it('reads every key', async () => {
    const files = {
      'team/a.yaml':
        'addons:\n  - chart: keda\n    repository: https://x.example\n    version: ">=1.0.0, <2.0.0"\n    release: keda.eu\n    namespace: kube-system\n    kubeVersion: "1.30"\n    apiVersions: [cert-manager.io/v1, apps/v1/Deployment]\n    platforms: [linux/amd64, linux/arm/v7]\n    images: ["nginx:1", "quay.io/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000"]\n    valuesFiles: [one.yaml, ../two.yaml]\n    values: {a: 1}\nmoved:\n  - {match: "*:latest", action: overwrite}\n  - {match: "*", action: keep}\n',
      'team/one.yaml': '\ufeff# first\na: 0644\n',
      'two.yaml': '# nothing yet\n',
    };
    const catalog = await catalogOf(files, { catalogs: ['team/a.yaml'] });
    expect(catalog.moved).toEqual([
      { match: '*:latest', action: 'overwrite' },
      { match: '*', action: 'keep' },
    ]);
    expect(catalog.addons).toEqual([
      {
        release: 'keda.eu',
        chart: 'keda',
        source: { kind: 'http', repository: 'https://x.example', chart: 'keda' },
        ociNamespace: '',
        version: { kind: 'version', text: '>=1.0.0, <2.0.0' },
        namespace: 'kube-system',
        layers: [
          { origin: 'values-file', name: 'team/one.yaml', text: '# first\na: 0644\n' },
          { origin: 'values-file', name: 'two.yaml', text: '# nothing yet\n' },
          { origin: 'inline', name: 'team/a.yaml:12', text: '{a: 1}' },
        ],
        profiles: [],
        kubeVersion: '1.30',
        apiVersions: ['cert-manager.io/v1', 'apps/v1/Deployment'],
        platforms: [
          { os: 'linux', architecture: 'amd64', variant: undefined },
          { os: 'linux', architecture: 'arm', variant: 'v7' },
        ],
        images: [
          {
            reference: { registry: 'docker.io', repository: 'library/nginx', tag: '1', digest: undefined },
            reason: undefined,
            place: { file: 'team/a.yaml', line: 10, column: 14, key: 'addons[0].images[0]' },
          },
          {
            reference: { registry: 'quay.io', repository: 'a/b', tag: undefined, digest: `sha256:${'0'.repeat(64)}` },
            reason: undefined,
            place: { file: 'team/a.yaml', line: 10, column: 25, key: 'addons[0].images[1]' },
          },
        ],
        excluded: [],
        places: [{ file: 'team/a.yaml', line: 2, column: 5, key: 'addons[0]' }],
      },
    ]);
  });

  it('leaves version and release open', async () => {
    const addon = await only('  - {chart: keda, repository: https://x.example}\n');
    expect([addon.version, addon.release]).toEqual([{ kind: 'newest', asked: 'no version given' }, 'keda']);
  });

  it('takes common keys from an anchor', async () => {
    const addon = await only(
      '  - &base {chart: a, repository: https://x.example, namespace: one}\n  - {<<: *base, chart: b, namespace: two}\n',
    );
    expect(addon.chart).toBe('a');
    const catalog = await catalogOf(
      {
        'a.yaml':
          'addons:\n  - &base {chart: a, repository: https://x.example, namespace: one}\n  - {<<: *base, chart: b}\n',
      },
      { catalogs: ['a.yaml'] },
    );
    expect(catalog.addons.map(({ chart, namespace }) => [chart, namespace])).toEqual([
      ['a', 'one'],
      ['b', 'one'],
    ]);
  });

  it('reads CRLF files with a byte order mark, at the right places', async () => {
    const catalog = await catalogOf(
      { 'a.yaml': '\ufeffaddons:\r\n  - chart: keda\r\n    repository: https://x.example\r\n' },
      { catalogs: ['a.yaml'] },
    );
    expect(catalog.addons[0]?.places).toEqual([{ file: 'a.yaml', line: 2, column: 5, key: 'addons[0]' }]);
  });
});

describe('a run of several inputs', () => {
  it('turns every version into the newest with --latest', async () => {
    const body =
      'addons:\n  - {chart: a, repository: https://x.example, version: "1"}\n  - {chart: a, repository: https://x.example, version: latest}\n';
    const catalog = await catalogOf({ 'a.yaml': body }, { catalogs: ['a.yaml'], latest: true });
    expect(catalog.addons.map((addon) => addon.version)).toEqual([{ kind: 'newest', asked: '--latest' }]);
  });

  it('merges identical entries, with all their places and a note', async () => {
    const entry = '  - chart: a\n    repository: https://x.example\n    version: "1"\n';
    const files = { 'a.yaml': `addons:\n${entry}${entry}`, 'b.yaml': `addons:\n${entry}` };
    const catalog = await catalogOf(files, { catalogs: ['a.yaml', 'b.yaml'] });
    expect(catalog.addons.map((addon) => addon.places.map(({ file, line }) => `${file}:${line}`))).toEqual([
      ['a.yaml:2', 'a.yaml:5', 'b.yaml:2'],
    ]);
    expect(catalog.notes).toEqual([
      'release a of a 1 is declared 3 times (a.yaml:2, a.yaml:5 and b.yaml:2), it is mirrored once',
    ]);
  });

  it('reads a catalog once that is named twice', async () => {
    const files = { 'a.yaml': 'addons: [{chart: a, repository: https://x.example}]\n' };
    const catalog = await catalogOf(files, { catalogs: ['a.yaml,./a.yaml'] });
    expect([catalog.addons.length, catalog.notes]).toEqual([1, []]);
  });

  it('allows one release name for different charts', async () => {
    const files = {
      'a.yaml':
        'addons:\n  - {chart: a, repository: https://x.example, release: r}\n  - {chart: b, repository: https://x.example, release: r}\n',
    };
    expect((await catalogOf(files, { catalogs: ['a.yaml'] })).addons).toHaveLength(2);
  });

  it.each([
    ['{chart: a, repository: https://y.example}', 'repository'],
    ['{chart: a, repository: https://x.example, namespace: n}', 'namespace'],
    ['{chart: a, repository: https://x.example, values: {x: 1}}', 'values'],
    ['{chart: a, repository: https://x.example, platforms: [linux/amd64], images: [nginx]}', 'platforms and images'],
  ])('refuses one release and chart with another %s', async (entry, difference) => {
    const files = {
      'a.yaml': 'addons: [{chart: a, repository: https://x.example}]\n',
      'b.yaml': `addons: [${entry}]\n`,
    };
    expect(messagesOf(await loadCatalog(requestFor(files, { catalogs: ['a.yaml', 'b.yaml'] })))).toEqual([
      `b.yaml:1:10: release "a" of chart "a" is declared at a.yaml:1 with another ${difference}, give one of the two another release name`,
    ]);
  });
});

describe('charts on disk', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'airgap-inputs-'));
    for (const path of ['charts/keda', 'own', 'catalogs']) await mkdir(join(directory, path), { recursive: true });
    for (const path of ['charts/keda/Chart.yaml', 'charts/vault-1.2.3.tgz', 'own/Chart.yaml', 'one.tgz']) {
      await writeFile(join(directory, path), '');
    }
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function sourceOf(entry: string) {
    await writeFile(join(directory, 'catalogs/a.yaml'), `addons: [${entry}]\n`);
    const request = requestFor({}, { catalogs: ['catalogs/a.yaml'], cwd: directory, files: diskFiles });
    const result = await loadCatalog({ ...request, shippedOverrides: shippedPath('chart-overrides.yaml') });
    if (result.kind === 'problems') throw new Error(messagesOf(result).join('\n'));
    return result.catalog.addons[0]?.source;
  }

  it.each([
    ['{chart: keda, repository: ../charts}', 'charts/keda'],
    ['{chart: vault, repository: ../charts, version: 1.2.3}', 'charts/vault-1.2.3.tgz'],
    ['{chart: own, repository: ../own/}', 'own'],
    ['{chart: one, repository: ../one.tgz}', 'one.tgz'],
  ])('finds %s relative to the catalog', async (entry, path) => {
    const chart = /chart: (\w+)/.exec(entry)?.[1];
    expect(await sourceOf(entry)).toEqual({ kind: 'local', path: join(directory, path), chart });
  });

  it('takes a bare word for a directory that is there', async () => {
    await mkdir(join(directory, 'catalogs/mine'));
    await writeFile(join(directory, 'catalogs/mine/Chart.yaml'), '');
    expect(await sourceOf('{chart: mine, repository: mine}')).toEqual({
      kind: 'local',
      path: join(directory, 'catalogs/mine'),
      chart: 'mine',
    });
  });

  it('says of a real file system what it refuses', async () => {
    await writeFile(join(directory, 'latin1.yaml'), Buffer.from([0x61, 0xe9]));
    await symlink('loop.yaml', join(directory, 'loop.yaml'));
    const catalogs = ['latin1.yaml', 'loop.yaml', 'own', 'own/Chart.yaml/x', 'none.yaml'];
    const shippedOverrides = shippedPath('chart-overrides.yaml');
    const result = await loadCatalog(requestFor({}, { catalogs, cwd: directory, files: diskFiles, shippedOverrides }));
    expect(messagesOf(result)).toEqual([
      'latin1.yaml:1:1: this file is not UTF-8 text, save it as UTF-8',
      'loop.yaml:1:1: this file cannot be read (ELOOP), check the path and the disk',
      'own:1:1: this is a directory, name a file in it',
      'own/Chart.yaml/x:1:1: there is no such file, check the path, a part of it is a file and no directory',
      'none.yaml:1:1: there is no such file, check the path',
    ]);
  });
});
