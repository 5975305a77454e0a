import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExplainFlags, explainCommand } from '../../../src/cli/explain-command.ts';
import { type ExplainInputs, readExplainInputs } from '../../../src/commands/explain-inputs.ts';
import type { Surroundings } from '../../../src/commands/surroundings.ts';
import { formatProblem } from '../../../src/config/problems.ts';
import { NEVER } from '../../support/http-network.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'explain-inputs-'));
  const put = async (name: string, text: string) => {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), text);
  };
  await put('web/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  await put('empty/README.md', '');
  await put('a.yaml', 'a: 1\n');
  await put('list.yaml', '- a\n');
  await put(
    'catalog.yaml',
    'addons:\n  - { chart: shop, repository: ./web }\n  - { chart: shop, release: b, repository: ./web }\n',
  );
  await put('chart-overrides.yaml', 'overrides:\n  shop:\n    needed: 1\n');
  await put('settings.yaml', 'targetRegistry: from.file/path\nkubeVersion: 1.30.0\nswitches: false\n');
});

afterAll(() => rm(directory, { recursive: true }));

function surroundings(): Surroundings {
  const unused = (): never => {
    throw new Error('nothing is printed here');
  };
  return {
    env: {},
    ...{ cwd: directory, home: directory, temporary: directory, platform: 'linux', arch: 'x64', cores: 2 },
    ...{ drawable: false, color: false, signal: NEVER, now: () => new Date(0), print: unused, complain: unused },
  };
}

async function inputsOf(...argv: readonly string[]): Promise<ExplainInputs> {
  const read: { readonly subject: string; readonly flags: ExplainFlags }[] = [];
  const command = explainCommand({ explain: async (subject, flags) => read.push({ subject, flags }) }, () => undefined);
  await new Command().addCommand(command).parseAsync(['explain', ...argv], { from: 'user' });
  const [call] = read;
  if (call === undefined) throw new Error('the command did not run');
  return readExplainInputs(call.subject, call.flags, surroundings(), []);
}

async function goodInputs(...argv: readonly string[]) {
  const inputs = await inputsOf(...argv);
  if (inputs.kind === 'problems') throw new Error(inputs.problems.map(formatProblem).join('\n'));
  return inputs;
}

async function problemsOf(...argv: readonly string[]): Promise<readonly string[]> {
  const inputs = await inputsOf(...argv);
  return inputs.kind === 'problems' ? inputs.problems.map(formatProblem) : [];
}

describe('a chart', () => {
  it('is one entry of that name, with its values over the chart overrides', async () => {
    const { catalog } = await goodInputs('web', '-f', 'a.yaml', '--namespace', 'apps', '--api-versions', 'a/v1,b/v1');
    expect(catalog.addons).toMatchObject([
      {
        ...{ chart: 'shop', release: 'shop', namespace: 'apps', apiVersions: ['a/v1', 'b/v1'] },
        source: { kind: 'local', path: join(directory, 'web'), chart: 'shop' },
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
