import { describe, expect, it } from 'vitest';
import { type PruneFlags, pruneCommand } from '../../../src/cli/prune-command.ts';
import { type PruneInputs, readPruneInputs } from '../../../src/commands/prune-inputs.ts';
import { callOf, good, problemLines, workingDirectory } from '../../support/command-inputs.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const DAY = 24 * 60 * 60 * 1000;

const KEDA = {
  chart: 'keda',
  repository: 'https://kedacore.github.io/charts',
  version: '^2.1',
  images: ['quay.io/org/tool:1'],
};
const NEWEST = { chart: 'newest', repository: 'oci://ghcr.io/org', oci_namespace: 'team' };

const directory = workingDirectory({
  'catalog.yaml': JSON.stringify({ addons: [KEDA, NEWEST, { chart: 'local', repository: './local' }] }),
  'two.yaml': JSON.stringify({ addons: [KEDA, NEWEST] }),
  'settings.yaml': `targetRegistry: ${HOST}/from/file\nprofile: of-the-file\n`,
  'local.tgz': '',
  'local.yaml': 'addons:\n  - { chart: local, repository: ./local.tgz }\n',
});

/** What a command line comes to. */
async function inputsOf(...argv: readonly string[]): Promise<PruneInputs> {
  const flags = await callOf<PruneFlags>(['prune', ...argv], (record) =>
    pruneCommand({ prune: async (flags) => record(flags) }, () => undefined),
  );
  return readPruneInputs(flags, directory.around, []);
}

async function rulesOf(...argv: readonly string[]) {
  return good(await inputsOf('--target-registry', `${HOST}/m`, ...argv)).rules;
}

async function problemsOf(...argv: readonly string[]): Promise<readonly string[]> {
  return problemLines(await inputsOf('--target-registry', `${HOST}/m`, ...argv));
}

describe('what stays', () => {
  it('is a number of versions, and nothing younger than a day goes', async () => {
    expect(await rulesOf('--keep-charts', '3')).toEqual({ catalog: [], newest: 3, minimumAge: DAY });
    expect((await rulesOf('--keep-charts', '3', '--older-than', '24h')).minimumAge).toBe(DAY);
    expect((await rulesOf('--keep-charts', '3', '--older-than', '30d')).minimumAge).toBe(30 * DAY);
  });

  it('is what catalogs name, where mirror puts it', async () => {
    const { catalog, newest } = await rulesOf('--keep-catalog', 'two.yaml', '--keep-catalog', 'local.yaml');
    expect(newest).toBeUndefined();
    expect(catalog).toEqual([
      {
        name: 'keda ^2.1',
        path: 'keda',
        versions: { kind: 'version', text: '^2.1' },
        images: [{ registry: 'quay.io', repository: 'org/tool', tag: '1', digest: undefined }],
      },
      { name: 'newest newest', path: 'team/newest', versions: expect.objectContaining({ kind: 'newest' }), images: [] },
      { name: 'local', path: 'local', versions: undefined, images: [] },
    ]);
  });
});

describe('what is wrong', () => {
  it.each<[string, readonly string[], string]>([
    [
      'no rule',
      [],
      'command line: nothing is said of what stays, give --keep-catalog with a catalog, --keep-charts with a number, or both',
    ],
    ['no number', ['--keep-charts', 'x'], '--keep-charts: "x" is no number of versions, write a whole number from 1'],
    [
      'no version kept',
      ['--keep-charts', '0'],
      '--keep-charts: "0" is no number of versions, write a whole number from 1',
    ],
    [
      'no age',
      ['--keep-charts', '1', '--older-than', '30'],
      '--older-than: "30" is no age, write hours, days or weeks, as 36h, 30d or 2w',
    ],
    [
      'too young',
      ['--keep-charts', '1', '--older-than', '23h'],
      '--older-than: "23h" is less than a day, write at least 24h: nothing younger is removed',
    ],
  ])('%s is said', async (_, argv, text) => {
    expect(await problemsOf(...argv)).toEqual([text]);
  });

  it('is said all at once, catalogs included', async () => {
    const problems = await problemsOf('--keep-charts', 'x', '--older-than', 'y', '--keep-catalog', 'none.yaml');
    expect(problems.map((text) => text.split(':')[0])).toEqual(['--keep-charts', '--older-than', 'none.yaml']);
    expect(await problemsOf('--keep-catalog', 'catalog.yaml')).toEqual([
      expect.stringContaining('there is nothing at "./local"'),
    ]);
  });
});

describe('the target', () => {
  it('is a private ECR with its path, and may come from the configuration', async () => {
    expect(await inputsOf('--target-registry', `${HOST}/a/b`, '--keep-charts', '1')).toMatchObject({
      path: 'a/b',
      registry: { host: HOST, region: 'eu-west-1' },
    });
    const fromFile = await inputsOf('--config', 'settings.yaml', '--keep-charts', '1');
    expect(fromFile).toMatchObject({ path: 'from/file', configuration: { settings: { profile: 'of-the-file' } } });
    const flags = ['--target-registry', HOST, '--profile', 'mine'];
    const fromFlag = await inputsOf('--config', 'settings.yaml', '--keep-charts', '1', ...flags);
    expect(fromFlag).toMatchObject({ path: '', configuration: { settings: { profile: 'mine' } } });
  });

  it('may be a private name that is said to be ECR', async () => {
    const place = ['--registry-type', 'ecr', '--ecr-account', '123456789012', '--ecr-region', 'eu-west-1'];
    const inputs = await inputsOf('--target-registry', 'registry.example.com/m', ...place, '--keep-charts', '1');
    expect(inputs).toMatchObject({ registry: { kind: 'private', account: '123456789012' } });
  });

  it.each(['registry.example.com/m', 'public.ecr.aws/alias', `${HOST}.example.com/m`, 'localhost:5000'])(
    '%s is none that prune works on',
    async (target) => {
      await expect(inputsOf('--target-registry', target, '--keep-charts', '1')).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: `${target.split('/')[0]} is no private registry of Amazon ECR`,
      });
    },
  );

  it('has to be named', async () => {
    await expect(inputsOf('--keep-charts', '1')).rejects.toMatchObject({ code: 'TARGET_UNKNOWN' });
  });
});
