import { describe, expect, it } from 'vitest';
import type { FlagInputs } from '../../../src/config/settings.ts';
import { hostWith } from '../../support/http-network.ts';
import { configurationOf, messages } from './configurations.ts';

const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const OTHER = 'registry.example.com';
const ALL: FlagInputs = { registryType: 'ecr', ecrAccount: '123456789012', ecrRegion: 'eu-central-1' };

/** What stands of a host in the network settings after all. */
async function hostOf(host: string, yaml: string, flags: FlagInputs) {
  const { network } = await configurationOf({ 'airgap-charts.yaml': yaml }, { flags });
  return network.hosts.get(host);
}

describe('what flags say of the target', () => {
  it('stands with its host, whatever its path', async () => {
    const said = { type: 'ecr', account: '123456789012', region: 'eu-central-1' } as const;
    expect(await hostOf(OTHER, '', { ...ALL, targetRegistry: `${OTHER}/mirror` })).toEqual(hostWith(said));
    expect(await hostOf(OTHER, `targetRegistry: ${OTHER}`, ALL)).toEqual(hostWith(said));
  });

  it('says nothing of other hosts, and nothing where no flag is given', async () => {
    expect(await hostOf('ghcr.io', '', { ...ALL, targetRegistry: OTHER })).toBeUndefined();
    expect(await hostOf(OTHER, '', { targetRegistry: OTHER })).toBeUndefined();
  });

  it('wins over the file, which keeps the rest', async () => {
    const yaml = `registries: {${OTHER}: {concurrency: 2, type: ecr, account: "111111111111", region: us-east-1}}`;
    const flags = { targetRegistry: OTHER, ecrAccount: '222222222222' };
    const said = { type: 'ecr', concurrency: 2, account: '222222222222', region: 'us-east-1' } as const;
    expect(await hostOf(OTHER, yaml, flags)).toEqual(hostWith(said));
  });

  it('leaves nothing of account and region in the file when it says generic', async () => {
    const yaml = `registries: {${OTHER}: {type: ecr, account: "111111111111", region: us-east-1}}`;
    expect(await hostOf(OTHER, yaml, { targetRegistry: OTHER, registryType: 'generic' })).toEqual(
      hostWith({ type: 'generic' }),
    );
  });

  it('may repeat what the name says', async () => {
    const flags = { targetRegistry: ECR, ecrAccount: '123456789012', ecrRegion: 'eu-central-1' };
    expect(await messages({ x: '' }, { flags })).toEqual(['no problem']);
    expect(await messages({ x: '' }, { flags: { targetRegistry: ECR, registryType: 'generic' } })).toEqual([
      'no problem',
    ]);
  });

  it.each<[string, FlagInputs, readonly string[]]>([
    [
      'wrong values, all of them',
      {
        registryType: 'harbor',
        ecrAccount: '12345678901',
        ecrRegion: 'Frankfurt',
        targetRegistry: OTHER,
        profile: ' ',
      },
      [
        '--profile: the AWS profile cannot be " ", write a name that stands in ~/.aws/config',
        '--registry-type: the type of the registry cannot be "harbor", write ecr or generic',
        '--ecr-account: the AWS account cannot be "12345678901", write its twelve digits, like "123456789012"',
        '--ecr-region: the AWS region cannot be "Frankfurt", write it like "eu-central-1"',
      ],
    ],
    [
      'another account and region than the name',
      { targetRegistry: `${ECR}/mirror`, ecrAccount: '999999999999', ecrRegion: 'us-east-1' },
      [
        `--ecr-account: by its name "${ECR}" is in the account 123456789012, not "999999999999", take it out`,
        `--ecr-region: by its name "${ECR}" is in the region eu-central-1, not "us-east-1", take it out`,
      ],
    ],
    [
      'an account of a generic registry',
      { ...ALL, targetRegistry: OTHER, registryType: 'generic' },
      [
        `--ecr-account: "${OTHER}" is of type generic and has no AWS account, take it out, or make the type ecr`,
        `--ecr-region: "${OTHER}" is of type generic and has no AWS region, take it out, or make the type ecr`,
      ],
    ],
    [
      'an account of a registry that is nothing',
      { targetRegistry: OTHER, ecrAccount: '123456789012' },
      [`--ecr-account: "${OTHER}" is no registry of Amazon ECR by its name, give it the type ecr`],
    ],
    [
      'a look-alike',
      { targetRegistry: `${ECR}.example.org`, ecrRegion: 'eu-central-1' },
      [`--ecr-region: "${ECR}.example.org" is no registry of Amazon ECR by its name, give it the type ecr`],
    ],
    [
      'ECR Public',
      { targetRegistry: 'public.ecr.aws/x1y2', ecrAccount: '123456789012', ecrRegion: 'us-east-1' },
      [
        '--ecr-account: "public.ecr.aws" is Amazon ECR Public, which has no account to choose, take it out',
        '--ecr-region: "public.ecr.aws" is Amazon ECR Public, which has no region to choose, take it out',
      ],
    ],
    [
      'a generic registry without a name',
      { registryType: 'generic' },
      [
        '--registry-type: no target registry is named, and the one of an AWS account is of type ecr, add --target-registry, or take it out',
      ],
    ],
    [
      'a bad target and a bad account, each once',
      { targetRegistry: 'https://x.example', ecrAccount: '1' },
      [
        '--target-registry: the target registry cannot be "https://x.example", leave https:// out',
        '--ecr-account: the AWS account cannot be "1", write its twelve digits, like "123456789012"',
      ],
    ],
  ])('is refused: %s', async (_, flags, expected) => {
    expect(await messages({ x: '' }, { flags })).toEqual(expected);
  });

  it.each(['us-east-1', 'us-gov-west-1', 'us-isob-east-1', 'eusc-de-east-1', 'cn-northwest-1', 'ap-southeast-7'])(
    'may be the region %s',
    async (ecrRegion) => {
      expect(await messages({ x: '' }, { flags: { ecrRegion } })).toEqual(['no problem']);
    },
  );
});

