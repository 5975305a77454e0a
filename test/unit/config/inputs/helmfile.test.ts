import { describe, expect, it } from 'vitest';
import { filesOf, gathered, lineOf, problemsOf, roundTrip, toldOf, valuesOf } from './gathering.ts';

const REPOSITORIES = `repositories:
  - { name: x, url: https://x.example/charts }
  - { name: reg, url: ghcr.io/org/charts, oci: true }
`;

async function made(text: string, more: Readonly<Record<string, string>> = {}, environment = 'default') {
  return gathered(
    { 'helmfile.yaml': text, ...more },
    { helmfiles: ['helmfile.yaml'], helmfileEnvironment: environment },
  );
}

const LOCAL = { 'charts/own/Chart.yaml': 'apiVersion: v2\nname: own-chart\nversion: 1.0.0\n' };

describe('a helmfile', () => {
  it('names releases of charts in repositories, registries and directories', async () => {
    const text = `${REPOSITORIES}releases:
  - { name: a, namespace: n, chart: x/app, version: 1.2.3 }
  - { name: b, chart: reg/sub/app, version: "~1.2" }
  - { name: c, chart: oci://quay.io/o/app, version: 2.0.0 }
  - { name: d, chart: ./charts/own }
  - { name: e, chart: lost/app, version: 1.0.0 }
  - { name: f, chart: ./charts/none }
  - { name: g, chart: "git::https://h/r/charts/app" }
  - { name: h, chart: x/app, installed: false }
  - { name: i, chart: x/app, version: 1.0.0, condition: i.enabled, secrets: [s.yaml], dependencies: [{ chart: x/y }] }
`;
    const result = await made(text, LOCAL);
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'a | n | https://x.example/charts app | 1.2.3',
      'b | - | oci://ghcr.io/org/charts/sub/app | ~1.2',
      'c | - | oci://quay.io/o/app | 2.0.0',
      'd | - | /in/charts/own own-chart | newest',
      'i | - | https://x.example/charts app | 1.0.0',
    ]);
    expect(toldOf(result)).toEqual({
      refused: [
        'release e (helmfile.yaml:9): no repository is called "lost"',
        'release f (helmfile.yaml:10): there is no chart at "./charts/none"',
        'release g (helmfile.yaml:11): its chart "git::https://h/r/charts/app" is fetched from elsewhere',
        'release i, dependency (helmfile.yaml:13): the chart "x/y" is added by helmfile alone',
      ],
      unread: ['release i (helmfile.yaml:13): its secrets are not read'],
    });
    expect(result.catalog.notes).toEqual([
      'helmfile.yaml:12: release h is not installed, it is left out',
      'helmfile.yaml:13: release i depends on i.enabled, it is mirrored in any case',
    ]);
  });

  it('puts values together in order: files as files where a catalog can say it', async () => {
    const text = `${REPOSITORIES}releases:
  - name: a
    chart: x/app
    version: "1"
    values: [v/one.yaml, v/two.yaml, { k: { c: 3 } }, { k: { d: 0644 } }]
    set: [{ name: k.e, value: 5 }, { name: "l[0]" }]
    setString: [{ name: k.f, value: 6 }]
  - { name: b, chart: x/app, version: "1", values: [{ k: { a: inline, b: inline } }, v/one.yaml] }
  - { name: c, chart: x/app, version: "1", missingFileHandler: Warn, values: [v/none.yaml, v/t.yaml.gotmpl, "v/*.yaml"] }
  - { name: d, chart: x/app, version: "1", values: [v/none.yaml, v/plain.yaml.gotmpl, v/list.yaml] }
`;
    const files = {
      'v/one.yaml': 'k: { a: 1, list: [a] }\n',
      'v/two.yaml': 'k: { b: 2 }\n',
      'v/t.yaml.gotmpl': 'a: {{ .Values.a }}\n',
      'v/plain.yaml.gotmpl': 'a: 1\n',
      'v/list.yaml': '- a\n',
    };
    const { catalog, ...rest } = await made(text, files);
    const [a, b, c, d] = catalog.addons;
    expect([filesOf(a), filesOf(b), filesOf(c), filesOf(d)]).toEqual([[], [], [], ['v/plain.yaml.gotmpl']]);
    expect(valuesOf(a)).toEqual({ k: { a: 1, b: 2, c: 3, d: 644, e: 5, f: '6', list: ['a'] } });
    expect(valuesOf(b)).toEqual({ k: { a: 1, b: 'inline', list: ['a'] } });
    expect(toldOf({ catalog, ...rest }).unread).toEqual([
      'release a (helmfile.yaml:9): set "l[0]" is left out: it is no plain value',
      'release c (helmfile.yaml:12): the values "v/t.yaml.gotmpl" are not read: this is a template',
      'release c (helmfile.yaml:12): the values "v/*.yaml" are not read: this is no plain path',
      'release d (helmfile.yaml:13): the values file "v/none.yaml" is not there',
      'release d (helmfile.yaml:13): the values file "v/list.yaml" is not read (it is no map)',
    ]);
    const ordered = text.replace('{ name: "l[0]" }', '{ name: l, value: 0 }');
    const second = (await made(ordered, files)).catalog.addons[0];
    expect(filesOf(second)).toEqual(['v/one.yaml', 'v/two.yaml']);
    expect(valuesOf(second)).toEqual({ k: { c: 3, d: 644, e: 5, f: '6' }, l: 0 });
  });

  it('fills in templates from the environment that is asked for', async () => {
    const text = `bases: [base.yaml]
---
${REPOSITORIES}releases:
  - name: {{ .Environment.Name }}-app
    namespace: {{ .Values.namespace | default "apps" | quote }}
    chart: x/app
    version: {{ .Values.app.version | quote }}
    values:
      - name: "{{\`{{ .Release.Name }}\`}}"
        other: {{ requiredEnv "OTHER" | quote }}
`;
    const base = `environments:
  default: { values: [{ app: { version: 1.0.0 } }] }
  prod: { values: [env/prod.yaml, env/secret.yaml.gotmpl], secrets: [s.yaml] }
`;
    const more = { 'base.yaml': base, 'env/prod.yaml': 'namespace: live\napp: { version: 2.0.0 }\n' };
    const first = await made(text, more);
    expect(first.catalog.addons.map(lineOf)).toEqual(['default-app | apps | https://x.example/charts app | 1.0.0']);
    expect(valuesOf(first.catalog.addons[0])).toEqual({ name: 'default-app' });
    expect(toldOf(first).unread).toEqual([
      'release apps/default-app (helmfile.yaml:13): the value other is left out: {{ requiredEnv "OTHER" | quote }} is more than is filled in',
    ]);
    const prod = await made(text, more, 'prod');
    expect(prod.catalog.addons.map(lineOf)).toEqual(['prod-app | live | https://x.example/charts app | 2.0.0']);
    expect(toldOf(prod).unread).toHaveLength(3);
    expect(toldOf(await made(text, more, 'none')).unread).toContain(
      'helmfile.yaml (helmfile.yaml:1): it has no environment "none"',
    );
  });

  it('tells of what is more of a template than that', async () => {
    const text = `${REPOSITORIES}releases:
{{- range .Values.apps }}
  - name: {{ . }}
{{- end }}
`;
    expect(toldOf(await made(text)).refused).toEqual([
      expect.stringMatching(
        /^helmfile.yaml \(helmfile.yaml:\d\): templates \(lines 5, 6 and 7\) make this no YAML; write what helmfile build makes/,
      ),
    ]);
    const one = `${REPOSITORIES}releases: [{ name: a, chart: "{{ env \\"X\\" }}/app" }, { name: b, chart: x/app, version: '{{ env "V" }}' }]\n`;
    expect(toldOf(await made(one)).refused).toEqual([
      'release a (helmfile.yaml:4): the chart "{{ env \\"X\\" }}/app" is a template ({{ env \\"X\\" }} is more than is filled in)'.replaceAll(
        '\\"',
        '"',
      ),
      'release b (helmfile.yaml:4): the version "{{ env "V" }}" is a template ({{ env "V" }} is more than is filled in)',
    ]);
  });

  it('follows nested helmfiles, patterns, directories and templates of releases', async () => {
    const text = `helmfiles: [sub/*.yaml, { path: other.yaml, values: [{ a: 1 }] }, lost.yaml, "git::https://h/r"]
templates:
  base: { chart: x/app, version: 3.0.0, values: [{ t: 1 }] }
${REPOSITORIES}releases:
  - { name: a, inherit: [{ template: base }] }
  - { name: b, inherit: [{ template: none }], chart: x/app }
`;
    const sub = (name: string) => `${REPOSITORIES}releases: [{ name: ${name}, chart: x/app, version: "1" }]\n`;
    const more = { 'sub/a.yaml': sub('s1'), 'sub/b.yaml': sub('s2'), 'sub/c.txt': sub('s3'), 'other.yaml': sub('o') };
    const result = await made(text, more);
    expect(result.catalog.addons.map(({ release }) => release)).toEqual(['a', 'b', 's1', 's2', 'o']);
    expect(valuesOf(result.catalog.addons[0])).toEqual({ t: 1 });
    expect(toldOf(result).refused).toHaveLength(2);
    expect(toldOf(result).unread).toEqual([
      'release b (helmfile.yaml:9): there is no template "none"',
      'helmfile.yaml (helmfile.yaml:1): values and selectors given to "other.yaml" are not applied',
    ]);
    const directory = await gathered(more, { helmfiles: ['sub'] });
    expect(directory.catalog.addons.map(({ release }) => release)).toEqual(['s1', 's2']);
    expect(await problemsOf(more, { helmfiles: ['none.yaml'] })).toEqual([
      '--helmfile: "none.yaml" is not there, name a helmfile',
    ]);
  });

  it('becomes a catalog that loads and asks for the same', async () => {
    const text = `${REPOSITORIES}releases:
  - { name: a, namespace: n, chart: x/app, version: 1.2.3, values: [v.yaml, { b: "2" }] }
  - { name: b, chart: reg/app, version: "~1.2" }
  - { name: d, chart: ./charts/own }
`;
    const contents = { 'helmfile.yaml': text, 'v.yaml': 'a: 1\n', ...LOCAL };
    const { made: first, again } = await roundTrip(contents, { helmfiles: ['helmfile.yaml'] });
    expect(again.addons.map(lineOf)).toEqual(first.catalog.addons.map(lineOf));
    expect(filesOf(again.addons[0])).toEqual(['v.yaml']);
    expect(valuesOf(again.addons[0])).toEqual({ b: '2' });
  });
});
