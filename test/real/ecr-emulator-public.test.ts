import { ECR } from '@aws-sdk/client-ecr';
import { ECRPUBLIC } from '@aws-sdk/client-ecr-public';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { contentsOf } from '../support/ecr-contents.ts';
import { errorOf, outcome, publicClient, smallImage } from '../support/ecr-control-api.ts';
import { type EcrLoopback, startEcrLoopback } from '../support/ecr-loopback.ts';
import { plainRegistry } from '../support/ecr-plain-requests.ts';

let world: EcrLoopback;
let api: ECRPUBLIC;

beforeAll(async () => {
  world = await startEcrLoopback({ aliases: { tests: '123456789012', other: '999999999999' } });
  api = publicClient(world.url, world.ecr.principal);
});
afterEach(() => {
  expect(world.ecr.defects()).toEqual([]);
  world.ecr.access.reset();
});
afterAll(async () => {
  api.destroy();
  await world.stop();
});

async function apiToken(): Promise<string> {
  const { authorizationData } = await api.getAuthorizationToken({});
  return authorizationData?.authorizationToken ?? '';
}

/** The bearer token that the token server gives for an Authorization header. */
async function bearer(authorization?: string): Promise<string> {
  const headers = authorization === undefined ? {} : { authorization };
  const answer = await fetch(`${world.publicUrl}/token/?service=public.ecr.aws&scope=aws`, { headers });
  const content = (await answer.json()) as { readonly token?: string };
  return content.token ?? `refused with ${answer.status}`;
}

describe('the variables of a loopback', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('lead the SDK to both services', async () => {
    for (const [name, value] of Object.entries(world.env)) vi.stubEnv(name, value);
    const clients = [new ECR({}), new ECRPUBLIC({ region: 'us-east-1' })] as const;
    contentsOf(world.ecr).create('private/one');
    contentsOf(world.ecr, { service: 'ecr-public' }).create('public/one');
    const found = await Promise.all(clients.map((client) => client.describeRepositories({})));
    const names = found.map(({ repositories }) => repositories?.map(({ repositoryName }) => repositoryName));
    expect(names).toEqual([['private/one'], ['public/one']]);
    for (const client of clients) client.destroy();
  });
});

describe('the API of ECR Public', () => {
  it('names the aliases of the caller’s registry', async () => {
    const { registries } = await api.describeRegistries({});
    expect(registries?.map(({ registryId, registryUri, aliases }) => [registryId, registryUri, aliases])).toEqual([
      [
        '123456789012',
        'public.ecr.aws/tests',
        [{ name: 'tests', status: 'ACTIVE', primaryRegistryAlias: true, defaultRegistryAlias: true }],
      ],
    ]);
  });

  it('makes repositories with tags and catalog data, by its own grammar', async () => {
    const tags = [{ Key: 'a', Value: '1' }];
    const made = await api.createRepository({ repositoryName: 'x/y', tags, catalogData: { description: 'charts' } });
    expect([made.repository?.repositoryUri, made.catalogData]).toEqual([
      'public.ecr.aws/tests/x/y',
      { description: 'charts' },
    ]);
    const resourceArn = made.repository?.repositoryArn;
    expect(resourceArn).toBe('arn:aws:ecr-public::123456789012:repository/x/y');
    await api.tagResource({ resourceArn, tags: [{ Key: 'b', Value: '2' }] });
    expect((await api.listTagsForResource({ resourceArn })).tags).toHaveLength(2);
    const refused = ['x__y', 'x--y', `x/${'y'.repeat(204)}`].map((repositoryName) =>
      errorOf(api.createRepository({ repositoryName })),
    );
    expect(await Promise.all(refused)).toEqual(Array.from({ length: 3 }, () => 'InvalidParameterException'));
    expect(await errorOf(api.createRepository({ repositoryName: 'x/y' }))).toBe('RepositoryAlreadyExistsException');
    const missing = api.describeRepositories({ repositoryNames: ['x/y', 'x/z'] });
    expect(await errorOf(missing)).toBe('RepositoryNotFoundException');
  });

  it('is in one region, and needs a right of STS for tokens', async () => {
    const elsewhere = publicClient(world.url, world.ecr.principal, 'eu-central-1');
    expect(await errorOf(elsewhere.describeRegistries({}))).toBe('UnsupportedCommandException');
    elsewhere.destroy();
    world.ecr.access.deny({ action: 'GetServiceBearerToken' });
    const refused = await outcome(api.getAuthorizationToken({}));
    expect(refused.message).toContain('is not authorized to perform: sts:GetServiceBearerToken on resource: *');
  });

  it('describes images and tags, and deletes images', async () => {
    const open = contentsOf(world.ecr, { service: 'ecr-public' });
    const root = open.add('images/one', '1');
    const repositoryName = 'images/one';
    const { imageDetails } = await api.describeImages({ repositoryName });
    expect(imageDetails).toHaveLength(3);
    expect(Object.keys(imageDetails?.[0] ?? {})).not.toContain('imageStatus');
    const { imageTagDetails } = await api.describeImageTags({ repositoryName });
    expect(imageTagDetails?.map(({ imageTag, imageDetail }) => [imageTag, imageDetail?.imageDigest])).toEqual([
      ['1', root.digest],
    ]);
    const deleted = await api.batchDeleteImage({ repositoryName, imageIds: [{ imageDigest: root.digest }] });
    expect(deleted.imageIds).toEqual([{ imageDigest: root.digest, imageTag: '1' }]);
  });

  it('has no BatchGetImage', async () => {
    const headers = { 'x-amz-target': 'SpencerFrontendService.BatchGetImage' };
    const answer = await fetch(world.url, { method: 'POST', headers, body: '{}' });
    expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException' });
  });
});

