import { describe, expect, it } from 'vitest';
import { gathered, lineOf, toldOf, valuesOf } from './gathering.ts';

const CHART = 'apiVersion: v2\nname: web-chart\nversion: 1.0.0\n';
const GIT = 'https://github.com/org/gitops';

function applicationSet(name: string, generators: string, template: string, more = ''): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: ${name} }
spec:
${more}  generators:
${generators}
  template:
${template}
`;
}

const PLAIN = `    metadata: { name: "{{cluster}}-{{chart}}" }
    spec:
      destination: { namespace: "{{values.ns}}" }
      source: { repoURL: https://x.example, chart: "{{chart}}", targetRevision: "{{version}}", helm: { values: "cluster: {{cluster}}" } }`;

const GO = `    metadata: { name: '{{ .cluster }}-{{ .addon.name | lower }}' }
    spec:
      destination: { namespace: '{{ default "addons" .namespace }}' }
      source:
        repoURL: https://x.example
        chart: '{{ .addon.name | lower }}'
        targetRevision: '{{ index .addon "version" }}'
        helm:
          valuesObject: { name: '{{ .cluster | upper | quote }}', prefix: '{{ trimPrefix "pr-" .cluster }}' }`;

async function made(text: string, more: Readonly<Record<string, string>> = {}, checkouts: readonly string[] = []) {
  return gathered({ 'set.yaml': text, ...more }, { manifests: ['set.yaml'], checkouts });
}

describe('an ApplicationSet', () => {
  it('makes an application of each element of a list', async () => {
    const list = `    - list:
        elements:
          - { cluster: prod, chart: app, version: 1.10, values: { ns: web } }
          - { cluster: dev, chart: app, version: "2.0.0", values: { ns: web } }
          - { cluster: lost, chart: app, values: { ns: web } }`;
    const result = await made(applicationSet('s', list, PLAIN));
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'prod-app | web | https://x.example app | 1.1',
      'dev-app | web | https://x.example app | 2.0.0',
    ]);
    expect(result.catalog.addons.map(valuesOf)).toEqual([{ cluster: 'prod' }, { cluster: 'dev' }]);
    expect(toldOf(result).refused).toEqual([
      'ApplicationSet s, application lost-app (set.yaml:1): the version "{{version}}" is a template (there is no parameter version)',
    ]);
  });

  it('reads elements that are a text, of its own or of a file in Git', async () => {
    const list = `    - list:
        elements: [{ cluster: one, chart: app, version: "1.0.0", values: { ns: web } }]
        elementsYaml: |
          - { cluster: two, chart: app, version: "2.0.0", values: { ns: web } }`;
    const plain = await made(applicationSet('s', list, PLAIN));
    expect(plain.catalog.addons.map(lineOf)).toEqual([
      'one-app | web | https://x.example app | 1.0.0',
      'two-app | web | https://x.example app | 2.0.0',
    ]);
    const matrix = `    - matrix:
        generators:
          - git: { repoURL: "${GIT}", files: [{ path: parts.yaml }] }
          - list: { elementsYaml: "{{ .parts | toJson }}" }`;
    const parts =
      'cluster: c\nparts: [{ addon: { name: Keda, version: "1.0.0" } }, { addon: { name: Dex, version: "2.0.0" } }]\n';
    const set = applicationSet('s', matrix, GO, '  goTemplate: true\n');
    const result = await made(set, { 'co/parts.yaml': parts }, [`${GIT}=co`]);
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'c-keda | addons | https://x.example keda | 1.0.0',
      'c-dex | addons | https://x.example dex | 2.0.0',
    ]);
    expect(toldOf(result)).toEqual({ refused: [], unread: [] });
  });

  it.each([
    ['"{{ .parts | toJson }}"', 'it holds a template that nothing fills in'],
    ['"a: [}"', /^line 1 of it: /],
    ['"a: 1"', 'it is no list of maps'],
    ['"[1]"', 'it is no list of maps'],
    ['[{ cluster: c }]', 'it is no text'],
  ])('cannot be mirrored where its elements are a text that is no list: %s', async (text, why) => {
    const result = await made(applicationSet('s', `    - list: { elementsYaml: ${text} }`, GO, '  goTemplate: true\n'));
    const { refused, unread } = toldOf(result);
    const [, place, reason] =
      /^(.*): the elementsYaml of its list generator is not read: (.*)$/.exec(refused[0] ?? '') ?? [];
    expect([place, unread, refused.length]).toEqual(['ApplicationSet s (set.yaml:7)', [], 1]);
    expect(reason).toMatch(why);
  });

  it.each(['    - {}', '    - unheard: 1'])(
    'with a generator that is none cannot be mirrored: %s',
    async (generator) => {
      const { refused, unread } = toldOf(await made(applicationSet('s', generator, PLAIN)));
      expect([refused, unread]).toEqual([
        [expect.stringMatching(/^ApplicationSet s \(set.yaml:6\): a generator is not read: /)],
        [],
      ]);
    },
  );

  it('that makes nothing is told', async () => {
    const { catalog } = await made(applicationSet('s', '    - list: { elements: [] }', PLAIN));
    expect(catalog.notes).toEqual([
      'set.yaml:1: ApplicationSet s makes no application, its generators give nothing',
      'there is nothing to mirror in set.yaml: no chart comes of ApplicationSet s',
    ]);
  });

  it('fills in Go templates of a few forms, and tells of the others', async () => {
    const elements = (extra: string) => `    - list:
        elements:
          - { cluster: pr-1, addon: { name: Keda, version: "2.17.1" }${extra} }`;
    const go = '  goTemplate: true\n';
    const result = await made(applicationSet('s', elements(''), GO, go));
    expect(result.catalog.addons.map(lineOf)).toEqual(['pr-1-keda | addons | https://x.example keda | 2.17.1']);
    expect(result.catalog.addons.map(valuesOf)).toEqual([{ name: '"PR-1"', prefix: '1' }]);
    const more = GO.replace("{{ .addon.name | lower }}'\n        target", "{{ if .x }}a{{ end }}'\n        target");
    const told = toldOf(await made(applicationSet('s', elements(''), more, go)));
    expect(told.refused).toEqual([
      expect.stringMatching(
        /the chart "\{\{ if .x \}\}a\{\{ end \}\}" is a template \(\{\{ if .x \}\} is more than is filled in\)$/,
      ),
    ]);
    const named = GO.replace("'{{ .cluster | upper | quote }}'", "'{{ .missing.name }}'");
    const left = await made(applicationSet('s', elements(', namespace: own'), named, go));
    expect(left.catalog.addons.map(lineOf)).toEqual(['pr-1-keda | own | https://x.example keda | 2.17.1']);
    expect(left.catalog.addons.map(valuesOf)).toEqual([{ prefix: '1' }]);
    expect(toldOf(left).unread).toEqual([
      'ApplicationSet s, application pr-1-keda (set.yaml:19): the value name is left out: there is no .missing.name',
    ]);
  });

  const DIRECTORIES = {
    'co/charts/one/Chart.yaml': CHART,
    'co/charts/Two_b/Chart.yaml': CHART,
    'co/charts/skipped/Chart.yaml': CHART,
    'co/charts/.git/Chart.yaml': CHART,
    'co/other/Chart.yaml': CHART,
  };
  const DIRECTORY_TEMPLATE = (name: string, path: string) => `    metadata: { name: '${name}' }
    spec: { source: { repoURL: ${GIT}, path: '${path}', targetRevision: HEAD } }`;

  it('finds directories in a checkout, less those that are left out', async () => {
    const git = (more = '') => `    - git:
        repoURL: ${GIT}.git
        revision: HEAD
        directories: [{ path: "charts/*" }, { path: charts/skipped, exclude: true }]${more}`;
    const plain = applicationSet('s', git(), DIRECTORY_TEMPLATE('{{path[0]}}-{{path.basenameNormalized}}', '{{path}}'));
    expect(toldOf(await made(plain, DIRECTORIES)).refused).toEqual([
      expect.stringMatching(/^ApplicationSet s \(set.yaml:7\): its generator reads the Git repository/),
    ]);
    const checkouts = [`${GIT}=co`];
    const expected = [
      'charts-two-b | - | /in/co/charts/Two_b web-chart | newest',
      'charts-one | - | /in/co/charts/one web-chart | newest',
    ];
    const result = await made(plain, DIRECTORIES, checkouts);
    expect(result.catalog.addons.map(lineOf)).toEqual(expected);
    expect(result.catalog.notes).toEqual([expect.stringContaining('is read from co as it is there')]);
    const go = '  goTemplate: true\n';
    const prefixed = applicationSet(
      's',
      git('\n        pathParamPrefix: my'),
      DIRECTORY_TEMPLATE('{{ index .my.path.segments 0 }}-{{ .my.path.basenameNormalized }}', '{{ .my.path.path }}'),
      go,
    );
    expect((await made(prefixed, DIRECTORIES, checkouts)).catalog.addons.map(lineOf)).toEqual(expected);
  });

  it('reads files in a checkout, YAML and JSON, objects and lists of them', async () => {
    const files = {
      'co/clusters/a/config.json': '{"cluster":"a","chart":"app","version":"1.0.0","deep":{"list":[{"ns":"x"}]}}',
      'co/clusters/b/c/config.yaml':
        '- { cluster: b, chart: app, version: "2.0.0", deep: { list: [{ ns: y }] } }\n- { cluster: c, chart: app, version: "3.0.0", deep: { list: [{ ns: y }] } }\n',
      'co/clusters/d/broken.json': '{',
    };
    const git = `    - git:
        repoURL: ${GIT}
        files: [{ path: "clusters/*/config.*" }]
        values: { ns: "{{deep.list.0.ns}}-{{path.filename}}" }`;
    const text = applicationSet('s', git, PLAIN.replace('{{values.ns}}', '{{path.basename}}-{{deep.list.0.ns}}'));
    const result = await made(text, files, [`${GIT}=co`]);
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'a-app | a-x | https://x.example app | 1.0.0',
      'b-app | c-y | https://x.example app | 2.0.0',
      'c-app | c-y | https://x.example app | 3.0.0',
    ]);
  });

  it('multiplies generators, the later ones filled in from the earlier', async () => {
    const matrix = `    - matrix:
        generators:
          - list: { elements: [{ cluster: a, dir: one }, { cluster: b, dir: two }] }
          - git:
              repoURL: ${GIT}
              files: [{ path: "{{dir}}/*.yaml" }]`;
    const files = {
      'co/one/x.yaml': 'chart: app\nversion: "1"\nvalues: { ns: n }\n',
      'co/two/y.yaml': 'chart: app\nversion: "2"\nvalues: { ns: n }\n',
    };
    const result = await made(applicationSet('s', matrix, PLAIN), files, [`${GIT}=co`]);
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'a-app | n | https://x.example app | 1',
      'b-app | n | https://x.example app | 2',
    ]);
  });

  it('merges generators by keys, nested ones and selectors too', async () => {
    const merge = `    - merge:
        mergeKeys: [cluster]
        generators:
          - matrix:
              generators:
                - list: { elements: [{ cluster: a }, { cluster: b }, { cluster: c, skip: "yes" }] }
                - list: { elements: [{ chart: app, version: "1", values: { ns: n } }] }
          - list: { elements: [{ cluster: b, version: "2" }, { cluster: none, version: "3" }] }
      selector: { matchExpressions: [{ key: skip, operator: DoesNotExist }] }`;
    const result = await made(applicationSet('s', merge, PLAIN));
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'a-app | n | https://x.example app | 1',
      'b-app | n | https://x.example app | 2',
    ]);
  });

  it('says what only the cluster knows, and reads what does not need it', async () => {
    const clusters =
      '    - clusters:\n        values: { version: "1.0.0" }\n    - scmProvider: { github: { organization: o } }';
    const template = `    metadata: { name: "{{name}}-app" }
    spec:
      source: { repoURL: https://x.example, chart: app, targetRevision: "{{values.version}}", helm: { values: "a: {{name}}\\nb: 1" } }`;
    const result = await made(applicationSet('s', clusters, template, '  templatePatch: "x"\n'));
    expect(result.catalog.addons.map(lineOf)).toEqual(['app | - | https://x.example app | 1.0.0']);
    expect(result.catalog.addons.map(valuesOf)).toEqual([{ b: 1 }]);
    const { unread, refused } = toldOf(result);
    expect(unread).toContain('ApplicationSet s (set.yaml:5): its templatePatch is not applied');
    expect(unread).toContain(
      'ApplicationSet s (set.yaml:8): its generator clusters is not read: only the cluster knows what it gives',
    );
    expect(unread).toContain(
      'ApplicationSet s (set.yaml:9): its generator scmProvider is not read: only the cluster knows what it gives',
    );
    expect(refused).toEqual([expect.stringContaining('the version "{{values.version}}" is a template')]);
  });

  it('reads every variant where only the cluster knows which it gets', async () => {
    const merge = `    - merge:
        mergeKeys: [server]
        generators:
          - clusters: { values: { version: "1.0.0" } }
          - clusters: { selector: { matchLabels: { env: prod } }, values: { version: "2.0.0" } }`;
    const template = `    metadata: { name: "app" }
    spec: { source: { repoURL: https://x.example, chart: app, targetRevision: "{{values.version}}" } }`;
    const { catalog } = await made(applicationSet('s', merge, template));
    expect(catalog.addons.map(lineOf)).toEqual([
      'app | - | https://x.example app | 1.0.0',
      'app-2 | - | https://x.example app | 2.0.0',
    ]);
    expect(catalog.notes).toEqual([expect.stringContaining('with another version, this one is called "app-2"')]);
  });
});
