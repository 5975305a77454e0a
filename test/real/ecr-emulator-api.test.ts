import type { ECR } from '@aws-sdk/client-ecr';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf } from '../support/ecr-contents.ts';
import { ecrClient, errorOf, outcome } from '../support/ecr-control-api.ts';
import { type EcrLoopback, startEcrLoopback } from '../support/ecr-loopback.ts';

let world: EcrLoopback;
let ecr: ECR;

beforeAll(async () => {
  world = await startEcrLoopback({ repositoryLimit: 300 });
  ecr = ecrClient(world.url, world.ecr.principal);
});
afterEach(() => {
  expect(world.ecr.defects()).toEqual([]);
  world.ecr.access.reset();
  world.ecr.store.registry('ecr', world.ecr.account, world.ecr.region).repositories.clear();
});
afterAll(async () => {
  ecr.destroy();
  await world.stop();
});

function make(count: number): readonly string[] {
  const contents = contentsOf(world.ecr);
  return Array.from({ length: count }, (_, index) => contents.create(`many/${String(index).padStart(3, '0')}`).name);
}

describe('repositories', () => {
  it('come in pages of 100 unless 1 to 1000 are asked for', async () => {
    const names = make(250);
    const first = await ecr.describeRepositories({});
    expect(first.repositories).toHaveLength(100);
    const second = await ecr.describeRepositories({ nextToken: first.nextToken, maxResults: 1000 });
    expect(second.nextToken).toBeUndefined();
    const all = [...(first.repositories ?? []), ...(second.repositories ?? [])];
    expect(all.map(({ repositoryName }) => repositoryName)).toEqual(names);
    const refused = [0, 1001].map((maxResults) => errorOf(ecr.describeRepositories({ maxResults })));
    expect(await Promise.all(refused)).toEqual(['InvalidParameterException', 'InvalidParameterException']);
  });

  it('are described by 1 to 100 names, and then without pages', async () => {
    const names = make(101);
    const describe = (repositoryNames: readonly string[], maxResults?: number) =>
      errorOf(ecr.describeRepositories({ repositoryNames: [...repositoryNames], maxResults }));
    expect(await describe(names.slice(0, 100))).toBe('none');
    expect(await describe(names)).toBe('InvalidParameterException');
    expect(await describe([])).toBe('InvalidParameterException');
    expect(await describe(names.slice(0, 2), 10)).toBe('InvalidParameterException');
  });

  it('are made until the limit of the account', async () => {
    make(300);
    expect(await errorOf(ecr.createRepository({ repositoryName: 'one/more' }))).toBe('LimitExceededException');
  });

  it('keep their key as an ARN, whatever it was given as', async () => {
    const make = async (repositoryName: string, kmsKey: string) => {
      const encryptionConfiguration = { encryptionType: 'KMS' as const, kmsKey };
      const { repository } = await ecr.createRepository({ repositoryName, encryptionConfiguration });
      return repository?.encryptionConfiguration?.kmsKey;
    };
    const arn = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
    expect(await make('keys/arn', arn)).toBe(arn);
    expect(await make('keys/id', arn.slice(arn.indexOf('/') + 1))).toBe(arn);
    expect(await make('keys/alias', 'alias/mine')).toMatch(
      /^arn:aws:kms:eu-central-1:123456789012:key\/[0-9a-f-]{36}$/,
    );
  });

  it('refuse a key without KMS, and more than 50 tags', async () => {
    const encryptionConfiguration = { encryptionType: 'AES256' as const, kmsKey: 'alias/mine' };
    const keyed = ecr.createRepository({ repositoryName: 'a/b', encryptionConfiguration });
    expect(await errorOf(keyed)).toBe('InvalidParameterException');
    const tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(await errorOf(ecr.createRepository({ repositoryName: 'a/b', tags }))).toBe('TooManyTagsException');
    const long = [{ Key: 'k'.repeat(129), Value: '' }];
    expect(await errorOf(ecr.createRepository({ repositoryName: 'a/b', tags: long }))).toBe(
      'InvalidTagParameterException',
    );
  });
});

describe('policies', () => {
  it('are refused when they are too short, broken or without what they need', async () => {
    contentsOf(world.ecr).create('a/b');
    const repositoryName = 'a/b';
    const short = JSON.stringify({ rules: [{ rulePriority: 1, selection: {}, action: { type: 'expire' } }] });
    const noRules = JSON.stringify({ rules: [], comment: 'x'.repeat(100) });
    for (const lifecyclePolicyText of [short, noRules, `{${'x'.repeat(120)}`]) {
      const call = ecr.putLifecyclePolicy({ repositoryName, lifecyclePolicyText });
      expect(await errorOf(call)).toBe('InvalidParameterException');
    }
    const noPrincipal = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*' }] });
    const call = ecr.setRepositoryPolicy({ repositoryName, policyText: noPrincipal });
    expect(await errorOf(call)).toBe('InvalidParameterException');
  });

  it('of repositories come back in another form than they were sent in', async () => {
    contentsOf(world.ecr).create('a/b');
    const sent = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }],
    };
    await ecr.setRepositoryPolicy({ repositoryName: 'a/b', policyText: JSON.stringify(sent) });
    const { policyText = '' } = await ecr.getRepositoryPolicy({ repositoryName: 'a/b' });
    expect(policyText).toContain('"Version" : "2012-10-17"');
    expect(JSON.parse(policyText)).toEqual(sent);
  });
});

describe('the account', () => {
  it('has blob mounting switched off until it is switched on', async () => {
    const name = 'BLOB_MOUNTING';
    expect(await outcome(ecr.getAccountSetting({ name }))).toEqual({ name, value: 'DISABLED' });
    expect(await errorOf(ecr.putAccountSetting({ name, value: 'PERHAPS' }))).toBe('ValidationException');
    await ecr.putAccountSetting({ name, value: 'ENABLED' });
    expect(await outcome(ecr.getAccountSetting({ name }))).toEqual({ name, value: 'ENABLED' });
    expect(await errorOf(ecr.getAccountSetting({ name: 'OTHER' }))).toBe('ValidationException');
  });

  it('and its region have repositories of their own', async () => {
    await ecr.createRepository({ repositoryName: 'a/b' });
    const elsewhere = ecrClient(world.url, world.ecr.principal, 'us-east-1');
    expect(await errorOf(elsewhere.describeRepositories({ repositoryNames: ['a/b'] }))).toBe(
      'RepositoryNotFoundException',
    );
    const { repository } = await elsewhere.createRepository({ repositoryName: 'a/b' });
    expect(repository?.repositoryUri).toBe('123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b');
    elsewhere.destroy();
  });

  it('of somebody else is closed until it trusts the caller', async () => {
    const registryId = '999999999999';
    const describe = () => outcome(ecr.describeRepositories({ registryId, repositoryNames: ['a/b'] }));
    expect(await describe()).toEqual({
      error: 'AccessDeniedException',
      message: `User: ${world.ecr.principal.arn} is not authorized to perform: ecr:DescribeRepositories on resource: arn:aws:ecr:eu-central-1:999999999999:repository/a/b because no resource-based policy allows the ecr:DescribeRepositories action`,
    });
    world.ecr.access.trust(world.ecr.account, registryId);
    expect((await describe()).error).toBe('RepositoryNotFoundException');
    contentsOf(world.ecr, { account: registryId }).create('a/b');
    expect(await describe()).toMatchObject({ repositories: [{ registryId, repositoryName: 'a/b' }] });
  });
});