describe('the data plane of ECR Public', () => {
  it('is read by everybody with a token of the token server, and by nobody without', async () => {
    contentsOf(world.ecr, { service: 'ecr-public', account: '999999999999' }).add('read/me', '1');
    const path = '/v2/other/read/me/manifests/1';
    const nobody = await plainRegistry(world.publicUrl, () => undefined).send('GET', path);
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="${world.publicUrl}/token/",service="public.ecr.aws",scope="aws"`,
    ]);
    const token = await bearer();
    const everybody = plainRegistry(world.publicUrl, () => `Bearer ${token}`);
    expect((await everybody.send('GET', path)).status).toBe(200);
    const write = await everybody.send('POST', '/v2/other/read/me/blobs/uploads/');
    expect(write).toMatchObject({ status: 403, code: 'DENIED' });
  });

  it('is written to by its owner, under the registry’s alias', async () => {
    contentsOf(world.ecr, { service: 'ecr-public' }).create('mine');
    const token = await bearer(`Basic ${await apiToken()}`);
    const owner = plainRegistry(world.publicUrl, () => `Bearer ${token}`);
    const image = smallImage('one');
    expect((await owner.push('tests/mine', '1', image)).status).toBe(201);
    expect((await owner.send('GET', '/v2/tests/mine/tags/list')).text).toBe('{"name":"tests/mine","tags":["1"]}');
    const direct = await apiToken();
    const sameToken = plainRegistry(world.publicUrl, () => `Bearer ${direct}`);
    expect((await sameToken.send('GET', '/v2/tests/mine/manifests/1')).status).toBe(200);
    expect(await owner.push('tests/other', '1', image)).toMatchObject({ status: 404, code: 'NAME_UNKNOWN' });
    expect(await owner.send('GET', '/v2/nobody/mine/tags/list')).toMatchObject({ status: 404, code: 'NAME_UNKNOWN' });
  });

  it('answers Basic, wrong and expired tokens with 400', async () => {
    const token = await apiToken();
    const ask = (authorization: string) =>
      plainRegistry(world.publicUrl, () => authorization).send('GET', '/v2/tests/mine/tags/list');
    const invalid = { status: 400, code: 'DENIED', message: 'Your Authorization Token is invalid.' };
    expect(await ask(`Basic ${token}`)).toMatchObject(invalid);
    expect(await ask('Bearer abc')).toMatchObject(invalid);
    world.ecr.tokens.expireAll();
    expect((await ask(`Bearer ${token}`)).status).toBe(400);
    expect(await bearer(`Basic ${token}`)).toBe('refused with 400');
  });
});
