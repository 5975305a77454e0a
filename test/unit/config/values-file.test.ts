import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { shippedPath } from '../../../src/config/documents.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { diskFiles } from '../../../src/config/read-text.ts';
import { catalogOf, messagesOf, requestFor } from './inputs.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/inputs/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../../shared/inputs/', import.meta.url));

async function onDisk(cwd: string, request: Parameters<typeof requestFor>[1]) {
  const shippedOverrides = shippedPath('chart-overrides.yaml');
  const result = await loadCatalog(requestFor({}, { cwd, files: diskFiles, shippedOverrides, ...request }));
  if (result.kind === 'problems') throw new Error(messagesOf(result).join('\n'));
  return result.catalog;
}

async function read(text: string, request: Parameters<typeof requestFor>[1] = {}) {
  return catalogOf({ 'v.yaml': text }, { values: 'v.yaml', ...request });
}

describe('a values file in every shape', () => {
  it('finds the addons anywhere in the document', async () => {
    const catalog = await onDisk(FIXTURES, { values: 'mixed.values.yaml' });
    const found = catalog.addons.map(({ release, chart, source, ociNamespace, version, namespace, places }) => ({
      at: `${places.map(({ line, key }) => `${line} ${key}`).join(', ')}`,
      from:
        source.kind === 'oci'
          ? `oci ${source.registry} ${source.repository}`
          : source.kind === 'http' && source.repository,
      what: [release, chart, ociNamespace, version.kind === 'version' ? version.text : version.asked, namespace],
    }));
    expect(found).toEqual([
      {
        at: '9 projects[0].applications[0], 12 projects[0].applications[1]',
        from: 'https://prometheus-community.github.io/helm-charts',
        what: ['prometheus', 'prometheus', '', '27.20', undefined],
      },
      {
        at: '16 addons.karpenter',
        from: 'oci public.ecr.aws karpenter/karpenter',
        what: ['karpenter', 'karpenter', 'karpenter', '1.5.0', undefined],
      },
      {
        at: '22 addons.My_Ingress',
        from: 'https://kubernetes.github.io/ingress-nginx',
        what: ['my-ingress', 'ingress-nginx', '', '4.12.2', 'ingress'],
      },
      {
        at: '31 addons.My_Ingress.values.extra',
        from: 'https://nested.example',
        what: ['extra', 'nested', '', '1.0.0', undefined],
      },
      {
        at: '35 addons.templated_release',
        from: 'oci docker.io bitnamicharts/redis',
        what: ['templated-release', 'redis', '', '20.0.0', undefined],
      },
      {
        at: '40 addons.no_version',
        from: 'https://charts.example.org',
        what: ['dashboards', 'dashboards', '', 'no version given', undefined],
      },
      { at: '64 second', from: 'oci ghcr.io team/second', what: ['second', 'second', '', '2.0.0', undefined] },
    ]);
  });

  it('lists what looks like an addon and cannot be mirrored, with line and reason', async () => {
    const catalog = await onDisk(FIXTURES, { values: 'mixed.values.yaml' });
    expect(catalog.unmirrorable.map(({ key, place, reason }) => `${place.line} ${key}: ${reason}`)).toEqual([
      '44 from_git: no chart (path names a directory in a Git repository), repository "https://github.com/team/apps.git" is a Git repository',
      '48 unquoted: repoUrl is a template',
      '52 in_registry: no chart (write chart: app and the repository ghcr.io/team/charts if app is the chart)',
      '55 image_like: no chart (it looks like an image), repository "team/app" is no URL and no registry host',
      '59 dotted.key: repoUrl is a template',
    ]);
    expect(catalog.unmirrorable.at(-1)?.place.key).toBe('addons."dotted.key"');
  });

  it('takes a version that YAML reads as a number as it is written, and says so', async () => {
    const catalog = await onDisk(FIXTURES, { values: 'mixed.values.yaml' });
    expect(catalog.notes).toEqual([
      'mixed.values.yaml:11:25: targetRevision 27.20 is taken as written, put it in quotes to keep it so',
      'mixed.values.yaml:35:3: releaseName is a template, the release is called templated-release',
      'release prometheus of prometheus 27.20 is declared 2 times (mixed.values.yaml, lines 9 and 12), it is mirrored once',
    ]);
  });
});

