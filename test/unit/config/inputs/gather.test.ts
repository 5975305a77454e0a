import { describe, expect, it } from 'vitest';
import { gathered, lineOf, problemsOf, roundTrip, toldOf } from './gathering.ts';

const APPLICATION = (name: string, version: string, values = '') => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name} }
spec:
  destination: { namespace: n }
  source: { repoURL: https://x.example, chart: app, targetRevision: "${version}"${values} }
`;

const HELMFILE = `repositories: [{ name: x, url: https://x.example }]
releases:
  - { name: app, namespace: n, chart: x/app, version: "1.0.0" }
`;

describe('several inputs', () => {
  it('make one catalog, in which what is asked for twice is once', async () => {
    const contents = {
      'a/app.yaml': APPLICATION('app', '1.0.0'),
      'helmfile.yaml': HELMFILE,
      'v.yaml': 'web: { chart: web, repoURL: https://y.example, targetRevision: "2.0.0" }\n',
      'l.txt': 'https://x.example app 1.0.0\n',
    };
    const made = await gathered(contents, {
      manifests: ['a'],
      helmfiles: ['helmfile.yaml'],
      values: 'v.yaml',
      lists: ['l.txt'],
    });
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'web | - | https://y.example web | 2.0.0',
      'app | n | https://x.example app | 1.0.0',
      'app-2 | - | https://x.example app | 1.0.0',
    ]);
    expect(made.merged).toEqual([
      'release app of app 1.0.0 is declared 2 times (a/app.yaml:1 and helmfile.yaml:3), it is mirrored once',
    ]);
    expect(made.catalog.notes).toEqual([
      'l.txt:1: release "app" of chart "app" is declared at a/app.yaml:1 with another namespace, this one is called "app-2"',
    ]);
  });

  it('with other versions or values of a release stay apart, under names of their own', async () => {
    const contents = {
      'a.yaml': APPLICATION('app', '1.0.0'),
      'b.yaml': APPLICATION('app', '1.0.0', ', helm: { values: "a: 1" }'),
      'c.yaml': APPLICATION('app-c', '1.0.0', ', helm: { releaseName: app, values: "a: 2" }'),
    };
    const made = await gathered(contents, { manifests: ['.'] });
    expect(made.catalog.addons.map(({ release }) => release)).toEqual(['app', 'app-2', 'app-c']);
  });

  it('are selected from by chart', async () => {
    const contents = { 'a.yaml': APPLICATION('one', '1.0.0'), 'l.txt': 'https://x.example web 1.0.0\n' };
    const request = { manifests: ['a.yaml'], lists: ['l.txt'] };
    expect(
      (await gathered(contents, { ...request, onlyAddon: ['web'] })).catalog.addons.map(({ chart }) => chart),
    ).toEqual(['web']);
    expect(await problemsOf(contents, { ...request, excludeAddons: ['wep'] })).toEqual([
      '--exclude-addons: no chart is called "wep", write "web"',
    ]);
  });

  it('are refused with all that is wrong with them', async () => {
    const request = {
      manifests: ['none', 'empty'],
      checkouts: ['lost', 'co', 'https://h/r=lost'],
      values: ' ',
      helmfiles: ['x'],
    };
    expect(await problemsOf({ 'co/x': '', 'empty/a.yaml': 'kind: ConfigMap\n' }, request)).toEqual([
      '--values: no file is named, name a values file',
      '--checkout: there is no directory "lost", name a checkout of a Git repository',
      '--checkout: "co" does not tell which repository it is of, write the address in front: https://…=co',
      '--manifests: "none" is not there, name a file or a directory',
      '--manifests: "empty" holds no object of Argo CD or Flux, and no kustomization with charts, name a file or directory with Application, ApplicationSet or HelmRelease objects, or with helmCharts',
      '--helmfile: "x" is not there, name a helmfile',
    ]);
  });

  it('are told of what lies beside the manifests', async () => {
    const contents = {
      'r/apps/a.yaml': APPLICATION('app', '1.0.0'),
      'r/charts/one/Chart.yaml': 'name: one\n',
      'r/helmfile.yaml': HELMFILE,
    };
    expect((await gathered(contents, { manifests: ['r'] })).catalog.notes).toEqual([
      'there are charts that no manifest installs: r/charts/one; name with --chart what is to be read',
      'there are helmfiles: r/helmfile.yaml; name with --helmfile what is to be read',
    ]);
  });

  it('write a catalog that says where entries come from and what is missing', async () => {
    const helm = ', helm: { valueFiles: [in-chart.yaml], values: "a: 1" }';
    const local = APPLICATION('own', 'HEAD').replace('https://x.example, chart: app', 'https://h/r, path: charts/own');
    const contents = {
      'in/a.yaml': APPLICATION('app', '1.0.0', helm),
      'in/b.yaml': APPLICATION('bad', 'main'),
      'in/c.yaml': local,
      'co/charts/own/Chart.yaml': 'apiVersion: v2\nname: own\nversion: 1.0.0\n',
    };
    const { text, made, again } = await roundTrip(contents, { manifests: ['in'], checkouts: ['https://h/r=co'] });
    expect(text).toBe(`# Written by airgap-charts catalog generate from in.
addons:
  # in/a.yaml:1
  - chart: "app"
    repository: "https://x.example"
    oci_namespace: ""
    version: "1.0.0"
    release: "app"
    namespace: "n"
    values:
      a: 1
  # in/c.yaml:1
  - chart: "own"
    repository: "./co/charts/own"
    oci_namespace: ""
    release: "own"
    namespace: "n"
# Not mirrored:
#   Application bad (in/b.yaml:1): "main" is no version and no range
# Not read:
#   Application app (in/a.yaml:6): the values file "in-chart.yaml" is not read: it is in the chart
`);
    expect(again.addons.map(lineOf)).toEqual(made.catalog.addons.map(lineOf));
  });

  it('in which nothing is to be mirrored say what was read, whatever is selected', async () => {
    const project = 'apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: p }\n';
    const contents = {
      'a.yaml': project,
      'h.yaml': '{}\n',
      'l.json': '[{ "name": "a", "chart": "a-1.0.0", "status": "uninstalled" }]',
    };
    const request = { manifests: ['a.yaml'], helmfiles: ['h.yaml'], helmLists: ['l.json'] };
    const made = await gathered(contents, { ...request, onlyAddon: ['x'] });
    expect([made.catalog.addons, made.catalog.unmirrorable]).toEqual([[], []]);
    expect(made.catalog.notes.filter((note) => note.startsWith('there is nothing'))).toEqual([
      'there is nothing to mirror in a.yaml: no chart comes of AppProject p',
      'there is nothing to mirror in h.yaml: it lists no release that is installed',
      'there is nothing to mirror in l.json: it lists no release that is deployed',
    ]);
  });

  it('refuse a path that a catalog cannot name', async () => {
    const text = 'repositories: []\nreleases: [{ name: a, chart: "./{b}" }]\n';
    const made = await gathered({ 'h.yaml': text, '{b}/Chart.yaml': 'name: b\n' }, { helmfiles: ['h.yaml'] });
    expect(toldOf(made).refused).toEqual(['a (h.yaml:2): a catalog cannot name the path "/in/{b}"']);
  });
});
