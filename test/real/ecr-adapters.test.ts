import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import type { ExistingSettings, RepositorySettings } from '../../src/domain/ecr/repository-settings.ts';
import { type Digest, parseDigest } from '../../src/domain/reference.ts';
import type { RegistryContents, Repositories, TagState } from '../../src/ports/repositories.ts';
import { type AwsAdapters, awsAdapters } from '../support/aws-adapters.ts';
import { contentsOf, type EcrContents } from '../support/ecr-contents.ts';
import type { EcrOptions } from '../support/ecr-emulator.ts';
import { EcrFault } from '../support/ecr-faults.ts';
import { type EcrLoopback, startEcrLoopback } from '../support/ecr-loopback.ts';
import { hostWith, NEVER } from '../support/http-network.ts';

const PLAIN: RepositorySettings = {
  tags: { 'chart-syncer': 'true' },
  tagMutability: undefined,
  scanOnPush: undefined,
  encryption: undefined,
  lifecyclePolicy: undefined,
  repositoryPolicy: undefined,
};

const LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'what nobody has tagged goes after two weeks',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
      action: { type: 'expire' },
    },
  ],
});

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'pull', Effect: 'Allow', Principal: '*', Action: ['ecr:BatchGetImage'] }],
});

const FULL: RepositorySettings = {
  tags: { 'chart-syncer': 'true', team: 'platform' },
  tagMutability: { kind: 'immutable', exceptions: ['dev-*', 'latest'] },
  scanOnPush: true,
  encryption: { kind: 'KMS', key: undefined },
  lifecyclePolicy: LIFECYCLE,
  repositoryPolicy: POLICY,
};

let loopback: EcrLoopback;
let contents: EcrContents;
let adapters: AwsAdapters;
let repositories: Repositories;
let registryContents: RegistryContents;

async function start(options: EcrOptions = {}, account = '123456789012'): Promise<void> {
  loopback = await startEcrLoopback(options);
  const { ecr, env, host } = loopback;
  contents = contentsOf(ecr);
  const hosts = new Map([[host, hostWith({ type: 'ecr', account, region: ecr.region })]]);
  adapters = awsAdapters({ env, settings: { hosts } });
  const registry = { kind: 'private', host, account, region: ecr.region, fips: false, dualStack: false } as const;
  repositories = adapters.ecr.repositories(registry);
  registryContents = adapters.ecr.contents(registry);
}

async function stop(): Promise<void> {
  await adapters.close();
  await loopback.stop();
  expect(loopback.ecr.defects()).toEqual([]);
}

beforeEach(() => start());
afterEach(stop);

async function restart(options: EcrOptions, account?: string): Promise<void> {
  await stop();
  await start(options, account);
}

function describeAll(wanted: Readonly<Record<string, RepositorySettings>>) {
  return repositories.describe(new Map(Object.entries(wanted)), NEVER);
}

async function settingsOf(name: string, wanted = FULL): Promise<ExistingSettings | undefined> {
  const state = (await describeAll({ [name]: wanted })).get(name);
  return state?.kind === 'present' ? state.settings : undefined;
}

async function lookUp(name: string, tags: readonly string[]): Promise<ReadonlyMap<string, TagState>> {
  return (await repositories.lookUp?.(name, tags, NEVER)) ?? new Map();
}

async function kinds(name: string, tags: readonly string[]): Promise<readonly string[]> {
  const states = await lookUp(name, tags);
  return tags.map((tag) => states.get(tag)?.kind ?? 'left out');
}

function count(action: string): number {
  return loopback.ecr.log.counts()[action] ?? 0;
}

/** A failure that the SDK repeats at once, not after seconds. */
function failOnce(action: string, first: () => void = () => undefined): void {
  const remove = loopback.ecr.log.before(action, () => {
    remove();
    first();
    throw new EcrFault('ServerException', 'something broke');
  });
}