describe('what is an addon', () => {
  it.each([
    ['an image block', 'image: {repository: quay.io/a/b, tag: "1", version: "2"}\n'],
    ['a chart without a repository', 'a: {chart: keda, version: "1"}\n'],
    ['a repository alone', 'a: {repository: https://x.example}\n'],
    ['a repository and a version without values', 'a: {repository: "", version: "1"}\nb: {repository: x, version: }\n'],
    ['a repository that is a map', 'a: {chart: keda, repository: {url: https://x.example}, version: "1"}\n'],
  ])('does not take %s for one', async (_name, text) => {
    const result = await loadCatalog(requestFor({ 'v.yaml': text }, { values: 'v.yaml' }));
    expect(messagesOf(result)[0]).toContain('nothing in this file looks like an addon');
  });

  it.each([
    ['repoUrl', 'targetRevision', 'releaseName'],
    ['repoURL', 'version', 'release'],
    ['repository', 'targetRevision', 'release'],
  ])('reads %s, %s and %s', async (repository, version, release) => {
    const catalog = await read(
      `x: [{chart: keda, ${repository}: https://x.example, ${version}: "1.0.0", ${release}: r}]\n`,
    );
    expect(catalog.addons[0]).toMatchObject({
      release: 'r',
      chart: 'keda',
      version: { kind: 'version', text: '1.0.0' },
    });
  });

  it('takes the chart for the release name of a list item without one', async () => {
    const catalog = await read('addons:\n  - {chart: team/Keda_X, repository: https://x.example, version: "1"}\n');
    expect(catalog.addons[0]?.release).toBe('keda-x');
  });

  it('reads addons that are aliases or have merged keys', async () => {
    const catalog = await read(
      'base: &base {repoUrl: https://x.example, namespace: n}\na: &a {<<: *base, chart: a, version: "1"}\nb: {again: *a}\nc: {<<: *a, chart: c}\n',
    );
    expect(catalog.addons.map(({ release, chart }) => `${release}/${chart}`)).toEqual(['a/a', 'again/a', 'c/c']);
  });

  it.each([
    ['{chart: "{{ c }}", repoUrl: https://x.example}', 'chart is a template'],
    ['{chart: c, repoUrl: https://x.example, version: "{{ v }}"}', 'version is a template'],
    [
      '{chart: c, repoUrl: https://x.example, version: latest}',
      'version "latest" is no version (write one or use --latest)',
    ],
    [
      '{chart: c, repoUrl: https://u:secret@x.example}',
      'repository "https://***@x.example" holds a user name or password',
    ],
    ['{chart: c, repoUrl: ./charts}', 'repoUrl "./charts" is a path (charts on disk need a catalog)'],
    ['{chart: c, repoUrl: bitnami}', 'repoUrl "bitnami" is no URL and no registry host'],
    ['{chart: c, repoUrl: https://x.example, repository: https://y.example}', 'repoUrl and repository differ'],
    ['{chart: c, repoUrl: https://x.example, version: "1", targetRevision: "2"}', 'targetRevision and version differ'],
    ['{chart: c, repoUrl: https://x.example, release: My_Release}', 'release "My_Release" is no release name'],
    ['{chart: "a b", repoUrl: https://x.example}', '"a b" is no chart name'],
    ['{chart: C, repoUrl: ghcr.io}', '"C" cannot be a chart\'s path in a registry'],
    ['{repoUrl: https://x.example, version: "1"}', 'no chart'],
  ])('lists %s with the reason', async (entry, reason) => {
    const catalog = await read(`k: ${entry}\n`);
    expect(catalog.unmirrorable).toEqual([
      { key: 'k', place: { file: 'v.yaml', line: 1, column: 1, key: 'k' }, reason },
    ]);
  });

  it('does not look at versions with --latest', async () => {
    const text =
      'a: {chart: a, repoUrl: https://x.example, version: latest}\nb: {chart: b, repoUrl: https://x.example, version: "{{ v }}"}\n';
    const catalog = await read(text, { latest: true });
    expect(catalog.addons.map(({ version }) => version)).toEqual([
      { kind: 'newest', asked: '--latest' },
      { kind: 'newest', asked: '--latest' },
    ]);
  });

  it('gives another version of a release a release name of its own, and says so', async () => {
    const entry = (version: string) =>
      `{releaseName: keda, chart: keda, repoUrl: https://x.example, version: "${version}"}`;
    const text = `dev:\n  keda: ${entry('1')}\nprod:\n  keda: ${entry('2')}\nold_keda: ${entry('3')}\n`;
    const catalog = await read(text);
    expect(catalog.addons.map(({ release, version }) => [release, version.kind === 'version' && version.text])).toEqual(
      [
        ['keda', '1'],
        ['keda-2', '2'],
        ['old-keda', '3'],
      ],
    );
    expect(catalog.notes[0]).toBe(
      'v.yaml:4: release "keda" of chart "keda" is declared at v.yaml:2 with another version, this one is called "keda-2"',
    );
  });

  it('applies chart overrides', async () => {
    const files = {
      'v.yaml': 'a: {chart: team/keda, repoUrl: ghcr.io, version: "1"}\n',
      'chart-overrides.yaml': 'overrides:\n  keda:\n    a: 0644\n',
    };
    const catalog = await catalogOf(files, { values: 'v.yaml' });
    expect(catalog.addons[0]?.layers).toEqual([
      { origin: 'user-override', name: 'chart-overrides.yaml:3', text: 'a: 0644\n' },
    ]);
  });
});

