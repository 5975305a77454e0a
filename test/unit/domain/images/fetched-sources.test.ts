import { describe, expect, it } from 'vitest';
import { fetchedSources } from '../../../../src/domain/images/fetched-sources.ts';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';

function told(...documents: readonly string[]): readonly string[] {
  const output = documents.map((one) => `---\n# Source: c/templates/x.yaml\n${one}\n`).join('');
  return fetchedSources(readRendered(output), ['registry.example.com:5000']);
}

function object(apiVersion: string, kind: string, spec: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: one}\nspec: ${spec}`;
}

describe('what controllers fetch once the chart is installed', () => {
  it.each([
    ['source.toolkit.fluxcd.io/v1', 'HelmRepository', '{url: "https://charts.acme.io"}', 'https://charts.acme.io'],
    ['source.toolkit.fluxcd.io/v1', 'GitRepository', '{url: "ssh://git@git.acme.io/a"}', 'ssh://git.acme.io/a'],
    ['source.toolkit.fluxcd.io/v1', 'GitRepository', '{url: "git@git.acme.io:a.git"}', 'git@git.acme.io:a.git'],
    ['argoproj.io/v1alpha1', 'Application', '{source: {repoURL: "https://u:pw@a.io/c", chart: c}}', 'https://a.io/c'],
    ['argoproj.io/v1alpha1', 'Application', '{sources: [{repoURL: "https://a.io/c?token=x"}]}', 'https://a.io/c'],
    ['argoproj.io/v1alpha1', 'ApplicationSet', '{generators: [{git: {repoURL: "https://a.io/g"}}]}', 'https://a.io/g'],
    [
      'argoproj.io/v1alpha1',
      'ApplicationSet',
      '{template: {spec: {source: {repoURL: "https://a.io"}}}}',
      'https://a.io',
    ],
    ['helm.cattle.io/v1', 'HelmChart', '{repo: "https://charts.acme.io", chart: web}', 'https://charts.acme.io'],
    ['helm.cattle.io/v1', 'HelmChart', '{chart: "https://a.io/web-1.0.0.tgz"}', 'https://a.io/web-1.0.0.tgz'],
    ['fleet.cattle.io/v1alpha1', 'GitRepo', '{repo: "https://a.io/g"}', 'https://a.io/g'],
    ['catalog.cattle.io/v1', 'ClusterRepo', '{url: "https://a.io"}', 'https://a.io'],
    ['helm.crossplane.io/v1beta1', 'Release', '{forProvider: {chart: {repository: "https://a.io"}}}', 'https://a.io'],
    ['kappctrl.k14s.io/v1alpha1', 'App', '{fetch: [{http: {url: "https://a.io/x.tgz"}}]}', 'https://a.io/x.tgz'],
  ])('%s %s %s', (apiVersion, kind, spec, address) => {
    expect(told(object(apiVersion, kind, spec))).toEqual([
      expect.stringContaining(`fetch charts or manifests: ${kind}/one from ${address}. `),
    ]);
  });

  it.each([
    [
      'an OCI chart, which is carried along',
      'source.toolkit.fluxcd.io/v1',
      'HelmRepository',
      '{url: "oci://quay.io/charts"}',
    ],
    [
      'a service of the cluster',
      'source.toolkit.fluxcd.io/v1',
      'GitRepository',
      '{url: "http://gitea.git.svc:3000/a"}',
    ],
    [
      'a service by its short name',
      'argoproj.io/v1alpha1',
      'Application',
      '{source: {repoURL: "http://gitea:3000/a"}}',
    ],
    ['the target', 'argoproj.io/v1alpha1', 'Application', '{source: {repoURL: "https://registry.example.com/c"}}'],
    [
      'what a generator fills in',
      'argoproj.io/v1alpha1',
      'ApplicationSet',
      '{template: {spec: {source: {repoURL: "{{url}}"}}}}',
    ],
    ['a kind of the same name in another group', 'acme.io/v1', 'Application', '{source: {repoURL: "https://a.io"}}'],
  ])('is nothing for %s', (_, apiVersion, kind, spec) => {
    expect(told(object(apiVersion, kind, spec))).toEqual([]);
  });

  it('is said in one sentence, with the first three names', () => {
    const repositories = ['a', 'b', 'c', 'd', 'd'].map((name) =>
      object('source.toolkit.fluxcd.io/v1', 'HelmRepository', `{url: "https://${name}.io"}`),
    );
    const [text, ...more] = told(...repositories);
    expect(more).toEqual([]);
    expect(text).toContain('HelmRepository/one from https://a.io');
    expect(text).toContain('https://c.io and 1 more. ');
  });

  it('looks into lists', () => {
    const item =
      '{apiVersion: fleet.cattle.io/v1alpha1, kind: GitRepo, metadata: {name: g}, spec: {repo: "https://a.io"}}';
    expect(told(`apiVersion: v1\nkind: List\nitems: [${item}]`)).toEqual([
      expect.stringContaining('GitRepo/g from https://a.io'),
    ]);
  });
});
