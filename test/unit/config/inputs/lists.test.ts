import { describe, expect, it } from 'vitest';
import { chartSplits } from '../../../../src/config/inputs/helm-list.ts';
import { gathered, lineOf, problemsOf, toldOf, valuesOf } from './gathering.ts';

describe('a list of charts', () => {
  it('names charts in three forms', async () => {
    const list = `# charts
https://x.example/charts  app  1.2.3
oci://ghcr.io/org/charts/web:1.0.0_b1   # a remark
oci://ghcr.io/org/charts/other@2.0.0
https://x.example/charts ns/third@~1.2
ghcr.io/org fourth
`;
    const made = await gathered({ 'charts.txt': list }, { lists: ['charts.txt'] });
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'app | - | https://x.example/charts app | 1.2.3',
      'web | - | oci://ghcr.io/org/charts/web | 1.0.0+b1',
      'other | - | oci://ghcr.io/org/charts/other | 2.0.0',
      'third | - | https://x.example/charts third | ~1.2',
      'fourth | - | oci://ghcr.io/org/fourth | newest',
    ]);
  });

  it('is refused with every line that is wrong', async () => {
    const list =
      'app\nhttps://x.example a b c\n  https://x.example app main\nhttps://u:p@x.example app 1\noci://ghcr.io\n';
    const problems = await problemsOf({}, { lists: ['-'], input: async () => list });
    expect(problems.map((line) => line.replace(/, write .*/, ''))).toEqual([
      'standard input:1:1: "app" names no chart',
      'standard input:2:1: "https://x.example a b c" names no chart',
      'standard input:3:3: "main" is no version and no range',
      'standard input:4:1: repository "https://***@x.example" holds a user name or password',
      'standard input:5:1: "oci://ghcr.io" names no chart',
    ]);
    expect(await problemsOf({ 'l.txt': '# nothing\n' }, { lists: ['l.txt'] })).toEqual([
      expect.stringContaining('--list: l.txt names no chart'),
    ]);
    expect(await problemsOf({}, { lists: ['l.txt'] })).toEqual([
      expect.stringContaining('"l.txt" cannot be read (ENOENT)'),
    ]);
  });
});

const REPOSITORIES = `charts:
  app: https://x.example/charts
  my-app: oci://ghcr.io/org/charts
  my-app-1.0.0: https://y.example
`;

function release(name: string, chart: string, status = 'deployed'): unknown {
  return { name, namespace: 'n', revision: '1', updated: 'x', status, chart, app_version: '1' };
}

describe('what helm lists of a cluster', () => {
  it('has charts whose names and versions are told apart', () => {
    const told = (text: string) => chartSplits(text).map(({ chart, version }) => `${chart} ${version}`);
    expect(told('my-app-1.2.3')).toEqual(['my-app 1.2.3']);
    expect(told('cert-manager-v1.13.0')).toEqual(['cert-manager v1.13.0']);
    expect(told('app-2-1.2.3-rc.1')).toEqual(['app-2 1.2.3-rc.1']);
    expect(told('my-app-1.0.0-2.0.0')).toEqual(['my-app 1.0.0-2.0.0', 'my-app-1.0.0 2.0.0']);
    expect(told('app-1.2')).toEqual(['app 1.2']);
    expect(told('app')).toEqual([]);
    expect(told('-1.2.3')).toEqual([]);
  });

  it('becomes entries where the repositories name the chart, and is told otherwise', async () => {
    const list = [
      release('a', 'app-1.2.3'),
      release('b', 'my-app-1.0.0-rc.1+b'),
      release('c', 'other-1.0.0'),
      release('d', 'my-app-1.0.0-2.0.0'),
      release('e', 'app-1.2.3', 'failed'),
      release('s', 'app-1.2.3', 'pending-upgrade'),
      release('t', 'app-1.2.3', 'uninstalled'),
      release('f', 'nothing'),
    ];
    const request = { helmLists: ['-'], repositories: 'r.yaml', input: async () => JSON.stringify(list) };
    const made = await gathered({ 'r.yaml': REPOSITORIES }, request);
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'a | n | https://x.example/charts app | 1.2.3',
      'b | n | oci://ghcr.io/org/charts/my-app | 1.0.0-rc.1+b',
    ]);
    expect(toldOf(made).refused).toEqual([
      'release n/c (standard input:1): --repositories names no repository of the chart "other" (other-1.0.0)',
      'release n/d (standard input:1): "my-app-1.0.0-2.0.0" can be read as "my-app" and as "my-app-1.0.0"',
      'release n/e (standard input:1): app-1.2.3 is failed, only what is deployed is taken',
      'release n/s (standard input:1): app-1.2.3 is pending-upgrade, only what is deployed is taken',
      'release n/f (standard input:1): no version can be told in "nothing"',
    ]);
    expect(made.catalog.notes).toEqual([
      'release n/t of app-1.2.3 is uninstalled, only what is deployed is taken',
      'standard input: helm does not list values; releases are read without theirs',
    ]);
  });

  it('is refused with all that is wrong with it and with its repositories', async () => {
    const bad = 'charts: { app: ./charts, "a b": https://x.example, other: https://u:p@x.example }\nmore: 1\n';
    const request = { helmLists: ['l.json'], repositories: 'r.yaml' };
    expect(await problemsOf({ 'l.json': '{}', 'r.yaml': bad }, request)).toEqual([
      expect.stringMatching(/^r.yaml:1:\d+: the key "a b" cannot be "a b", write a chart name like "keda"$/),
      'r.yaml:2:1: unknown key "more", write "charts"',
      expect.stringMatching(/^--helm-list: l.json is no list of releases in JSON/),
    ]);
    expect(
      await problemsOf({ 'l.json': '[]', 'r.yaml': bad.replace('"a b"', 'ab').replace('more: 1\n', '') }, request),
    ).toEqual([
      expect.stringMatching(/^r.yaml:1:16: the repository of "app" is no URL and no registry host/),
      expect.stringMatching(/^r.yaml:1:.*holds a user name or password/),
      expect.stringMatching(/^--helm-list: l.json names no release/),
    ]);
    expect(
      await problemsOf({ 'l.txt': 'https://x.example app 1\n' }, { lists: ['-', '-'], repositories: 'r.yaml' }),
    ).toEqual([
      '--repositories: there is no list of releases to use it for, add --helm-list, or leave it out',
      'command line: standard input is named more than once, write one of the two to a file',
      expect.stringContaining('--list: standard input names no chart'),
    ]);
  });
});