describe.skipIf(!existsSync(SHARED))('real inputs', () => {
  it('finds all 61 addons of the values file, and the three that cannot be mirrored', async () => {
    const catalog = await onDisk(SHARED, { values: 'eks-addons.values.yaml' });
    expect(catalog.addons.flatMap(({ places }) => places)).toHaveLength(61);
    expect(catalog.addons).toHaveLength(59);
    expect(catalog.unmirrorable.map(({ key, place, reason }) => [key, place.line, reason])).toEqual([
      ['adot_collector', 284, 'no chart, repoUrl is a template, targetRevision is a template'],
      ['cw_prometheus', 436, 'no chart, repoUrl is a template, targetRevision is a template'],
      ['eks_upgrade_insights_demo', 441, 'no chart, repoUrl is a template, targetRevision is a template'],
    ]);
    expect(catalog.notes).toEqual([
      'release argocd of argo-cd 8.0.10 is declared 3 times (eks-addons.values.yaml, lines 11, 116 and 123), it is mirrored once',
    ]);
    const shared = catalog.addons.filter(({ release }) => release === 'ack-eks').map(({ chart }) => chart);
    expect(shared).toEqual(['eks-chart', 'iam-chart']);
  });

  it('reads all 40 charts of the catalog, with overrides in layers of their own', async () => {
    const request = {
      catalogs: ['public-addons.catalog.yaml'],
      chartOverrides: ['public-addons.chart-overrides.yaml'],
    };
    const catalog = await onDisk(SHARED, request);
    expect(catalog.addons).toHaveLength(40);
    expect(catalog.notes).toEqual([]);
    const karpenter = catalog.addons.find(({ chart }) => chart === 'karpenter');
    expect(karpenter?.layers.map(({ origin, text }) => [origin, text])).toEqual([
      ['shipped-override', 'settings:\n  clusterName: c\n'],
      ['user-override', 'settings:\n  clusterName: c\n'],
    ]);
  });
});
