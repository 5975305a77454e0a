import type { ECR } from '@aws-sdk/client-ecr';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contentsOf } from '../support/ecr-contents.ts';
import { ecrClient, errorOf, outcome, smallImage } from '../support/ecr-control-api.ts';
import { EcrFault } from '../support/ecr-faults.ts';
import { type EcrLoopback, startEcrLoopback } from '../support/ecr-loopback.ts';
import { plainRegistry } from '../support/ecr-plain-requests.ts';
import { basicAuthorization } from '../support/synthetic-images.ts';

let world: EcrLoopback;
let ecr: ECR;

beforeAll(async () => {
  world = await startEcrLoopback();
  ecr = ecrClient(world.url, world.ecr.principal);
});
beforeEach(() => {
  world.ecr.store.registry('ecr', world.ecr.account, world.ecr.region).repositories.clear();
  contentsOf(world.ecr).create('a/b');
  world.ecr.access.reset();
  world.ecr.throttle(undefined);
  world.ecr.log.reset();
  world.ecr.tokens.setLife(12 * 60 * 60 * 1000);
});
afterEach(() => {
  expect(world.ecr.defects()).toEqual([]);
});
afterAll(async () => {
  ecr.destroy();
  await world.stop();
});

describe('signatures', () => {
  it('are checked for key, secret, session token and region', async () => {
    const { principal } = world.ecr;
    const wrong = [
      [{ ...principal, accessKeyId: 'ASIAUNKNOWN' }, 'UnrecognizedClientException'],
      [{ ...principal, sessionToken: undefined }, 'UnrecognizedClientException'],
      [{ ...principal, secretAccessKey: 'another' }, 'InvalidSignatureException'],
    ] as const;
    for (const [someone, error] of wrong) {
      const client = ecrClient(world.url, someone);
      expect(await errorOf(client.describeRepositories({}))).toBe(error);
      client.destroy();
    }
    expect(world.ecr.log.calls()).toEqual([]);
  });

  it('are asked for', async () => {
    const target = 'AmazonEC2ContainerRegistry_V20150921.DescribeRepositories';
    const answer = await fetch(world.url, { method: 'POST', headers: { 'x-amz-target': target }, body: '{}' });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
    ]);
  });
});