describe('looking at repositories', () => {
  test('what exists is told with its settings', async () => {
    await repositories.create('team/app', FULL, NEVER);
    const state = (await describeAll({ 'team/app': FULL })).get('team/app');
    expect(state).toMatchObject({
      kind: 'present',
      createdAt: expect.any(Date),
      settings: {
        tags: FULL.tags,
        tagMutability: FULL.tagMutability,
        scanOnPush: true,
        encryption: { kind: 'KMS', key: expect.stringMatching(/^arn:aws:kms:/) },
      },
    });
    const settings = await settingsOf('team/app');
    expect(JSON.parse(settings?.lifecyclePolicy ?? '')).toEqual(JSON.parse(LIFECYCLE));
    expect(JSON.parse(settings?.repositoryPolicy ?? '')).toEqual(JSON.parse(POLICY));
  });

  test('policies are asked for where they are wanted; none is the empty text', async () => {
    contents.create('app');
    contents.create('bpp');
    const states = await describeAll({ app: PLAIN, bpp: { ...PLAIN, lifecyclePolicy: LIFECYCLE } });
    expect(states.get('app')).toMatchObject({ settings: { lifecyclePolicy: undefined, repositoryPolicy: undefined } });
    expect(states.get('bpp')).toMatchObject({ settings: { lifecyclePolicy: '', repositoryPolicy: undefined } });
    expect([count('GetLifecyclePolicy'), count('GetRepositoryPolicy')]).toEqual([1, 0]);
  });

  test('a hundred cost one request, and one more each for their tags', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `team/app-${index}`);
    for (const name of names) contents.create(name);
    const states = await describeAll(Object.fromEntries(names.map((name) => [name, PLAIN])));
    expect([...states.values()].every(({ kind }) => kind === 'present')).toBe(true);
    expect(loopback.ecr.log.counts()).toEqual({ DescribeRepositories: 2, ListTagsForResource: 120 });
    expect(repositories.calls()).toEqual({ DescribeRepositories: 2, ListTagsForResource: 120 });
  });

  test('missing ones among a thousand are found by listing all', async () => {
    for (let index = 0; index < 1005; index += 1) contents.create(`other/${index}`);
    contents.create('zzz/last');
    const states = await describeAll({ 'zzz/last': PLAIN, 'team/new': PLAIN });
    expect(states.get('zzz/last')).toMatchObject({ kind: 'present' });
    expect(states.get('team/new')).toEqual({ kind: 'absent' });
    expect(count('DescribeRepositories')).toBe(3);
  });

  test('"may not look" is not "absent", and has its reason', async () => {
    loopback.ecr.access.deny({ action: 'DescribeRepositories' });
    const states = await describeAll({ 'team/new': PLAIN });
    expect(states.get('team/new')).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('not authorized to perform: ecr:DescribeRepositories'),
    });
  });

  test('who may look at some only learns of those', async () => {
    contents.create('mine/a');
    const Resource = `arn:aws:ecr:eu-central-1:123456789012:repository/mine/*`;
    loopback.ecr.access.restrictTo({ Statement: [{ Effect: 'Allow', Action: 'ecr:*', Resource }] });
    const states = await describeAll({ 'mine/a': PLAIN, 'mine/b': PLAIN });
    expect([...states].map(([name, { kind }]) => `${name} ${kind}`)).toEqual(['mine/a present', 'mine/b absent']);
  });

  test('settings that may not be read are not known, and no error', async () => {
    contents.create('app', { tags: { team: 'x' } });
    for (const action of ['GetLifecyclePolicy', 'GetRepositoryPolicy', 'ListTagsForResource'])
      loopback.ecr.access.deny({ action });
    expect(await settingsOf('app')).toMatchObject({
      scanOnPush: false,
      tags: undefined,
      lifecyclePolicy: undefined,
      repositoryPolicy: undefined,
    });
  });

  test('throttled requests are repeated', async () => {
    for (let index = 0; index < 20; index += 1) contents.create(`app/${index}`);
    let asked = 0;
    loopback.ecr.log.before('ListTagsForResource', () => {
      asked += 1;
      if (asked === 5) throw new EcrFault('ThrottlingException', 'Rate exceeded');
    });
    const wanted = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`app/${index}`, PLAIN]));
    const states = await describeAll(wanted);
    expect([...states.values()].every(({ kind }) => kind === 'present')).toBe(true);
    expect(asked).toBe(21);
  });
});