describe('a run without a target', () => {
  it('wishes for an account and a region', async () => {
    const flags = { ecrAccount: '123456789012', ecrRegion: 'eu-west-1', registryType: 'ecr' };
    const { ownRegistry, network } = await configurationOf({ x: '' }, { flags });
    expect(ownRegistry).toEqual({ account: '123456789012', region: 'eu-west-1' });
    expect(network.hosts.size).toBe(0);
  });

  it('wishes for nothing where a target is named', async () => {
    const { ownRegistry } = await configurationOf({ x: '' }, { flags: { ...ALL, targetRegistry: OTHER } });
    expect(ownRegistry).toEqual({ account: undefined, region: undefined });
  });
});

describe('what the file says of a host', () => {
  it.each([
    [
      `registries: {${OTHER}: {account: "123456789012"}}`,
      [`c.yaml:1:46: "${OTHER}" is no registry of Amazon ECR by its name, give it the type ecr`],
    ],
    [
      `registries: {${OTHER}: {type: generic, region: eu-west-1}}`,
      [`c.yaml:1:60: "${OTHER}" is of type generic and has no AWS region, take it out, or make the type ecr`],
    ],
    [
      `registries: {${ECR}: {account: "999999999999", region: eu-west-1}}`,
      [
        `c.yaml:1:73: by its name "${ECR}" is in the account 123456789012, not "999999999999", take it out`,
        `c.yaml:1:97: by its name "${ECR}" is in the region eu-central-1, not "eu-west-1", take it out`,
      ],
    ],
    [
      'registries: {public.ecr.aws: {type: ecr, account: "123456789012"}}',
      ['c.yaml:1:51: "public.ecr.aws" is Amazon ECR Public, which has no account to choose, take it out'],
    ],
    [
      'registries: {x.example: {type: ecr, account: 012345678901}}',
      ['c.yaml:1:46: "account" is read as the number 12345678901, put it in quotes: "012345678901"'],
    ],
    [
      'registries: {x.example: {type: ecr, account: "1", region: x}}',
      [
        'c.yaml:1:46: the AWS account cannot be "1", write its twelve digits, like "123456789012"',
        'c.yaml:1:59: the AWS region cannot be "x", write it like "eu-central-1"',
      ],
    ],
  ])('%s', async (line, expected) => {
    expect(await messages({ 'c.yaml': `${line}\n` }, { config: 'c.yaml' })).toEqual(expected);
  });

  it('may repeat what the name says', async () => {
    const yaml = `registries: {${ECR}: {account: "123456789012", region: eu-central-1}}\n`;
    expect(await messages({ 'c.yaml': yaml }, { config: 'c.yaml' })).toEqual(['no problem']);
  });
});
