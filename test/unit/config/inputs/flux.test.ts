import { describe, expect, it } from 'vitest';
import { filesOf, gathered, lineOf, roundTrip, toldOf, valuesOf } from './gathering.ts';

function source(kind: string, name: string, namespace: string, spec: string): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n---\n`;
}

function release(name: string, spec: string, namespace = 'apps', version = 'v2'): string {
  return `apiVersion: helm.toolkit.fluxcd.io/${version}\nkind: HelmRelease\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec:\n${spec}\n---\n`;
}

function chart(name: string, kind = 'HelmRepository', sourceName = 'repo', more = ''): string {
  return `  chart: { spec: { chart: ${name}, version: "1.x", sourceRef: { kind: ${kind}, name: ${sourceName}${more} } } }\n`;
}

const HTTP = source('HelmRepository', 'repo', 'apps', '{ url: https://x.example/charts }');
const OCI = source('HelmRepository', 'oci', 'flux-system', '{ type: oci, url: "oci://ghcr.io/org/charts" }');

describe('a Flux HelmRelease', () => {
  it('is a release of a chart in a HelmRepository, of either type, in its own or a named namespace', async () => {
    const text = [
      HTTP,
      OCI,
      release('one', chart('app')),
      release(
        'two',
        `  targetNamespace: web\n${chart('app', 'HelmRepository', 'oci', ', namespace: flux-system')}`,
        'apps',
        'v2beta1',
      ),
      release('three', chart('app', 'HelmRepository', 'oci')),
      release('four', `  releaseName: named\n${chart('app')}`, 'apps', 'v2beta2'),
      release('a-name-that-is-so-long-that-helm-would-not-take-it-any-more', chart('app')),
    ].join('');
    const made = await gathered({ 'f.yaml': text }, { manifests: ['f.yaml'] });
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'one | apps | https://x.example/charts app | 1.x',
      'web-two | web | oci://ghcr.io/org/charts/app | 1.x',
      'named | apps | https://x.example/charts app | 1.x',
      'a-name-that-is-so-long-that-helm-would-n-e245b4b68958 | apps | https://x.example/charts app | 1.x',
    ]);
    expect(toldOf(made).refused).toEqual([
      'HelmRelease apps/three (f.yaml:26): there is no HelmRepository "oci" among the manifests',
    ]);
  });

  it('names charts by OCIRepository and HelmChart', async () => {
    const text = [
      source('OCIRepository', 'tag', 'apps', '{ url: "oci://ghcr.io/org/app", ref: { tag: 1.0.0_b1 } }'),
      source('OCIRepository', 'range', 'apps', '{ url: "oci://ghcr.io/org/app", ref: { semver: ">=1.0.0" } }'),
      source('OCIRepository', 'digest', 'apps', '{ url: "oci://ghcr.io/org/app", ref: { digest: "sha256:0" } }'),
      source('OCIRepository', 'none', 'apps', '{ url: "oci://ghcr.io/org/app" }'),
      source(
        'HelmChart',
        'made',
        'other',
        '{ chart: app, version: "2.0.0", sourceRef: { kind: HelmRepository, name: repo, namespace: apps } }',
      ),
      HTTP,
      ...['tag', 'range', 'digest', 'none', 'lost'].map((name) =>
        release(name, `  chartRef: { kind: OCIRepository, name: ${name} }`),
      ),
      release('made', '  chartRef: { kind: HelmChart, name: made, namespace: other }'),
    ].join('');
    const made = await gathered({ 'f.yaml': text }, { manifests: ['f.yaml'] });
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'tag | apps | oci://ghcr.io/org/app | 1.0.0+b1',
      'range | apps | oci://ghcr.io/org/app | >=1.0.0',
      'made | apps | https://x.example/charts app | 2.0.0',
    ]);
    expect(toldOf(made).refused.map((line) => line.replace(/^.*?: /, ''))).toEqual([
      'its OCIRepository "digest" asks for a digest; catalogs name versions',
      'its OCIRepository "none" names no tag, which stands for "latest"; catalogs name versions',
      'there is no OCIRepository "lost" among the manifests',
    ]);
  });

  it('in Git needs a checkout, in a Bucket it cannot be read', async () => {
    const git = source('GitRepository', 'git', 'apps', '{ url: "ssh://git@github.com/org/repo" }');
    const text = `${git}${release('one', chart('./charts/app', 'GitRepository', 'git'))}${release('two', chart('app', 'Bucket', 'b'))}`;
    const contents = { 'f.yaml': text, 'co/charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n' };
    const without = toldOf(await gathered(contents, { manifests: ['f.yaml'] })).refused;
    expect(without).toEqual([
      expect.stringContaining('--checkout'),
      expect.stringContaining('its chart is in the Bucket "b"'),
    ]);
    const made = await gathered(contents, { manifests: ['f.yaml'], checkouts: ['https://github.com/org/repo=co'] });
    expect(made.catalog.addons.map(lineOf)).toEqual(['one | apps | /in/co/charts/app app | newest']);
  });

  it('in Git takes its values files from the root of the checkout, and tells what it cannot take', async () => {
    const git = source('GitRepository', 'git', 'apps', '{ url: "https://github.com/org/repo" }');
    const spec = (files: string, more = '') =>
      `  chart: { spec: { chart: ./charts/app, sourceRef: { kind: GitRepository, name: git }, valuesFiles: [${files}]${more} } }\n  values: { a: 1 }\n`;
    const text = [
      git,
      release('own', spec('charts/app/values.yaml, ./prod/app.yaml, /values.yaml')),
      release('instead', spec('prod/app.yaml, prod/none.yaml, ../away.yaml, values-prod.yaml')),
      release('missing', spec('charts/app/values.yaml, prod/none.yaml', ', ignoreMissingValuesFiles: true')),
      release('old', spec('').replace('valuesFiles: []', 'valuesFile: prod/app.yaml')),
    ].join('');
    const contents = {
      'f.yaml': text,
      'co/charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
      'co/charts/app/values.yaml': 'a: 0\n',
      'co/charts/app/values-prod.yaml': 'a: 2\n',
      'co/prod/app.yaml': 'a: 3\n',
      'co/values.yaml': 'a: 4\n',
      'away.yaml': 'a: 5\n',
    };
    const made = await gathered(contents, { manifests: ['f.yaml'], checkouts: ['https://github.com/org/repo=co'] });
    expect(made.catalog.addons.map(filesOf)).toEqual([
      ['co/charts/app/values.yaml', 'co/prod/app.yaml', 'co/values.yaml'],
      ['co/prod/app.yaml'],
      ['co/charts/app/values.yaml'],
      ['co/prod/app.yaml'],
    ]);
    expect(made.catalog.addons.map(valuesOf)).toEqual(Array(4).fill({ a: 1 }));
    const instead = 'its values files take the place of the values.yaml of the chart, which counts here below them';
    expect(toldOf(made).unread).toEqual([
      'HelmRelease apps/instead (f.yaml:18): the values file "co/prod/none.yaml" is not there',
      'HelmRelease apps/instead (f.yaml:18): the values file "../away.yaml" is not read: it is outside of the checkout',
      'HelmRelease apps/instead (f.yaml:18): the values file "co/values-prod.yaml" is not there',
      `HelmRelease apps/instead (f.yaml:14): ${instead}`,
      `HelmRelease apps/old (f.yaml:30): ${instead}`,
    ]);
  });

  it('in a HelmRepository lists the values files that only the chart has', async () => {
    const spec =
      '  chart: { spec: { chart: app, version: "1.0.0", sourceRef: { kind: HelmRepository, name: repo }, valuesFiles: [values.yaml, values-prod.yaml] } }';
    const made = await gathered({ 'f.yaml': `${HTTP}${release('one', spec)}` }, { manifests: ['f.yaml'] });
    expect(made.catalog.addons.map(filesOf)).toEqual([[]]);
    expect(toldOf(made).unread).toEqual([
      'HelmRelease apps/one (f.yaml:6): the values files "values-prod.yaml" are in the chart, they are not read',
    ]);
  });

  it('takes values from ConfigMaps, in order, and never from Secrets', async () => {
    const config = (name: string, data: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: apps }\ndata:\n${data}\n---\n`;
    const spec = `${chart('app')}  valuesFrom:
    - { kind: ConfigMap, name: first }
    - { kind: ConfigMap, name: second, valuesKey: word, targetPath: "a.list[0]" }
    - { kind: Secret, name: hidden }
    - { kind: ConfigMap, name: none, optional: true }
    - { kind: ConfigMap, name: second }
  values: { a: { own: 0644 } }
  postRenderers: [{ kustomize: { images: [] } }]
`;
    const text = `${config('first', '  values.yaml: |\n    a: { own: 1, first: true }')}${config('second', '  word: three')}${HTTP}${release('one', spec)}`;
    const made = await gathered({ 'f.yaml': text }, { manifests: ['f.yaml'] });
    const [addon] = made.catalog.addons;
    expect(valuesOf(addon)).toEqual({ a: { own: 644, first: true, list: ['three'] } });
    expect(addon?.layers[0]?.text).toContain('own: 0644\n');
    expect(toldOf(made).unread).toEqual([
      'HelmRelease apps/one (f.yaml:31): its postRenderers are not applied',
      'HelmRelease apps/one (f.yaml:27): the values of Secret "hidden" are not read: it is not for us to read',
      'HelmRelease apps/one (f.yaml:28): the values of ConfigMap "none" are not read: it is not among the manifests',
      'HelmRelease apps/one (f.yaml:29): the values of ConfigMap "second" are not read: it has no key "values.yaml"',
    ]);
  });

  it('gets its namespace from the kustomization beside it, and patches are told', async () => {
    const bare = (name: string, spec: string) =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: ${name} }\nspec:\n${spec}`;
    const contents = {
      'base/kustomization.yaml': 'namespace: web\nresources: [./one.yaml, repo.yaml]\n',
      'base/one.yaml': bare('one', chart('app')),
      'base/repo.yaml':
        'apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: { name: repo }\nspec: { url: https://x.example }\n',
      'prod/one.yaml': bare('one', '  values: { a: 1 }\n'),
      'prod/two.yaml': bare('two', '  chart: { spec: { version: "2" } }\n'),
      'prod/three.yaml': bare('three', `${chart('app')}  suspend: true\n`).replace(
        'name: three',
        'name: "\x24{cluster}-three"',
      ),
    };
    const made = await gathered(contents, { manifests: ['.'] });
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'one | web | https://x.example app | 1.x',
      'app | - | https://x.example app | 1.x',
    ]);
    expect(toldOf(made)).toEqual({
      unread: [
        'HelmRelease one (prod/one.yaml:1): this is a patch of a release, which is not applied',
        expect.stringContaining('holds a variable that is filled in elsewhere, the release is called app here'),
      ],
      refused: [
        expect.stringMatching(/^HelmRelease two .*perhaps it is a patch for Kustomize, and those are not applied$/),
      ],
    });
  });

  it('becomes an entry of a catalog that loads and asks for the same', async () => {
    const text = `${OCI}${HTTP}${release('one', `${chart('app')}  values: { a: "1", b: [] }\n`)}${release('two', chart('ns/app', 'HelmRepository', 'oci', ', namespace: flux-system'))}`;
    const { made, again } = await roundTrip({ 'f.yaml': text }, { manifests: ['f.yaml'] });
    expect(again.addons.map(lineOf)).toEqual(made.catalog.addons.map(lineOf));
    expect(again.addons.map(lineOf)[1]).toBe('two | apps | oci://ghcr.io/org/charts/ns/app | 1.x');
    expect(again.addons.map(valuesOf)).toEqual([{ a: '1', b: [] }, undefined]);
  });
});
