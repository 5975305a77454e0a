import { describe, expect, it } from 'vitest';
import { createProgram, type MirrorFlags } from '../../../src/cli/program.ts';
import { readMirrorInputs } from '../../../src/commands/mirror-inputs.ts';
import type { OwnRegistryQuestion } from '../../../src/commands/run-inputs.ts';
import { MirrorError } from '../../../src/errors.ts';
import { allActions } from '../../support/actions.ts';
import { callOf, good, workingDirectory } from '../../support/command-inputs.ts';

const OWN = '111111111111.dkr.ecr.eu-west-1.amazonaws.com';

const directory = workingDirectory({
  'catalog.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n',
  'settings.yaml': 'profile: of-the-file\nrepositories: [{match: "*", tags: {team: x}}]\n',
});

/** The flags as commander reads them from an argument list. */
function flagsOf(argv: readonly string[]): Promise<MirrorFlags> {
  const unused = async (): Promise<number> => 0;
  const others = allActions(unused);
  return callOf(['airgap-charts', 'mirror', '--catalog', 'catalog.yaml', ...argv], (record) =>
    createProgram('0.0.0', { ...others, mirror: async (flags) => record(flags) }, () => undefined),
  );
}

/** Reads the inputs; `asked` holds what was asked of AWS, which answers with `own`. */
async function inputsOf(argv: readonly string[], own: string | undefined = OWN) {
  const asked: OwnRegistryQuestion[] = [];
  const inputs = await readMirrorInputs(await flagsOf(argv), directory.around, [], async (_, question) => {
    asked.push(question);
    return own;
  });
  const { options, configuration } = good(inputs);
  return { asked, options, settings: configuration.settings };
}

describe('a run without a target', () => {
  it('goes to the registry of the identity', async () => {
    const { asked, options } = await inputsOf([]);
    expect(asked).toEqual([{ profile: undefined, region: undefined }]);
    expect(options.naming.registry).toBe(OWN);
    expect(options.ecr).toMatchObject({ kind: 'private', account: '111111111111', region: 'eu-west-1' });
  });

  it('asks with the profile and in the region that were named', async () => {
    const { asked } = await inputsOf(['--config', 'settings.yaml', '--ecr-region', 'us-east-1']);
    expect(asked).toEqual([{ profile: 'of-the-file', region: 'us-east-1' }]);
    const other = await inputsOf(['--config', 'settings.yaml', '--profile', 'other']);
    expect(other.asked).toEqual([{ profile: 'other', region: undefined }]);
  });

  it('goes to the same region of another account', async () => {
    const { options } = await inputsOf(['--ecr-account', '222222222222']);
    expect(options.naming.registry).toBe('222222222222.dkr.ecr.eu-west-1.amazonaws.com');
    expect(options.ecr).toMatchObject({ account: '222222222222', region: 'eu-west-1' });
  });

  it('ends where nobody has a registry', async () => {
    const flags = await flagsOf([]);
    const run = readMirrorInputs(flags, directory.around, [], async () => undefined);
    await expect(run).rejects.toMatchObject({
      code: 'TARGET_UNKNOWN',
      message: 'there is no target registry, and no AWS identity whose own registry could be taken',
    });
  });

  it('ends where the account cannot be told from the name', async () => {
    const run = inputsOf(['--ecr-account', '222222222222'], 'registry.example.com');
    await expect(run).rejects.toThrow(MirrorError);
    await expect(run).rejects.toMatchObject({ code: 'TARGET_UNKNOWN' });
  });
});

describe('a run with a target', () => {
  it('asks nobody', async () => {
    const { asked, options } = await inputsOf(['--target-registry', 'registry.example.com/mirror']);
    expect([asked, options.ecr]).toEqual([[], undefined]);
  });

  it('knows from flags that it is Amazon ECR', async () => {
    const said = ['--registry-type', 'ecr', '--ecr-account', '222222222222', '--ecr-region', 'us-east-1'];
    const { options } = await inputsOf(['--target-registry', 'registry.example.com/mirror', ...said]);
    expect(options.ecr).toMatchObject({ kind: 'private', host: 'registry.example.com', account: '222222222222' });
    expect(options.ecr).toMatchObject({ region: 'us-east-1' });
  });

  it('has the rules for repositories, and changes existing ones only when told to', async () => {
    const target = ['--target-registry', OWN, '--config', 'settings.yaml'];
    const { options } = await inputsOf(target);
    expect(options.repositories.rules).toMatchObject([{ match: '*', tags: { team: 'x' } }]);
    expect(options.repositories.applySettings).toBe(false);
    const told = await inputsOf([...target, '--apply-repository-settings']);
    expect(told.options.repositories.applySettings).toBe(true);
  });

  it('in ECR Public is known by its alias', async () => {
    const alone = inputsOf(['--target-registry', 'public.ecr.aws']);
    await expect(alone).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      hint: expect.stringContaining('public.ecr.aws/ALIAS'),
    });
    const { options } = await inputsOf(['--target-registry', 'public.ecr.aws/tests/app']);
    expect(options.ecr).toEqual({ kind: 'public', host: 'public.ecr.aws', alias: 'tests' });
  });
});
