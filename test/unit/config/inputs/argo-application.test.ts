import { describe, expect, it } from 'vitest';
import { filesOf, gathered, lineOf, roundTrip, toldOf, valuesOf } from './gathering.ts';

const HEAD = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\n';

function application(name: string, source: string, more = ''): string {
  return `${HEAD}metadata: { name: ${name}, namespace: argocd }\nspec:\n  destination: { namespace: ${name}-ns, server: https://k }\n${source}${more}`;
}

const REPOSITORY = 'https://github.com/org/gitops.git';
const CHART = 'apiVersion: v2\nname: web-chart\nversion: 1.0.0\n';

describe('an Argo CD Application', () => {
  it('is a release of a published chart', async () => {
    const text = application(
      'keda',
      '  source:\n    repoURL: https://kedacore.github.io/charts\n    chart: keda\n    targetRevision: 2.17.*\n',
    );
    const made = await gathered({ 'apps/keda.yaml': text }, { manifests: ['apps'] });
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'keda | keda-ns | https://kedacore.github.io/charts keda | 2.17.*',
    ]);
    expect(toldOf(made)).toEqual({ refused: [], unread: [] });
    expect(made.catalog.addons[0]?.places).toMatchObject([{ file: 'apps/keda.yaml', line: 1 }]);
  });

  it('names charts in registries with and without oci://', async () => {
    const plain = '  source: { repoURL: registry-1.docker.io/bitnamicharts, chart: redis, targetRevision: 20.0.1 }\n';
    const native = '  source: { repoURL: "oci://ghcr.io/org/charts/app", path: ., targetRevision: 1.2.3 }\n';
    const digest = `  source: { repoURL: "oci://ghcr.io/org/charts/app", path: ., targetRevision: "sha256:${'a'.repeat(64)}" }\n`;
    const contents = {
      'a.yaml': [application('a', plain), application('b', native), application('c', digest)].join('---\n'),
    };
    const made = await gathered(contents, { manifests: ['a.yaml'] });
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'a | a-ns | oci://docker.io/bitnamicharts/redis | 20.0.1',
      'b | b-ns | oci://ghcr.io/org/charts/app | 1.2.3',
    ]);
    expect(toldOf(made).refused).toEqual([
      expect.stringMatching(/^Application c \(a.yaml:15\): .* is no version and no range \(a digest/),
    ]);
  });

  it('is read beside a document of its file that is no YAML, which is told with its line', async () => {
    const source = '  source: { repoURL: https://x.example, chart: app, targetRevision: 1.0.0 }\n';
    const broken = application('b', '  source: { repoURL: [oops }\n');
    const contents = { 'a.yaml': [application('a', source), broken, application('c', source)].join('---\n') };
    const made = await gathered(contents, { manifests: ['a.yaml'] });
    expect(made.catalog.addons.map(({ release }) => release)).toEqual(['a', 'c']);
    expect(toldOf(made).refused).toEqual([
      expect.stringMatching(/^a\.yaml \(a\.yaml:13\): this document is not read: /),
    ]);
  });

  it('has values, an object before a text, and parameters on top', async () => {
    const source = `  source:
    repoURL: https://x.example
    chart: app
    targetRevision: 1.0.0
    helm:
      releaseName: other
      values: |
        ignored: true
      valuesObject:
        mode: 0644
        image: { tag: 1.10 }
        list: [a, b]
      parameters:
        - { name: image.tag, value: "2.20", forceString: true }
        - { name: replicas, value: "3" }
        - { name: "list[1]", value: c }
        - { name: 'annotations.example\\.com/x', value: "{p,q}" }
        - { name: "", value: x }
`;
    const made = await gathered({ 'a.yaml': application('a', source) }, { manifests: ['a.yaml'] });
    const [addon] = made.catalog.addons;
    expect(addon?.release).toBe('other');
    expect(valuesOf(addon)).toEqual({
      mode: 644,
      image: { tag: '2.20' },
      list: ['a', 'c'],
      replicas: 3,
      annotations: { 'example.com/x': ['p', 'q'] },
    });
    // as it was written, which helm reads as an octal number
    expect(addon?.layers[0]?.text).toContain('mode: 0644\n');
    expect(toldOf(made).unread).toEqual([
      'Application a (a.yaml:23): the parameter "" is left out: its name is not understood',
    ]);
  });

  it('has values as a text, of which a broken one is told', async () => {
    const source = (values: string) =>
      `  source:\n    repoURL: https://x.example\n    chart: app\n    targetRevision: 1.0.0\n    helm:\n      values: |\n        ${values}\n`;
    const contents = {
      'a.yaml': application('a', source('a: "{{ .Release.Name }}"')),
      'b.yaml': application('b', source('a: [')),
    };
    const made = await gathered(contents, { manifests: ['.'] });
    expect(made.catalog.addons.map(valuesOf)).toEqual([{ a: '{{ .Release.Name }}' }, undefined]);
    expect(toldOf(made).unread).toEqual([
      expect.stringMatching(/^Application b \(b.yaml:11\): the values are not read: line 2/),
    ]);
  });

  it('takes values files from a checkout, and says which it cannot have', async () => {
    const sources = `  sources:
    - repoURL: https://x.example
      chart: app
      targetRevision: 1.0.0
      helm:
        valueFiles: [values-in-chart.yaml, $values/env/prod.yaml, $values/env/none.yaml, $other/x.yaml, "https://h/x.yaml", $values/../../etc/x]
        fileParameters:
          - { name: config, path: $values/env/config.txt }
          - { name: lost, path: $values/env/lost.txt }
    - repoURL: git@github.com:org/gitops.git
      ref: values
`;
    const contents = {
      'a.yaml': application('a', sources),
      'co/env/prod.yaml': 'a: 1\n',
      'co/env/config.txt': 'one\ntwo\n',
    };
    const without = await gathered(contents, { manifests: ['a.yaml'] });
    expect(filesOf(without.catalog.addons[0])).toEqual([]);
    expect(toldOf(without).unread).toHaveLength(8);
    expect(toldOf(without).unread[1]).toContain('name a checkout of it with --checkout');
    const made = await gathered(contents, { manifests: ['a.yaml'], checkouts: [`${REPOSITORY}=co`] });
    expect(filesOf(made.catalog.addons[0])).toEqual(['co/env/prod.yaml']);
    expect(valuesOf(made.catalog.addons[0])).toEqual({ config: 'one\ntwo\n' });
    expect(toldOf(made).unread).toEqual([
      'Application a (a.yaml:11): the values file "values-in-chart.yaml" is not read: it is in the chart',
      'Application a (a.yaml:11): the values file "co/env/none.yaml" is not there',
      'Application a (a.yaml:11): the values file "$other/x.yaml" is not read: no source is called $other',
      'Application a (a.yaml:11): the values file "https://h/x.yaml" is not read: it is at a URL',
      'Application a (a.yaml:11): the values file "$values/../../etc/x" is not read: it is outside of its repository',
      'Application a (a.yaml:14): the file parameter "lost" is not read: "$values/env/lost.txt" is not there',
    ]);
  });

  it('is a chart on disk where its path is one in a checkout, and that of its own tree is known', async () => {
    const source = (path: string) =>
      `  source: { repoURL: "${REPOSITORY}", path: ${path}, targetRevision: HEAD, helm: { valueFiles: [prod.yaml] } }\n`;
    const contents = {
      '.git/config': '[remote "origin"]\n\turl = git@github.com:Org/gitops.git\n',
      'apps/a.yaml': application('web', source('charts/web')),
      'apps/b.yaml': application('plain', source('plain')),
      'apps/c.yaml': application('root', source('apps')),
      'apps/d.yaml': application('gone', source('nowhere')),
      'charts/web/Chart.yaml': CHART,
      'charts/web/prod.yaml': 'size: 3\n',
      'plain/x.yaml': 'kind: Service\n',
      'plain/kustomization.yaml': 'helmCharts: []\n',
    };
    const made = await gathered(contents, { manifests: ['apps'] });
    expect(made.catalog.addons.map(lineOf)).toEqual(['web | web-ns | /in/charts/web web-chart | newest']);
    expect(filesOf(made.catalog.addons[0])).toEqual(['charts/web/prod.yaml']);
    expect(toldOf(made).refused).toEqual([
      expect.stringMatching(
        /^Application plain \(apps\/b.yaml:1\): "plain" in the Git .* \(it is a kustomization: name it/,
      ),
      expect.stringContaining('Application gone (apps/d.yaml:1): "nowhere" is no directory in the checkout'),
    ]);
    expect(made.catalog.notes).toContainEqual(
      'Application root is of the manifests in apps, which are read here themselves',
    );
    const other = await gathered(contents, { manifests: ['apps/a.yaml', 'apps/b.yaml'], checkouts: ['.'] });
    expect(other.catalog.addons).toHaveLength(1);
  });

  it('is found in lists of objects, and among objects that are not ours', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: argoproj.io/v1alpha1\n    kind: Application\n    metadata: { name: a }\n    spec: { source: { repoURL: "https://x.example", chart: app, targetRevision: "1" } }\n  - apiVersion: argoproj.io/v1alpha1\n    kind: AppProject\n    metadata: { name: p }\n`;
    const made = await gathered(
      {
        'a/list.yaml': list,
        'a/broken.yaml': 'a: [\n',
        'a/.hidden/x.yaml': `${HEAD}spec: [\n`,
        'a/x.yaml': `${HEAD}metadata: { name: { x\n`,
      },
      { manifests: ['a'] },
    );
    expect(made.catalog.addons.map(lineOf)).toEqual(['a | - | https://x.example app | 1']);
    expect(toldOf(made).refused).toEqual([expect.stringContaining('x.yaml (a/x.yaml:')]);
  });

  it('in a template of a chart is told, since it is no manifest yet', async () => {
    const contents = {
      'apps/Chart.yaml': CHART,
      'apps/templates/all.yaml': `{{- range .Values.apps }}\n${HEAD}{{- end }}\n`,
      'apps/templates/other.yaml': '{{ x }}',
    };
    expect(toldOf(await gathered(contents, { manifests: ['apps'] })).refused).toEqual([
      expect.stringMatching(/^Application in all.yaml \(apps\/templates\/all.yaml:3\): it is a template of a chart/),
    ]);
  });

  it('becomes an entry of a catalog that loads and asks for the same', async () => {
    const source = `  source:
    repoURL: https://x.example
    chart: app
    targetRevision: "1.10"
    helm:
      kubeVersion: 1.33.0
      apiVersions: [monitoring.coreos.com/v1]
      values: |
        # a remark
        script: |
          #!/bin/sh
          echo "{{ .x }}"

          exit 0
        "yes": on
        empty: {}
        number: 1e3
        nested: [[1, 2], {a: b}]
`;
    const { made, text, again } = await roundTrip({ 'a.yaml': application('a', source) }, { manifests: ['a.yaml'] });
    expect(again.addons.map(lineOf)).toEqual(made.catalog.addons.map(lineOf));
    expect(valuesOf(again.addons[0])).toEqual(valuesOf(made.catalog.addons[0]));
    expect(again.addons[0]).toMatchObject({ kubeVersion: '1.33.0', apiVersions: ['monitoring.coreos.com/v1'] });
    expect(text).toContain(`      script: |
        #!/bin/sh
        echo "{{ .x }}"

        exit 0
      "yes": on
      empty: {}
      number: 1e3
      nested:
        - - 1
          - 2
        - a: b
`);
  });
});