describe('creating repositories', () => {
  test('all settings are there afterwards', async () => {
    expect(await repositories.create('team/app', FULL, NEVER)).toEqual({ kind: 'created', lacks: undefined });
    const made = contents.repository('team/app');
    expect(Object.fromEntries(made.resourceTags)).toEqual(FULL.tags);
    expect(made.mutability).toEqual({ kind: 'IMMUTABLE_WITH_EXCLUSION', filters: ['dev-*', 'latest'] });
    expect(made.scanOnPush).toBe(true);
    expect(made.encryption.type).toBe('KMS');
    expect([made.lifecyclePolicy, made.policy].every((text) => text !== undefined)).toBe(true);
  });

  test('what is not said stays as ECR has it', async () => {
    await repositories.create('team/app', PLAIN, NEVER);
    const made = contents.repository('team/app');
    expect(made.mutability).toEqual({ kind: 'MUTABLE', filters: [] });
    expect(made.encryption.type).toBe('AES256');
    expect(loopback.ecr.log.writes().map(({ action }) => action)).toEqual(['CreateRepository']);
  });

  test('somebody else may be first; then nothing is changed', async () => {
    const remove = loopback.ecr.log.before('CreateRepository', () => {
      remove();
      contents.create('team/app', { tags: { owner: 'them' } });
    });
    expect(await repositories.create('team/app', FULL, NEVER)).toEqual({ kind: 'existed' });
    expect(Object.fromEntries(contents.repository('team/app').resourceTags)).toEqual({ owner: 'them' });
    expect(count('PutLifecyclePolicy')).toBe(0);
  });

  test('an answer that got lost is no other party: the policies are set', async () => {
    const encryption = { type: 'KMS', key: 'arn:aws:kms:eu-central-1:123456789012:key/1' } as const;
    failOnce('CreateRepository', () =>
      contents.create('team/app', {
        ...{ tags: FULL.tags, scanOnPush: true, encryption },
        mutability: { kind: 'IMMUTABLE_WITH_EXCLUSION', filters: ['dev-*', 'latest'] },
      }),
    );
    expect(await repositories.create('team/app', FULL, NEVER)).toEqual({ kind: 'created', lacks: undefined });
    expect(contents.repository('team/app').lifecyclePolicy).toBeDefined();
  });

  test('after a repeated request a repository with other settings is another party', async () => {
    failOnce('CreateRepository', () => contents.create('team/app'));
    expect(await repositories.create('team/app', FULL, NEVER)).toEqual({ kind: 'existed' });
    expect(contents.repository('team/app').lifecyclePolicy).toBeUndefined();
  });

  test('a policy that cannot be set is an error that names what is missing', async () => {
    loopback.ecr.access.deny({ action: 'PutLifecyclePolicy' });
    const creation = await repositories.create('team/app', FULL, NEVER);
    expect(creation.kind === 'created' && creation.lacks).toMatchObject({
      code: 'REPOSITORY_FAILED',
      message: expect.stringMatching(
        /^repository team\/app is created, but lacks its lifecycle policy: .*ecr:PutLifecyclePolicy/,
      ),
      hint: expect.stringContaining('--apply-repository-settings'),
    });
    expect(contents.repository('team/app').policy).toBeDefined();
  });

  test('a missing right is named', async () => {
    loopback.ecr.access.deny({ action: 'CreateRepository' });
    await expect(repositories.create('team/app', PLAIN, NEVER)).rejects.toMatchObject({
      code: 'REPOSITORY_FAILED',
      origin: 'destination',
      message: expect.stringMatching(/failed to create repository team\/app: AccessDeniedException: User: arn/),
      hint: expect.stringContaining('ecr:CreateRepository'),
    });
  });

  test('a quota that is used up is not asked for ten times', async () => {
    await restart({ repositoryLimit: 1 });
    await repositories.create('a/1', PLAIN, NEVER);
    await expect(repositories.create('a/2', PLAIN, NEVER)).rejects.toMatchObject({
      code: 'REPOSITORY_FAILED',
      hint: expect.stringContaining('quota'),
    });
    expect(count('CreateRepository')).toBe(2);
  });

  test('many at once are spread over time', async () => {
    const started = performance.now();
    await Promise.all(Array.from({ length: 11 }, (_, index) => repositories.create(`a/${index}`, PLAIN, NEVER)));
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  test('it ends when the run does', async () => {
    const controller = new AbortController();
    loopback.ecr.log.before('CreateRepository', () => controller.abort());
    await expect(repositories.create('a/b', PLAIN, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('changing repositories', () => {
  const changes = ['tags', 'tagMutability', 'scanOnPush', 'lifecyclePolicy', 'repositoryPolicy'] as const;

  test('every setting but the encryption; other tags stay', async () => {
    contents.create('team/app', { tags: { owner: 'them' } });
    await repositories.change('team/app', FULL, changes, NEVER);
    const settings = await settingsOf('team/app');
    expect(settings).toMatchObject({
      tags: { owner: 'them', ...FULL.tags },
      tagMutability: FULL.tagMutability,
      scanOnPush: true,
    });
    expect([settings?.lifecyclePolicy, settings?.repositoryPolicy]).not.toContain('');
  });

  test('only those that are named', async () => {
    contents.create('team/app');
    await repositories.change('team/app', FULL, ['scanOnPush'], NEVER);
    expect(loopback.ecr.log.writes().map(({ action }) => action)).toEqual(['PutImageScanningConfiguration']);
  });

  test('the encryption is fixed: nothing is sent', async () => {
    contents.create('team/app');
    await expect(repositories.change('team/app', FULL, ['scanOnPush', 'encryption'], NEVER)).rejects.toThrow(
      RangeError,
    );
    expect(loopback.ecr.log.calls()).toEqual([]);
  });

  test('one that fails does not keep the others from being made', async () => {
    contents.create('team/app');
    loopback.ecr.access.deny({ action: 'PutImageTagMutability' });
    loopback.ecr.access.deny({ action: 'SetRepositoryPolicy' });
    await expect(repositories.change('team/app', FULL, changes, NEVER)).rejects.toMatchObject({
      code: 'REPOSITORY_FAILED',
      message: expect.stringContaining('is changed in part, but lacks its tag mutability and repository policy'),
      hint: expect.stringContaining('ecr:PutImageTagMutability'),
    });
    expect(contents.repository('team/app').scanOnPush).toBe(true);
    expect(contents.repository('team/app').lifecyclePolicy).toBeDefined();
  });
});

describe('looking up tags', () => {
  test('found, absent and archived are told apart', async () => {
    const image = contents.add('team/app', '1.0');
    contents.add('team/app', 'old');
    contents.archive('team/app', 'old');
    const states = await lookUp('team/app', ['1.0', 'old', 'new', '1.0']);
    expect(states.get('1.0')).toMatchObject({
      ...{ kind: 'found', digest: image.digest, bytes: image.bytes },
      mediaType: 'application/vnd.oci.image.index.v1+json',
    });
    expect([states.get('old'), states.get('new'), states.size]).toEqual([{ kind: 'archived' }, { kind: 'absent' }, 3]);
    expect(loopback.ecr.log.counts()).toEqual({ BatchGetImage: 1, DescribeImages: 1 });
  });

  test('a hundred tags cost one request when all are there', async () => {
    const image = buildImage('one', { platforms: [] });
    const tags = Array.from({ length: 230 }, (_, index) => `v${index}`);
    for (const tag of tags) contents.put('team/app', tag, image);
    expect(new Set(await kinds('team/app', tags))).toEqual(new Set(['found']));
    expect(loopback.ecr.log.counts()).toEqual({ BatchGetImage: 3 });
  });

  test('docker images and their lists as well', async () => {
    contents.add('app', 'list', { format: 'docker' });
    contents.add('app', 'one', { format: 'docker', platforms: [] });
    const states = await lookUp('app', ['list', 'one']);
    expect([...states.values()].map((state) => (state.kind === 'found' ? state.mediaType : state.kind))).toEqual([
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ]);
  });

  test('of a missing repository all are absent', async () => {
    expect(await kinds('team/app', ['1', '2'])).toEqual(['absent', 'absent']);
  });

  test('a missing right is no absence', async () => {
    contents.add('team/app', '1.0');
    loopback.ecr.access.deny({ action: 'BatchGetImage' });
    expect((await lookUp('team/app', ['1.0', '2'])).get('2')).toMatchObject({
      kind: 'denied',
      detail: expect.stringContaining('ecr:BatchGetImage'),
    });
  });

  test('without the right to list archived ones, they are as good as denied, the others absent', async () => {
    contents.add('team/app', 'old');
    contents.archive('team/app', 'old');
    loopback.ecr.access.deny({ action: 'DescribeImages' });
    expect(await kinds('team/app', ['old', 'new'])).toEqual(['denied', 'absent']);
  });

  test('throttled requests are repeated', async () => {
    contents.add('team/app', '1.0');
    const remove = loopback.ecr.log.before('BatchGetImage', () => {
      remove();
      throw new EcrFault('ThrottlingException', 'Rate exceeded');
    });
    expect(await kinds('team/app', ['1.0'])).toEqual(['found']);
    expect(count('BatchGetImage')).toBe(2);
  });

  test('a manifest with another digest is an error', async () => {
    const image = contents.add('team/app', '1.0');
    image.bytes.write('X', 2);
    await expect(lookUp('team/app', ['1.0'])).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      message: expect.stringContaining(`promised ${image.digest}`),
    });
  });

  test('an outage is an error, never absence', async () => {
    await loopback.stop();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 500);
    await expect(repositories.lookUp?.('app', ['1'], controller.signal)).rejects.toThrow();
    loopback = await startEcrLoopback();
  });
});

describe('blob mounting', () => {
  test('is what the account has set', async () => {
    expect(await repositories.mounting(NEVER)).toBe('off');
    contents.set('BLOB_MOUNTING', 'ENABLED');
    expect(await repositories.mounting(NEVER)).toBe('on');
  });

  test('is unknown without the right to ask', async () => {
    loopback.ecr.access.deny({ action: 'GetAccountSetting' });
    expect(await repositories.mounting(NEVER)).toBe('unknown');
  });

  test('is unknown where AWS gives no token, whose refusal names the registry', async () => {
    loopback.ecr.access.deny({ action: 'GetAuthorizationToken' });
    expect(await repositories.mounting(NEVER)).toBe('unknown');
    await expect(adapters.ecr.token(loopback.host, NEVER, 'destination')).rejects.toMatchObject({
      message: expect.stringContaining(`${loopback.host} (account 123456789012, region eu-central-1)`),
    });
  });

  test("is unknown for another account's registry: the setting is the caller's own", async () => {
    await restart({}, '999999999999');
    expect(await repositories.mounting(NEVER)).toBe('unknown');
    expect(count('GetAccountSetting')).toBe(0);
  });
});

describe('the contents of a registry', () => {
  function digest(text: string): Digest {
    const parsed = parseDigest(text);
    if (parsed === undefined) throw new Error(`${text} is no digest`);
    return parsed;
  }

  function referrer(subject: string): Buffer {
    const empty = buildImage('empty', { platforms: [] }).blobs[0];
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: empty?.digest, size: empty?.bytes.length };
    const about = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: subject, size: 1 };
    const text = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [] };
    return Buffer.from(JSON.stringify({ ...text, artifactType: 'application/vnd.example', subject: about }));
  }

  function putReferrer(name: string, subject: string): Digest {
    const image = buildImage('empty', { platforms: [] });
    const bytes = referrer(subject);
    const root = { ...image.root, bytes };
    return digest(contents.put(name, undefined, { ...image, root }).digest);
  }

  test('are all repositories, with our mark or without', async () => {
    contents.create('ours', { tags: { 'chart-syncer': 'true' } });
    contents.create('theirs', { tags: { 'chart-syncer': 'no' } });
    expect(await registryContents.repositories(NEVER)).toEqual(['ours', 'theirs']);
    const marks = ['ours', 'theirs', 'missing'].map((name) => registryContents.isOurs(name, NEVER));
    expect(await Promise.all(marks)).toEqual([true, false, false]);
  });

  test('an unreadable mark is an error', async () => {
    contents.create('ours', { tags: { 'chart-syncer': 'true' } });
    loopback.ecr.access.deny({ action: 'ListTagsForResource' });
    await expect(registryContents.isOurs('ours', NEVER)).rejects.toMatchObject({
      code: 'REPOSITORY_FAILED',
      hint: expect.stringContaining('ecr:ListTagsForResource'),
    });
  });

  test('are all images, archived ones too, and what they are about', async () => {
    const root = contents.add('app', '1.0', { platforms: ['linux/amd64'] });
    contents.put('app', 'latest', buildImage('app:1.0', { platforms: ['linux/amd64'] }));
    contents.add('app', 'old', { platforms: [], format: 'docker' });
    contents.archive('app', 'old');
    const signature = putReferrer('app', root.digest);
    contents.setPushedAt(new Date('2026-01-02T03:04:05Z'), 'app');
    const images = await registryContents.images('app', NEVER);
    expect(images).toHaveLength(4);
    const find = (wanted: string) => images.find((image) => image.digest === wanted || image.tags.includes(wanted));
    expect(find('1.0')).toMatchObject({
      tags: expect.arrayContaining(['1.0', 'latest']),
      mediaType: 'application/vnd.oci.image.index.v1+json',
      subject: undefined,
      isArchived: false,
      pushedAt: new Date('2026-01-02T03:04:05Z'),
    });
    expect(find('old')).toMatchObject({ isArchived: true });
    expect(loopback.ecr.log.counts()).toEqual({ DescribeImages: 1 });
    expect(find(signature)).toMatchObject({ subject: root.digest, artifactType: 'application/vnd.example', tags: [] });
  });

  test('many images are read by pages', async () => {
    for (let index = 0; index < 1010; index += 1) {
      contents.add('app', `v${index}`, { platforms: [], format: 'docker', ownLayers: 0 });
    }
    expect(await registryContents.images('app', NEVER)).toHaveLength(1010);
    expect(count('DescribeImages')).toBe(2);
  });

  test('manifests are read a hundred at a time; what cannot be read is left out', async () => {
    const digests: Digest[] = [];
    for (let index = 0; index < 105; index += 1) {
      digests.push(digest(contents.add('app', `v${index}`, { platforms: [] }).digest));
    }
    contents.archive('app', 'v0');
    const missing = digest(`sha256:${'0'.repeat(64)}`);
    const manifests = await registryContents.manifests('app', [...digests, missing], NEVER);
    expect(manifests.size).toBe(104);
    expect(manifests.get(digests[7] ?? missing)?.bytes).toEqual(contents.image('app', 'v7').bytes);
    expect(count('BatchGetImage')).toBe(2);
    expect((await registryContents.manifests('none', [missing], NEVER)).size).toBe(0);
  });

  test('an index goes with its images, whatever their order', async () => {
    const root = contents.add('app', '1.0');
    const images = await registryContents.images('app', NEVER);
    const children = images.map((image) => image.digest).filter((other) => other !== root.digest);
    expect(await registryContents.remove('app', [...children, digest(root.digest)], NEVER)).toEqual([]);
    expect(contents.list()).toEqual([]);
  });

  test('what an index that stays names is left, and so is nothing else', async () => {
    contents.add('app', '1.0');
    const lone = digest(contents.add('app', 'lone', { platforms: [] }).digest);
    const images = await registryContents.images('app', NEVER);
    const children = images.filter(({ tags }) => tags.length === 0).map((image) => image.digest);
    const failures = await registryContents.remove('app', [...children, lone], NEVER);
    expect(failures.map((failure) => failure.digest).sort()).toEqual([...children].sort());
    expect(failures[0]?.reason).toContain('ImageReferencedByManifestList');
    expect(contents.list().some((name) => name.includes(lone))).toBe(false);
  });

  test('what is gone already counts as removed', async () => {
    const gone = digest(`sha256:${'1'.repeat(64)}`);
    contents.create('app');
    expect(await registryContents.remove('app', [gone], NEVER)).toEqual([]);
    expect(await registryContents.remove('none', [gone], NEVER)).toEqual([]);
  });

  test('a refusal is reported for everything that is left', async () => {
    const digests = ['1', '2'].map((tag) => digest(contents.add('app', tag, { platforms: [] }).digest));
    loopback.ecr.access.deny({ action: 'BatchDeleteImage' });
    const failures = await registryContents.remove('app', digests, NEVER);
    expect(failures).toHaveLength(2);
    expect(failures[0]?.reason).toMatch(/failed to remove images of app: AccessDeniedException/);
  });

  test('credentials that are of no use any more are no failure of single images', async () => {
    const one = digest(contents.add('app', '1', { platforms: [] }).digest);
    loopback.ecr.log.before('BatchDeleteImage', () => {
      throw new EcrFault('ExpiredTokenException', 'the security token included in the request is expired');
    });
    await expect(registryContents.remove('app', [one], NEVER)).rejects.toMatchObject({
      code: 'CREDENTIALS_UNREADABLE',
      hint: expect.stringContaining('log in to AWS again'),
    });
  });

  test('a failure that names no image is no removal', async () => {
    const body = JSON.stringify({ imageIds: [], failures: [{ failureCode: 'KmsError', failureReason: 'it is odd' }] });
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { ecr, env, host } = loopback;
    const odd = awsAdapters({ env: { ...env, AWS_ENDPOINT_URL_ECR: `http://127.0.0.1:${port}` } });
    try {
      const place = { account: ecr.account, region: ecr.region, fips: false, dualStack: false };
      const one = digest(`sha256:${'1'.repeat(64)}`);
      const removal = odd.ecr.contents({ kind: 'private', host, ...place }).remove('app', [one], NEVER);
      await expect(removal).rejects.toMatchObject({
        code: 'REGISTRY_ANSWER_INVALID',
        message: expect.stringContaining('KmsError: it is odd'),
      });
    } finally {
      await odd.close();
      server.close();
    }
  });

  test('a repository that is deleted after it was listed holds nothing, and is not ours', async () => {
    contents.create('gone', { tags: { 'chart-syncer': 'true' } });
    expect(await registryContents.repositories(NEVER)).toEqual(['gone']);
    const { store, account, region } = loopback.ecr;
    store.registry('ecr', account, region).repositories.delete('gone');
    expect(await registryContents.isOurs('gone', NEVER)).toBe(false);
    expect(await registryContents.images('gone', NEVER)).toEqual([]);
  });

  test('a refusal in the middle keeps what is done', async () => {
    const digests: Digest[] = [];
    for (let index = 0; index < 150; index += 1) {
      digests.push(digest(contents.add('app', `v${index}`, { platforms: [] }).digest));
    }
    let batches = 0;
    loopback.ecr.log.before('BatchDeleteImage', () => {
      batches += 1;
      if (batches === 2) loopback.ecr.access.deny({ action: 'BatchDeleteImage' });
    });
    const failures = await registryContents.remove('app', digests, NEVER);
    expect(failures.map((failure) => failure.digest)).toEqual(digests.slice(100));
  });
});

describe('ECR Public', () => {
  let open: Repositories;
  let there: EcrContents;

  beforeEach(() => {
    open = adapters.ecr.repositories({ kind: 'public', host: 'public.ecr.aws', alias: 'tests' });
    there = contentsOf(loopback.ecr, { service: 'ecr-public' });
  });

  const describeOpen = (wanted: Readonly<Record<string, RepositorySettings>>) =>
    open.describe(new Map(Object.entries(wanted)), NEVER);

  const OPEN_POLICY = { ...PLAIN, repositoryPolicy: POLICY.replaceAll('ecr:', 'ecr-public:') };

  test('names are those behind the alias', async () => {
    expect(await open.create('tests/team/app', PLAIN, NEVER)).toEqual({ kind: 'created', lacks: undefined });
    expect(await open.create('tests/team/app', PLAIN, NEVER)).toEqual({ kind: 'existed' });
    expect(there.names()).toEqual(['team/app']);
    const states = await describeOpen({ 'tests/team/app': PLAIN, 'tests/team/new': PLAIN });
    expect(states.get('tests/team/new')).toEqual({ kind: 'absent' });
    expect(states.get('tests/team/app')).toMatchObject({
      kind: 'present',
      settings: { tags: PLAIN.tags, tagMutability: { kind: 'mutable', exceptions: [] }, scanOnPush: false },
    });
    expect(open.calls()).toMatchObject({ CreateRepository: 2, DescribeRegistries: 1 });
  });

  test('tags can be added', async () => {
    there.create('app', { tags: { owner: 'them' } });
    await open.change('tests/app', PLAIN, ['tags'], NEVER);
    expect(Object.fromEntries(there.repository('app').resourceTags)).toEqual({ owner: 'them', ...PLAIN.tags });
  });

  test('policies are set at creation and afterwards', async () => {
    await open.create('tests/app', OPEN_POLICY, NEVER);
    there.create('other');
    await open.change('tests/other', OPEN_POLICY, ['repositoryPolicy'], NEVER);
    expect([there.repository('app').policy, there.repository('other').policy]).not.toContain(undefined);
    const state = (await describeOpen({ 'tests/app': OPEN_POLICY })).get('tests/app');
    expect(state?.kind === 'present' && JSON.parse(state.settings.repositoryPolicy ?? '')).toEqual(
      JSON.parse(OPEN_POLICY.repositoryPolicy),
    );
  });

  test("somebody else's alias is refused, with one's own named", async () => {
    await expect(describeOpen({ 'other/app': PLAIN })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/public\.ecr\.aws\/other does not belong .*: it has tests$/),
    });
  });

  test('settings that it does not have are refused before anything is created', async () => {
    await expect(open.create('tests/app', FULL, NEVER)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(
        'tag immutability and no scan on push and no encryption and no lifecycle policies',
      ),
    });
    expect(there.names()).toEqual([]);
  });

  test('who may not ask for aliases learns nothing, and is told why', async () => {
    loopback.ecr.access.deny({ action: 'DescribeRegistries' });
    const states = await describeOpen({ 'tests/app': PLAIN });
    expect(states.get('tests/app')).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('DescribeRegistries'),
    });
  });

  test('nothing is created while it cannot be known whose the alias is', async () => {
    loopback.ecr.access.deny({ action: 'DescribeRegistries' });
    await describeOpen({ 'other/app': PLAIN, 'other/bpp': PLAIN });
    for (const name of ['other/app', 'other/bpp', 'tests/app'])
      await expect(open.create(name, PLAIN, NEVER)).rejects.toMatchObject({
        code: 'REPOSITORY_FAILED',
        message: expect.stringContaining('DescribeRegistries'),
        hint: expect.stringContaining('ecr-public:DescribeRegistries'),
      });
    expect(there.names()).toEqual([]);
    expect(open.calls()).toEqual({ DescribeRegistries: 1 });
  });

  test('has no request for many tags, and tells nothing of mounting', async () => {
    expect(open.lookUp).toBeUndefined();
    expect(await open.mounting(NEVER)).toBe('unknown');
  });
});
