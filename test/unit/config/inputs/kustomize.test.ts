import { describe, expect, it } from 'vitest';
import { filesOf, gathered, lineOf, problemsOf, roundTrip, toldOf, valuesOf } from './gathering.ts';

const OWN = { 'k/charts/own/Chart.yaml': 'apiVersion: v2\nname: own-chart\nversion: 1.0.0\n' };

async function made(text: string, more: Readonly<Record<string, string>> = {}) {
  return gathered({ 'k/kustomization.yaml': text, ...more }, { manifests: ['k'] });
}

/** A kustomization with one chart `x`, and what else its entry says. */
function chart(rest: string): string {
  return `helmCharts:\n- { name: x, repo: https://x.example, version: 1.0.0, releaseName: x, ${rest} }\n`;
}

describe('a kustomization with charts', () => {
  it('names charts of repositories, registries and directories', async () => {
    const text = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: apps
helmCharts:
  - { name: app, repo: https://x.example/charts, version: 1.2.3, releaseName: a, kubeVersion: "1.30", apiVersions: [a/v1] }
  - { name: app, repo: oci://ghcr.io/org/charts/, version: "~1.2", namespace: own, nameTemplate: b, includeCRDs: true }
  - { name: own, releaseName: c }
  - { name: app, repo: https://x.example/charts, releaseName: d }
  - { name: lost, releaseName: e }
  - { releaseName: f, repo: https://x.example/charts }
  - { name: app, repo: https://x.example/charts, version: 1.0.0, valuesMerge: deep }
  - { name: app, repo: https://x.example/charts, version: 1.2.4, nameTemplate: "{{ .Chart }}", skipHooks: true, skipTests: true }
  - { name: own, repo: https://x.example/charts }
`;
    const result = await made(text, OWN);
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'a | apps | https://x.example/charts app | 1.2.3',
      'b | own | oci://ghcr.io/org/charts/app | ~1.2',
      'c | apps | /in/k/charts/own own-chart | newest',
      'app | apps | https://x.example/charts app | 1.2.4',
      'own-chart | apps | /in/k/charts/own own-chart | newest',
    ]);
    expect(result.catalog.addons[0]).toMatchObject({ kubeVersion: '1.30', apiVersions: ['a/v1'] });
    expect(toldOf(result)).toEqual({
      refused: [
        'helm chart apps/d (k/kustomization.yaml:8): it names no version: kustomize takes what is newest on that day; write the version',
        'helm chart apps/e (k/kustomization.yaml:9): it names no repo, and there is no chart at "k/charts/lost"',
        'helm chart apps/f (k/kustomization.yaml:10): it names no chart',
        'helm chart apps/app (k/kustomization.yaml:11): its valuesMerge "deep" is none of override, merge, replace',
      ],
      unread: [
        'helm chart apps (k/kustomization.yaml:12): the release name "{{ .Chart }}" is a template, the release is called app here',
      ],
    });
    expect(result.catalog.notes).toContain(
      'k/kustomization.yaml:12: helm chart apps has skipHooks and skipTests, the images of these are mirrored all the same',
    );
  });

  it('reads charts where chartHome says, and tells a copy of a published one', async () => {
    const text = `helmGlobals: { chartHome: ../shelf }
helmCharts: [{ name: own }, { name: x, repo: https://x.example, version: 1.0.0 }, { name: empty }]
`;
    const shelf = {
      'shelf/own/Chart.yaml': 'name: own\nversion: 1.0.0\n',
      'shelf/x-1.0.0/x/Chart.yaml': 'name: x\nversion: 1.0.0\n',
      'shelf/empty/a.txt': '',
    };
    const result = await made(text, shelf);
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'own | - | /in/shelf/own own | newest',
      'x | - | https://x.example x | 1.0.0',
    ]);
    expect(result.catalog.notes).toContain(
      'k/kustomization.yaml:2: helm chart x is taken from its repository; kustomize takes the copy in shelf/x-1.0.0/x as it is there',
    );
    expect(toldOf(result).refused).toEqual(['helm chart empty (k/kustomization.yaml:2): "shelf/empty" holds no chart']);
    for (const [home, why] of [
      ['/abs', 'its path is absolute'],
      ['../../out', 'it is outside of the checkout'],
    ]) {
      const away = await made(`helmGlobals: { chartHome: ${home} }\nhelmCharts: [{ name: own }]\n`);
      expect(toldOf(away).refused[0]).toContain(`it names no repo, and the chart at `);
      expect(toldOf(away).refused[0]).toContain(why);
    }
  });

  it('takes the older generator, as kustomize turns it into entries', async () => {
    const text = `helmChartInflationGenerator:
- { chartName: x, chartRepoUrl: https://x.example, chartVersion: 1.0.0, values: v.yaml, releaseName: r, releaseNamespace: n }
- chartName: own
  chartHome: elsewhere
  extraArgs: [--debug]
  valuesLocal: { a: 1 }
`;
    const files = { 'k/v.yaml': 'b: 2\n', 'k/elsewhere/own/Chart.yaml': 'name: own\nversion: 1.0.0\n' };
    const result = await made(text, files);
    expect(result.catalog.addons.map(lineOf)).toEqual([
      'r | - | https://x.example x | 1.0.0',
      'own | - | /in/k/elsewhere/own own | newest',
    ]);
    expect(result.catalog.addons.map(filesOf)).toEqual([['k/v.yaml'], []]);
    expect(valuesOf(result.catalog.addons[1])).toEqual({ a: 1 });
    expect(toldOf(result).unread).toEqual([
      'helm chart r (k/kustomization.yaml:2): its releaseNamespace is not used: kustomize does not use it',
      'helm chart own (k/kustomization.yaml:5): its extraArgs is not used: kustomize does not use it',
    ]);
  });

  it('takes generators of charts that stand in files', async () => {
    const generator = `apiVersion: builtin
kind: HelmChartInflationGenerator
metadata: { name: g }
name: x
repo: https://x.example
version: 1.0.0
releaseName: g
valuesInline: { a: 1 }
`;
    const text = `namespace: apps
generators:
- gen.yaml
- ../../gen.yaml
- |
  kind: HelmChartInflationGenerator
- other.yaml
`;
    const result = await made(text, { 'k/gen.yaml': generator, 'k/other.yaml': 'kind: ConfigMapGenerator\n' });
    expect(result.catalog.addons.map(lineOf)).toEqual(['g | - | https://x.example x | 1.0.0']);
    expect(result.catalog.addons[0]?.places[0]).toMatchObject({ file: 'k/gen.yaml', line: 1 });
    expect(toldOf(result).refused).toEqual([
      'generator ../../gen.yaml (k/kustomization.yaml:4): it is not read: it is outside of the checkout',
      'generator (k/kustomization.yaml:5): write the HelmChartInflationGenerator to a file of its own',
    ]);
  });

  it('puts values together as kustomize does, as files where a catalog can say it', async () => {
    const files = {
      'k/v.yaml': 'a: { b: file, c: file, l: [1] }\n',
      'k/blank.yaml': 'a: { b: file }\nempty:\nkept: null\n',
      'k/more.yaml': 'a: { b: more }\n',
    };
    const cases: readonly (readonly [string, readonly string[], unknown])[] = [
      ['valuesFile: v.yaml', ['k/v.yaml'], undefined],
      ['valuesFile: v.yaml, additionalValuesFiles: [more.yaml]', ['k/v.yaml', 'k/more.yaml'], undefined],
      ['valuesFile: v.yaml, valuesInline: { a: { b: inline } }', ['k/v.yaml'], { a: { b: 'inline' } }],
      // null takes the key away, so that the chart's own value counts
      ['valuesFile: v.yaml, valuesInline: { a: { b: null } }', [], { a: { c: 'file', l: [1] } }],
      ['valuesFile: blank.yaml, valuesInline: { x: 1 }', [], { a: { b: 'file' }, kept: null, x: 1 }],
      ['valuesInline: { a: { b: null, c: 1 }, d: null }', [], { a: { c: 1 } }],
      [
        'valuesFile: v.yaml, valuesMerge: merge, valuesInline: { a: { b: inline, d: null }, e: 1 }',
        [],
        { a: { b: 'file', c: 'file', l: [1], d: null }, e: 1 },
      ],
      ['valuesFile: v.yaml, valuesMerge: replace, valuesInline: { a: null }', [], { a: null }],
      ['valuesFile: v.yaml, valuesMerge: replace, valuesInline: {}', ['k/v.yaml'], undefined],
      ['valuesInline: { a: { b: 1, c: 2 } }, additionalValuesFiles: [more.yaml]', [], { a: { b: 'more', c: 2 } }],
    ];
    for (const [rest, named, values] of cases) {
      const result = await made(chart(rest), files);
      const [addon] = result.catalog.addons;
      expect([filesOf(addon), valuesOf(addon)], rest).toEqual([named, values]);
      expect(toldOf(result), rest).toEqual({ refused: [], unread: [] });
    }
  });

  it('tells values that cannot be read', async () => {
    const files = { 'k/v.yaml': 'a: { b: 1 }\n', 'secret.yaml': 'a: 1\n', 'k/list.yaml': '- 1\n' };
    const cases: readonly (readonly [string, string])[] = [
      ['valuesFile: /etc/v.yaml', 'the values file "/etc/v.yaml" is not read: its path is absolute'],
      ['valuesFile: ../../v.yaml', 'the values file "../../v.yaml" is not read: it is outside of the checkout'],
      ['valuesFile: "https://h/v.yaml"', 'the values file "https://h/v.yaml" is not read: it is at a URL'],
      ['additionalValuesFiles: [none.yaml]', 'the values file "k/none.yaml" is not there'],
      ['valuesFile: list.yaml', 'the values file "k/list.yaml" is not read (it is no map)'],
      ['valuesInline: [1]', 'its valuesInline are not read: they are no map'],
      ['valuesInline: { a: { $patch: delete } }', 'its valuesInline are not read: they hold a $patch'],
      [
        'valuesInline: { a: 1 }, valuesMerge: merge',
        "its valuesInline are not read: with valuesMerge: merge the chart's own values go before them",
      ],
      [
        'valuesFile: v.yaml, valuesInline: { a: 1 }',
        'the value a is of two kinds, which kustomize refuses; that of valuesInline or of the file on top is taken',
      ],
    ];
    for (const [rest, told] of cases) {
      const result = await made(chart(rest), files);
      expect(toldOf(result).unread, rest).toEqual([`helm chart x (k/kustomization.yaml:2): ${told}`]);
    }
  });

  it("puts valuesInline under a local chart's own values where they are merged so", async () => {
    const text = 'helmCharts: [{ name: own, valuesMerge: merge, valuesInline: { a: 1, b: 1 } }]\n';
    const result = await made(text, { ...OWN, 'k/charts/own/values.yaml': 'a: chart\n' });
    expect(valuesOf(result.catalog.addons[0])).toEqual({ a: 'chart', b: 1 });
  });

  it('reads nothing outside of the checkout, and everything in it', async () => {
    const text = chart('valuesFile: ../../shared/v.yaml');
    const files = { 'repo/.git/config': '', 'repo/deploy/k/kustomization.yaml': text, 'repo/shared/v.yaml': 'a: 1\n' };
    const inside = await gathered(files, { manifests: ['repo/deploy'] });
    expect(filesOf(inside.catalog.addons[0])).toEqual(['repo/shared/v.yaml']);
    const { 'repo/.git/config': _none, ...rest } = files;
    const out = { 'repo/.git/config': '', 'repo/deploy/k/kustomization.yaml': text.replace('../..', '../../..') };
    const outside = await gathered({ ...rest, ...out, 'shared/v.yaml': 'a: 1\n' }, { manifests: ['repo/deploy'] });
    expect(toldOf(outside).unread[0]).toContain('it is outside of the checkout');
  });

  it('is told from that of Flux, and from others called so, under each of its names', async () => {
    const flux = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nhelmCharts: [{ name: x }]\n';
    const component = `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${chart('')}`;
    const contents = {
      'a/kustomization.yaml': flux,
      'b/kustomization.yml': component,
      'c/Kustomization': chart('namespace: c'),
      'd/other.yaml': chart('namespace: d'),
      'e/kustomization.yaml': chart('namespace: e'),
      'e/Kustomization': '{}\n',
      'f/kustomization.yaml': 'helmCharts: [{ name: x\n',
    };
    const result = await gathered(contents, { manifests: ['.'] });
    expect(result.catalog.addons.map(({ places }) => places[0]?.file)).toEqual([
      'b/kustomization.yml',
      'c/Kustomization',
    ]);
    expect(toldOf(result).refused).toEqual([
      expect.stringMatching(/^kustomization.yaml \(f\/kustomization.yaml:\d\): this file is not read: /),
      'kustomization.yaml (e/kustomization.yaml:1): kustomize refuses a directory with kustomization.yaml and Kustomization',
    ]);
    expect(await problemsOf({ 'd/other.yaml': chart('') }, { manifests: ['d'] })).toEqual([
      '--manifests: "d" holds no object of Argo CD or Flux, and no kustomization with charts, name a file or directory with Application, ApplicationSet or HelmRelease objects, or with helmCharts',
    ]);
    const one = await gathered({ 'c/Kustomization': chart('') }, { manifests: ['c/Kustomization'] });
    expect(one.catalog.addons).toHaveLength(1);
  });

  it('is not told as unread where an Application has it, if its charts are read', async () => {
    const git = 'https://git.example/r.git';
    const app = (path: string) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: ${path} }\nspec: { source: { repoURL: "${git}", path: ${path} } }\n`;
    const contents = {
      '.git/config': `[remote "o"]\n\turl = ${git}\n`,
      'apps/a.yaml': app('k'),
      'apps/b.yaml': app('none'),
      'k/kustomization.yaml': chart(''),
      'none/Kustomization': 'generators: [secrets.yaml]\n',
      'none/secrets.yaml': 'kind: SecretGenerator\n',
    };
    const result = await gathered(contents, { manifests: ['.'] });
    expect(result.catalog.addons.map(({ release }) => release)).toEqual(['x']);
    expect(result.catalog.notes).toContain('Application k is of the manifests in k, which are read here themselves');
    expect(toldOf(result).refused).toEqual([
      expect.stringMatching(/^Application none .*\(it is a kustomization: name it with --manifests/),
    ]);
  });

  it('has the namespace of those that take it in, and their changes are told', async () => {
    const overlay = (namespace: string) => `namespace: ${namespace}\nresources: [../base]\nimages: [{ name: nginx }]\n`;
    const base = { 'base/kustomization.yaml': `components: [../part]\n`, 'part/kustomization.yaml': chart('') };
    const one = await gathered({ ...base, 'dev/kustomization.yaml': overlay('dev') }, { manifests: ['.'] });
    expect(one.catalog.addons.map(lineOf)).toEqual(['x | dev | https://x.example x | 1.0.0']);
    expect(toldOf(one).unread).toEqual([
      'kustomization.yaml (dev/kustomization.yaml:3): its images are not applied to the charts',
    ]);
    const contents = {
      ...base,
      'dev/kustomization.yaml': overlay('dev'),
      'prod/kustomization.yaml': overlay('prod'),
    };
    const two = await gathered(contents, { manifests: ['.'] });
    expect(two.catalog.addons.map(lineOf)).toEqual(['x | - | https://x.example x | 1.0.0']);
    expect(toldOf(two).unread[0]).toBe(
      'helm chart x (part/kustomization.yaml:2): it is taken in with the namespaces "dev", "prod": none is carried, write one',
    );
  });

  it('becomes a catalog that loads and asks for the same; the same twice is one', async () => {
    const text = chart('namespace: n, valuesFile: v.yaml, valuesInline: { b: "2" }');
    const contents = {
      'k/kustomization.yaml': text,
      'k/v.yaml': 'a: 1\n',
      'one/kustomization.yaml': chart('namespace: m'),
      'two/kustomization.yaml': chart('namespace: m'),
    };
    const { made: first, again } = await roundTrip(contents, { manifests: ['k', 'one', 'two'] });
    expect(again.addons.map(lineOf)).toEqual(first.catalog.addons.map(lineOf));
    expect(first.catalog.addons.map(lineOf)).toEqual([
      'x | n | https://x.example x | 1.0.0',
      'm-x | m | https://x.example x | 1.0.0',
    ]);
    expect(first.merged).toHaveLength(1);
    expect([filesOf(again.addons[0]), valuesOf(again.addons[0])]).toEqual([['k/v.yaml'], { b: '2' }]);
  });
});
