import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ExplainFlags, explainCommand } from '../../../src/cli/explain-command.ts';
import { type ExplainInputs, readExplainInputs } from '../../../src/commands/explain-inputs.ts';
import { callOf, good, problemLines, workingDirectory } from '../../support/command-inputs.ts';

const directory = workingDirectory({
  'web/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'empty/README.md': '',
  'a.yaml': 'a: 1\n',
  'list.yaml': '- a\n',
  'catalog.yaml':
    'addons:\n  - { chart: shop, repository: ./web }\n  - { chart: shop, release: b, repository: ./web }\n',
  'chart-overrides.yaml': 'overrides:\n  shop:\n    needed: 1\n',
  'settings.yaml': 'targetRegistry: from.file/path\nkubeVersion: 1.30.0\nswitches: false\n',
});

async function inputsOf(...argv: readonly string[]): Promise<ExplainInputs> {
  const { subject, flags } = await callOf<{ readonly subject: string; readonly flags: ExplainFlags }>(
    ['explain', ...argv],
    (record) => explainCommand({ explain: async (subject, flags) => record({ subject, flags }) }, () => undefined),
  );
  return readExplainInputs(subject, flags, directory.around, []);
}

async function goodInputs(...argv: readonly string[]) {
  return good(await inputsOf(...argv));
}

async function problemsOf(...argv: readonly string[]): Promise<readonly string[]> {
  return problemLines(await inputsOf(...argv));
}

describe('a chart', () => {
  it('is one entry of that name, with its values over the chart overrides', async () => {
    const { catalog } = await goodInputs('web', '-f', 'a.yaml', '--namespace', 'apps', '--api-versions', 'a/v1,b/v1');
    expect(catalog.addons).toMatchObject([
      {
        ...{ chart: 'shop', release: 'shop', namespace: 'apps', apiVersions: ['a/v1', 'b/v1'] },
        source: { kind: 'local', path: join(directory.path, 'web'), chart: 'shop' },
        layers: [
          { origin: 'user-override', name: 'chart-overrides.yaml:3' },
          { origin: 'values-file', name: 'a.yaml' },
        ],
      },
    ]);
    const named = await goodInputs('web', '--release', 'mine');
    expect(named.catalog.addons[0]?.release).toBe('mine');
  });

  it.each([
    [['oci://r.example/a/web:1.2.3'], { kind: 'oci', chart: 'web' }],
    [['web', '--repo', 'https://charts.example/stable'], { kind: 'http', chart: 'web' }],
  ])('may be far away: %j', async (argv, source) => {
    const { catalog } = await goodInputs(...argv);
    expect(catalog.addons).toMatchObject([{ chart: 'web', source }]);
  });
});

describe('a catalog', () => {
  it('is any other file, of which releases may be chosen', async () => {
    expect((await goodInputs('catalog.yaml')).catalog.addons.map(({ release }) => release)).toEqual(['shop', 'b']);
    const chosen = await goodInputs('catalog.yaml', '--only-addon', 'b');
    expect(chosen.catalog.addons.map(({ release }) => release)).toEqual(['b']);
  });
});

it('takes settings from the configuration, and flags over it', async () => {
  const fromFile = await goodInputs('web', '--config', 'settings.yaml');
  expect(fromFile.configuration.settings).toMatchObject({ targetRegistry: 'from.file/path', switches: false });
  const flags = ['--switches', '--target-registry', 'r.example', '--kube-version', '1.31.0'];
  const { configuration } = await goodInputs('web', '--config', 'settings.yaml', ...flags);
  expect(configuration.settings).toMatchObject({ targetRegistry: 'r.example', switches: true, kubeVersion: '1.31.0' });
});

describe('problems', () => {
  it.each([
    [['nowhere'], 'CHART: there is nothing at "nowhere", name a catalog, '],
    [['empty'], 'CHART: there is no Chart.yaml in "empty", name a catalog, '],
    [['a.yaml'], 'a.yaml:1:1: '],
    [['web', '--only-addon', 'b'], '--only-addon: a single chart is named, '],
    [['catalog.yaml', '-f', 'a.yaml'], '-f: a catalog says this itself, '],
    [['catalog.yaml', '--release', 'x'], '--release: a catalog says this itself, '],
    [['web', '-f', 'list.yaml'], 'list.yaml:1:1: a values file must be a map, '],
    [['web', '--image', 'a b'], '--image: "a b" is no reference, '],
    [['web', '--kube-version', 'x'], '--kube-version: '],
    [['web', '--chart-overrides', 'none.yaml'], 'none.yaml:'],
  ])('%j: %s', async (argv, text) => {
    const problems = await problemsOf(...argv);
    expect(problems[0]).toContain(text);
  });

  it('come back together', async () => {
    expect(await problemsOf('nowhere', '--image', ':', '--target-registry', 'http://x')).toHaveLength(3);
  });
});