describe('registry logins', () => {
  const ask = (authorization: string | undefined) =>
    plainRegistry(world.url, () => authorization).send('GET', '/v2/a/b/tags/list');

  it('come from GetAuthorizationToken, live twelve hours, and name the registry', async () => {
    const { authorizationData } = await ecr.getAuthorizationToken({});
    const [data] = authorizationData ?? [];
    expect(data?.proxyEndpoint).toBe('https://123456789012.dkr.ecr.eu-central-1.amazonaws.com');
    const hours = ((data?.expiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000;
    expect(Math.round(hours * 100) / 100).toBe(12);
    expect((await ask(`Basic ${data?.authorizationToken}`)).status).toBe(200);
  });

  it('are challenged when they are missing or wrong', async () => {
    for (const login of [undefined, basicAuthorization('AWS', 'guess'), basicAuthorization('me', 'guess')]) {
      const { status, headers, text } = await ask(login);
      expect([status, text]).toEqual([401, 'Not Authorized\n']);
      expect(headers.get('www-authenticate')).toBe(
        'Basic realm="https://123456789012.dkr.ecr.eu-central-1.amazonaws.com/",service="ecr.amazonaws.com"',
      );
    }
    expect(world.ecr.log.refusedLogins()).toEqual(['missing', 'invalid', 'invalid']);
  });

  it('expire by their time, or when a test says so', async () => {
    world.ecr.tokens.setLife(-1);
    const late = world.login();
    world.ecr.tokens.setLife(60_000);
    const login = world.login();
    expect((await ask(login)).status).toBe(200);
    world.ecr.tokens.expireAll();
    for (const expired of [late, login]) {
      expect(await ask(expired)).toMatchObject({
        status: 403,
        code: 'DENIED',
        message: 'Your authorization token has expired. Reauthenticate and try again.',
      });
    }
    expect((await ask(world.login())).status).toBe(200);
  });
});

describe('rights', () => {
  it('are taken away by action and repository, on both planes', async () => {
    const { arn } = world.ecr.principal;
    world.ecr.access.deny({ action: 'DescribeRepositories' });
    world.ecr.access.deny({ action: 'PutImage', repository: 'a/*' });
    const refused = await outcome(ecr.describeRepositories({ repositoryNames: ['a/b'] }));
    expect(refused).toEqual({
      error: 'AccessDeniedException',
      message: `User: ${arn} is not authorized to perform: ecr:DescribeRepositories on resource: arn:aws:ecr:eu-central-1:123456789012:repository/a/b because no identity-based policy allows the ecr:DescribeRepositories action`,
    });
    const login = world.login();
    const pushed = await plainRegistry(world.url, () => login).push('a/b', '1', smallImage('one'));
    expect(pushed).toMatchObject({ status: 403, code: 'DENIED' });
    contentsOf(world.ecr).create('b/b');
    const other = await plainRegistry(world.url, () => login).push('b/b', '1', smallImage('one'));
    expect(other.status).toBe(201);
  });

  it('are those of a policy when there is one', async () => {
    world.ecr.access.restrictTo({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
        {
          Effect: 'Allow',
          Action: ['ecr:Describe*', 'ecr:BatchGetImage'],
          Resource: 'arn:aws:ecr:eu-central-1:123456789012:repository/a/*',
        },
      ],
    });
    contentsOf(world.ecr).create('b/b');
    expect(await errorOf(ecr.getAuthorizationToken({}))).toBe('none');
    const describe = (...repositoryNames: string[]) => errorOf(ecr.describeRepositories({ repositoryNames }));
    expect(await describe('a/b')).toBe('none');
    expect(await describe('a/b', 'b/b')).toBe('AccessDeniedException');
    expect(await errorOf(ecr.listImages({ repositoryName: 'a/b' }))).toBe('AccessDeniedException');
  });
});

describe('throttling', () => {
  it('by rates lets a burst of one second pass, and then so many a second', async () => {
    world.ecr.throttle({ kind: 'rates', perSecond: { DescribeImages: 10 } });
    const call = () => errorOf(ecr.describeImages({ repositoryName: 'a/b' }));
    const burst = await Promise.all(Array.from({ length: 25 }, call));
    const passed = burst.filter((error) => error === 'none').length;
    expect(passed).toBeGreaterThanOrEqual(10);
    expect(passed).toBeLessThan(20);
    expect(new Set(burst)).toEqual(new Set(['none', 'ThrottlingException']));
    expect(await errorOf(ecr.listImages({ repositoryName: 'a/b' }))).toBe('none');
  });

  it('by rates are the default quotas when a test names none: 10 pushes of images a second', async () => {
    world.ecr.throttle({ kind: 'rates' });
    const login = world.login();
    const registry = plainRegistry(world.url, () => login);
    const image = smallImage('one');
    contentsOf(world.ecr).put('a/b', 't0', image);
    const { bytes, mediaType } = image.root;
    const pushes = Array.from({ length: 30 }, (_, n) => registry.manifest('a/b', `t${n}`, bytes, mediaType));
    const statuses = (await Promise.all(pushes)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(10);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
  });

  it('by share hits the same calls for the same seed', async () => {
    const run = async () => {
      world.ecr.throttle({ kind: 'share', share: 0.2, seed: 7 });
      const errors: string[] = [];
      for (let n = 0; n < 100; n += 1) errors.push(await errorOf(ecr.listImages({ repositoryName: 'a/b' })));
      return errors;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    const hit = first.filter((error) => error === 'ThrottlingException').length;
    expect(hit).toBeGreaterThan(8);
    expect(hit).toBeLessThan(35);
  });

  it('is 429 at the data plane, and of the SDK’s kind at the API', async () => {
    world.ecr.throttle({ kind: 'share', share: 1, seed: 1, actions: ['PutImage', 'ListImages'] });
    const login = world.login();
    const pushed = await plainRegistry(world.url, () => login).push('a/b', '1', smallImage('one'));
    expect(pushed).toMatchObject({ status: 429, code: 'TOOMANYREQUESTS', message: 'Rate exceeded' });
    const refused = await outcome(ecr.listImages({ repositoryName: 'a/b' }));
    expect(refused).toEqual({ error: 'ThrottlingException', message: 'Rate exceeded' });
  });
});

describe('the log', () => {
  it('has every call by action, plane, repository and outcome, and tells writes from reads', async () => {
    const login = world.login();
    await plainRegistry(world.url, () => login).push('a/b', '1', smallImage('one'));
    await ecr.batchGetImage({ repositoryName: 'a/b', imageIds: [{ imageTag: '1' }] });
    await errorOf(ecr.createRepository({ repositoryName: 'a/b' }));
    expect(world.ecr.log.counts()).toEqual({
      BatchGetImage: 1,
      CompleteLayerUpload: 3,
      CreateRepository: 1,
      InitiateLayerUpload: 3,
      PutImage: 1,
      UploadLayerPart: 3,
    });
    expect(world.ecr.log.writes()).toHaveLength(11);
    const [put] = world.ecr.log.calls().filter(({ action }) => action === 'PutImage');
    const place = { service: 'ecr', account: '123456789012', region: 'eu-central-1', repository: 'a/b' };
    expect(put).toMatchObject({ ...place, plane: 'data', detail: '1', outcome: 'ok' });
    expect(world.ecr.log.calls().at(-1)).toMatchObject({
      plane: 'control',
      outcome: 'RepositoryAlreadyExistsException',
    });
  });

  it('runs hooks before an action, which may change the world or refuse', async () => {
    const remove = world.ecr.log.before('CreateRepository', ({ repository = '' }) => {
      contentsOf(world.ecr).create(repository);
    });
    expect(await errorOf(ecr.createRepository({ repositoryName: 'c/d' }))).toBe('RepositoryAlreadyExistsException');
    remove();
    expect(await errorOf(ecr.createRepository({ repositoryName: 'e/f' }))).toBe('none');
    const refuse = world.ecr.log.before('ListImages', () => {
      throw new EcrFault('ServerException', 'not now');
    });
    expect(await outcome(ecr.listImages({ repositoryName: 'a/b' }))).toMatchObject({ error: 'ServerException' });
    refuse();
  });
});