const UMBRELLA = `apiVersion: v2
name: umbrella
version: 1.0.0
dependencies:
  - { name: app, version: 1.x, repository: https://x.example/charts }
  - { name: app, alias: second, version: ">=2.0.0", repository: https://x.example/charts, condition: second.enabled }
  - { name: web, version: 1.0.0, repository: oci://ghcr.io/org/charts, import-values: [x] }
  - { name: own, version: 0.1.0, repository: file://../own }
  - { name: inside, version: 0.1.0 }
  - { name: packed, version: 0.1.0 }
  - { name: gone, version: 0.1.0 }
  - { name: alias, version: 0.1.0, repository: "@stable" }
`;

describe('a chart with dependencies', () => {
  const contents = {
    'u/Chart.yaml': UMBRELLA,
    'u/Chart.lock':
      'dependencies:\n- { name: app, repository: https://x.example/charts, version: 1.4.2 }\n- { name: app, repository: https://x.example/charts, version: 2.1.0 }\n- { name: web, repository: oci://ghcr.io/org/charts, version: 9.9.9 }\n',
    'u/values.yaml':
      'global: { tier: 1 }\napp: { mode: 0644, global: { tier: 0, own: true } }\nsecond: { on: true }\nother: 1\n',
    'own/Chart.yaml': 'apiVersion: v2\nname: own\nversion: 0.1.0\n',
    'u/charts/inside/Chart.yaml': 'apiVersion: v2\nname: inside\nversion: 0.1.0\n',
    'u/charts/packed-0.1.0.tgz': '',
  };

  it('gives a release of each, at the version of a lock that fits, with the values below its name', async () => {
    const made = await gathered(contents, { charts: ['u'] });
    expect(made.catalog.addons.map(lineOf)).toEqual([
      'app | - | https://x.example/charts app | 1.4.2',
      'second | - | https://x.example/charts app | 2.1.0',
      'web | - | oci://ghcr.io/org/charts/web | 1.0.0',
      'own | - | /in/own own | newest',
      'inside | - | /in/u/charts/inside inside | newest',
      'packed | - | /in/u/charts/packed-0.1.0.tgz packed | newest',
    ]);
    expect(valuesOf(made.catalog.addons[0])).toEqual({ mode: 644, global: { tier: 1, own: true } });
    expect(valuesOf(made.catalog.addons[1])).toEqual({ on: true, global: { tier: 1 } });
    expect(toldOf(made)).toEqual({
      refused: [
        'dependency gone (u/Chart.yaml:11): it names no repository, and there is no "charts/gone"',
        `dependency alias (u/Chart.yaml:12): the repository "@stable" is a name that only helm's own configuration knows`,
      ],
      unread: ['dependency web (u/Chart.yaml:7): its import-values are not applied'],
    });
  });

  it('may be of the older form, and must have some', async () => {
    const old = {
      'o/Chart.yaml': 'name: o\nversion: 1.0.0\n',
      'o/requirements.yaml': 'dependencies: [{ name: app, version: "1", repository: https://x.example }]\n',
    };
    expect((await gathered(old, { charts: ['o/Chart.yaml'] })).catalog.addons.map(lineOf)).toEqual([
      'app | - | https://x.example app | 1',
    ]);
    expect(await problemsOf(contents, { charts: ['own', 'none'] })).toEqual([
      expect.stringContaining('--chart: the chart "own" has no dependencies'),
      expect.stringContaining('--chart: there is no Chart.yaml in "none"'),
    ]);
  });
});
