import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildImage, type Piece } from '../../src/demo/synthetic-image.ts';
import type { PolicyDocument } from '../../src/domain/ecr/least-policy.ts';
import type { EcrCall } from '../support/ecr-gate.ts';
import { type EcrOutcome, type EcrRuns, startEcrRuns } from '../support/ecr-run-world.ts';
import type { PushedImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: 'nothing without a tag for more than two weeks',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
      action: { type: 'expire' },
    },
  ],
};
const READERS = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Readers',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:root' },
      Action: ['ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
    },
  ],
};
const LONG = Array.from({ length: 9 }, (_, n) => `${n}`.repeat(25)).join('/');
/** Rights that are taken away in one repository each, and what becomes of what goes there. */
const LACKS = [
  { action: 'CreateRepository', row: 'failed REPOSITORY_FAILED', image: 'failed' },
  { action: 'BatchCheckLayerAvailability', row: 'refused IMAGE_DESTINATION_DENIED', image: 'refused' },
  { action: 'InitiateLayerUpload', row: 'refused IMAGE_DESTINATION_DENIED', image: 'refused' },
  { action: 'PutImage', row: 'refused IMAGE_DESTINATION_DENIED', image: 'refused' },
] as const;
const ASKED_BY_CRANE = 'batchchecklayeravailability';
/** Every setting there is, for the repositories below `path`; charts are immutable without a word more. */
const SETTINGS = {
  repositories: [
    { match: '*/shop', tagMutability: 'immutable', tags: { kind: 'chart' } },
    {
      match: '*',
      tags: { team: 'platform', kind: 'image' },
      tagMutability: 'immutable',
      tagMutabilityExceptions: ['latest', 'nightly-*'],
      scanOnPush: true,
      encryption: { type: 'KMS', key: 'alias/registry' },
      lifecyclePolicy: LIFECYCLE,
      repositoryPolicy: READERS,
    },
  ],
};

/** The policy as a person would copy it from what a scan prints. */
function printedPolicy(stderr: string): PolicyDocument {
  const [, text = ''] = /^the least IAM policy for this run:\n(\{\n[\s\S]*?\n\})$/m.exec(stderr) ?? [];
  return JSON.parse(text);
}

function without({ Statement, ...rest }: PolicyDocument, action: string): PolicyDocument {
  const left = Statement.map((one) => ({ ...one, Action: one.Action.filter((name) => name !== `ecr:${action}`) }));
  return { ...rest, Statement: left.filter(({ Action }) => Action.length > 0) };
}

/** The policy with rights taken away again, each for the image that is named after it. */
function denying(policy: PolicyDocument, rights: readonly string[]): object {
  const denials = rights.map((action) => {
    const resource = `arn:aws:ecr:*:*:repository/lack/lack/${action.toLowerCase()}`;
    return { Effect: 'Deny', Action: [`ecr:${action}`], Resource: [resource] };
  });
  return { ...policy, Statement: [...policy.Statement, ...denials] };
}

/** A look at the whole registry is a thing that a policy for single repositories cannot allow. */
function refusedCalls(calls: readonly EcrCall[]): readonly string[] {
  return calls
    .filter(({ action, repositories }) => action !== 'DescribeRepositories' || repositories.length > 0)
    .filter(({ outcome }) => outcome === 'AccessDeniedException')
    .map(({ action, repository, detail }) => `${action} ${repository ?? ''} ${detail ?? ''}`);
}

/** The layer that the images of `shop` share. */
function sharedLayer(): Piece {
  const [first, second] = ['team/app:1.0', 'team/web:2.0'].map((name) =>
    buildImage(name, { platforms: [], ownLayers: 1 }),
  );
  const found = first?.blobs.find(({ digest }) => second?.blobs.some((blob) => blob.digest === digest));
  if (found === undefined) throw new Error('they share no layer');
  return found;
}

const SHARED = sharedLayer();

describeWith(['helm', 'crane', 'openssl'], 'repositories of a private registry', () => {
  let world: EcrRuns;
  let index: PushedImage;

  beforeAll(async () => {
    world = await startEcrRuns();
    index = await world.image('team/index:1.0', { platforms: ['linux/amd64', 'linux/arm64'] });
    await world.chart('shop', 'team/app:1.0', 'team/web:2.0');
    await world.chart('one', 'team/app:1.0');
    await world.chart('next', 'team/app:1.1');
    await world.chart('index', 'team/index:1.0');
    await world.chart('short', 'x:1.0');
    await world.chart('dashes', 'a--b/c__d:1.0');
    await world.chart('long', `${LONG}:1.0`);
  });

  afterEach(() => {
    world.ecr.access.reset();
    world.ecr.log.reset();
  });

  afterAll(() => world?.stop());

  const names = (path: string) => [`${path}/shop`, `${path}/team/app`, `${path}/team/web`];
  const clear = () => world.ecr.store.registry('ecr', world.ecr.account, world.ecr.region).repositories.clear();

  const uploadsOf = (digest: string) =>
    world.ecr.log.calls().filter(({ action, detail }) => action === 'CompleteLayerUpload' && detail === digest).length;

  it('are planned by a scan without any login, which finds names that are too long', async () => {
    const path = 'plan/with-a-path-of-some-length';
    const { code, rows, repositories, repository, image, chart, report, stderr } = await world.mirror({
      ...{ charts: ['shop', 'long'], path, config: SETTINGS, flags: ['--scan-only'], env: { ...world.network } },
    });
    expect([code, rows], stderr).toEqual([1, ['shop ready', 'long refused DESTINATION_COLLISION']]);
    expect(chart('long').error?.message).toMatch(/ has 265 characters, and Amazon ECR takes 256$/);
    expect(repositories).toEqual(names(path).map((name) => `${name} unknown`));
    expect(repository(`${path}/team/app`).settings).toMatchObject({
      tags: { 'chart-syncer': 'true', team: 'platform', kind: 'image' },
      tagMutability: { kind: 'immutable', exceptions: ['latest', 'nightly-*'] },
      encryption: { type: 'KMS', key: 'alias/registry' },
    });
    expect(image('team/app:1.0').status).toBe('to-copy');
    expect(printedPolicy(stderr)).toEqual(report.ecr?.policy);
    expect(world.ecr.log.calls()).toEqual([]);
  });

  it('are made by a run that may do what the scan has printed, and nothing else', async () => {
    const scan = await world.mirror({ charts: ['shop'], path: 'least', config: SETTINGS, flags: ['--scan-only'] });
    expect(scan.code, scan.stderr).toBe(0);
    expect(scan.repositories).toEqual(names('least').map((name) => `${name} to-create`));
    for (const name of names('least'))
      expect(scan.stderr).toMatch(new RegExp(`^to create +repository ${name} \\(`, 'm'));
    expect(scan.stderr).toContain('immutable tags except latest nightly-*, scan on push on, KMS alias/registry');
    expect(world.ecr.log.writes()).toEqual([]);
    expect(world.contents.names()).toEqual([]);

    const policy = printedPolicy(scan.stderr);
    world.ecr.access.restrictTo(policy);
    world.ecr.log.reset();
    const cold = await world.mirror({ charts: ['shop'], path: 'least', config: SETTINGS });
    expect([cold.code, cold.rows], cold.stderr).toEqual([0, ['shop pushed']]);
    expect(cold.repositories).toEqual(names('least').map((name) => `${name} created`));
    expect(refusedCalls(world.ecr.log.calls())).toEqual([]);
    expect(cold.report.ecr?.mounting).toEqual({ state: 'off', savesBytes: SHARED.bytes.length });
    expect(cold.stderr).toMatch(/^blob mounting: off; it would save up to \d\.\d kB of uploads: aws ecr put-account/m);
    expect(uploadsOf(SHARED.digest)).toBe(2);

    world.ecr.log.reset();
    const warm = await world.mirror({ charts: ['shop'], path: 'least', config: SETTINGS });
    expect([warm.code, warm.rows], warm.stderr).toEqual([0, ['shop present']]);
    expect(warm.report.ecr?.repositories.flatMap(({ differences }) => differences)).toEqual([]);
    expect(refusedCalls(world.ecr.log.calls())).toEqual([]);
    expect(world.ecr.log.writes()).toEqual([]);
  });

  it('have all settings from the moment of their creation', () => {
    const app = world.contents.repository('least/team/app');
    expect(Object.fromEntries(app.resourceTags)).toEqual({ 'chart-syncer': 'true', team: 'platform', kind: 'image' });
    expect(app.mutability).toEqual({ kind: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest', 'nightly-*'] });
    expect(app.scanOnPush).toBe(true);
    expect(app.encryption).toMatchObject({ type: 'KMS', key: expect.stringContaining(':key/') });
    expect(JSON.parse(app.lifecyclePolicy ?? '')).toEqual(LIFECYCLE);
    expect(JSON.parse(app.policy ?? '')).toEqual(READERS);
    const shop = world.contents.repository('least/shop');
    expect(shop.mutability).toEqual({ kind: 'IMMUTABLE', filters: [] });
    expect(Object.fromEntries(shop.resourceTags)).toMatchObject({ team: 'platform', kind: 'chart' });
  });

  it('that exist already need no more rights than a scan says, to tell archived tags from absent ones', async () => {
    const run = { charts: ['one', 'next'], path: 'least', config: SETTINGS };
    const scan = await world.mirror({ ...run, flags: ['--scan-only'] });
    expect(scan.repositories).toEqual(['least/next to-create', 'least/one to-create', 'least/team/app present']);
    world.contents.add('least/team/app', '1.1');
    world.contents.archive('least/team/app', '1.1');
    world.ecr.access.restrictTo(printedPolicy(scan.stderr));
    world.ecr.log.reset();
    const { code, rows, stderr } = await world.mirror(run);
    expect([code, rows], stderr).toEqual([1, ['one pushed', 'next refused IMAGE_TAG_TAKEN']]);
    expect(refusedCalls(world.ecr.log.calls())).toEqual([]);
  });

  describe('under a policy that lacks one action', () => {
    const rights = [...LACKS.map(({ action }) => action), 'PutLifecyclePolicy'];
    const needs = rights.map((action) => action.toLowerCase());
    const run = { charts: [...needs, 'one'], path: 'lack', config: SETTINGS };
    let policy: PolicyDocument;
    let outcome: EcrOutcome;
    let byCrane: EcrOutcome;

    beforeAll(async () => {
      for (const name of needs) await world.chart(name, `lack/${name}:1.0`);
      policy = printedPolicy((await world.mirror({ ...run, flags: ['--scan-only'] })).stderr);
      world.ecr.access.restrictTo(denying(policy, rights));
      // only crane asks whether a layer is there; the engine asks for it to be mounted
      byCrane = await world.mirror({ ...run, charts: [ASKED_BY_CRANE], flags: ['--engine', 'crane'] });
      outcome = await world.mirror({ ...run, charts: run.charts.filter((name) => name !== ASKED_BY_CRANE) });
    });

    it.each(LACKS)('for one repository, $action: only what goes there fails, and says so', ({ action, row, image }) => {
      const name = action.toLowerCase();
      const own = name === ASKED_BY_CRANE ? byCrane : outcome;
      expect(own.rows).toContain(`${name} ${row}`);
      expect(own.image(`lack/${name}:1.0`).status).toBe(image);
      const { message = '' } = own.chart(name).error ?? {};
      expect(message).toContain(world.names.registry);
      expect(message).toMatch(
        action.startsWith('BatchCheck') ? /HEAD .*: 403/ : new RegExp(`ecr:${action} on resource`),
      );
      expect(world.contents.list().filter((image) => image.startsWith(`lack/${name}`))).toEqual([]);
    });

    it('for one repository, PutLifecyclePolicy: what goes there is done, and the run is not', () => {
      expect(outcome.rows).toContain('putlifecyclepolicy pushed');
      const { status, error } = outcome.repository('lack/lack/putlifecyclepolicy');
      expect([status, error?.code]).toEqual(['failed', 'REPOSITORY_FAILED']);
      expect(error?.message).toMatch(/is created, but lacks its lifecycle policy: .*ecr:PutLifecyclePolicy/);
      expect(error?.hint).toContain('--apply-repository-settings');
    });

    it('for one repository: what goes elsewhere is done', () => {
      expect(outcome.code).toBe(1);
      expect(outcome.rows).toContain('one pushed');
    });

    it('GetAuthorizationToken: nothing is pushed, and the error says why', async () => {
      clear();
      world.ecr.access.restrictTo(without(policy, 'GetAuthorizationToken'));
      const { code, rows, chart, stderr } = await world.mirror({ ...run, charts: ['one'] });
      expect([code, rows], stderr).toEqual([1, ['one failed CREDENTIALS_UNREADABLE']]);
      expect(chart('one').error?.message).toMatch(/ecr:GetAuthorizationToken/);
      expect(chart('one').error?.message).toContain(world.names.registry);
      expect(world.contents.list()).toEqual([]);
    });
  });

  describe('that differ from what is configured', () => {
    const run = { charts: ['shop'], path: 'old', config: SETTINGS };
    const app = () => world.contents.repository('old/team/app');
    const of = (settings: readonly { readonly setting: string }[]) => settings.map(({ setting }) => setting).sort();

    beforeAll(() => {
      world.contents.create('old/shop', { tags: { 'chart-syncer': 'true', kind: 'chart', team: 'platform' } });
      world.contents.create('old/team/app', { tags: { team: 'other', ours: 'alone' } });
    });

    it('are told with what is and what is wanted, and left as they are', async () => {
      const { code, rows, repositories, repository, stderr } = await world.mirror(run);
      expect([code, rows], stderr).toEqual([0, ['shop pushed']]);
      expect(repositories).toEqual(['old/shop present', 'old/team/app present', 'old/team/web created']);
      const { differences } = repository('old/team/app');
      expect(of(differences)).toEqual([
        'encryption',
        'lifecyclePolicy',
        'repositoryPolicy',
        'scanOnPush',
        'tagMutability',
        'tags',
      ]);
      expect(differences.filter(({ changed }) => changed)).toEqual([]);
      expect(differences.filter(({ changeable }) => !changeable)).toEqual([
        expect.objectContaining({ setting: 'encryption', is: 'AES256', wanted: 'KMS with alias/registry' }),
      ]);
      expect(stderr).toMatch(
        /^differs +old\/team\/app: tagMutability is mutable, configured is immutable except latest, nightly-\*: --apply-repository-settings changes it$/m,
      );
      expect(stderr).toMatch(/^differs +old\/team\/app: encryption is .*: it cannot be changed$/m);
      expect(app()).toMatchObject({ mutability: { kind: 'MUTABLE' }, scanOnPush: false, policy: undefined });
      expect(Object.fromEntries(app().resourceTags)).toEqual({ team: 'other', ours: 'alone' });
    });

    it('are changed where somebody says so, all but their encryption', async () => {
      const flags = ['--apply-repository-settings'];
      const { code, rows, repositories, repository, stderr } = await world.mirror({ ...run, flags });
      expect([code, rows], stderr).toEqual([0, ['shop present']]);
      expect(repositories).toEqual(['old/shop changed', 'old/team/app changed', 'old/team/web present']);
      const left = repository('old/team/app').differences.filter(({ changed }) => !changed);
      expect(of(left)).toEqual(['encryption']);
      expect(app()).toMatchObject({
        mutability: { kind: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest', 'nightly-*'] },
        scanOnPush: true,
        encryption: { type: 'AES256' },
      });
      expect(JSON.parse(app().lifecyclePolicy ?? '')).toEqual(LIFECYCLE);
      expect(JSON.parse(app().policy ?? '')).toEqual(READERS);
      expect(Object.fromEntries(app().resourceTags)).toEqual({
        ...{ 'chart-syncer': 'true', team: 'platform', kind: 'image', ours: 'alone' },
      });
    });

    it('are changed once, and fail by themselves when they may not be: what goes there is there', async () => {
      app().scanOnPush = false;
      world.ecr.access.deny({ action: 'PutImageScanningConfiguration' });
      const outcome = await world.mirror({ ...run, flags: ['--apply-repository-settings'] });
      expect([outcome.code, outcome.rows], outcome.stderr).toEqual([1, ['shop present']]);
      expect(outcome.repositories).toEqual(['old/shop present', 'old/team/app failed', 'old/team/web present']);
      expect(world.ecr.log.writes().map(({ action }) => action)).toEqual(['PutImageScanningConfiguration']);
      expect(outcome.repository('old/team/app').error).toMatchObject({
        code: 'REPOSITORY_FAILED',
        message: expect.stringContaining('lacks its scan on push'),
        hint: expect.stringContaining('ecr:PutImageScanningConfiguration'),
      });
    });
  });

  it('are refused by names that a private registry does not take, before anything is written for them', async () => {
    const charts = ['short', 'dashes', 'index'];
    const outcome = await world.mirror({ charts, flags: ['--chart-version-suffix', '+mirror.1'] });
    const { code, rows, chart, image, stderr } = outcome;
    expect([code, rows], stderr).toEqual([1, ['short refused DESTINATION_COLLISION', 'dashes pushed', 'index pushed']]);
    expect(chart('short').error?.message).toContain('the repository name "x" is too short');
    expect(world.contents.image('dashes', '1.0.0_mirror.1')).toBeDefined();
    expect(world.contents.image('a--b/c__d', '1.0')).toBeDefined();
    expect(world.contents.names()).not.toContain('short');
    expect(image('team/index:1.0')).toMatchObject({ platform: null, digest: index.digest });
    expect(world.contents.repository('team/index').images.size).toBe(3);
    // nothing is configured: all is as ECR has it, but for the mark
    const { resourceTags, mutability, encryption } = world.contents.repository('team/index');
    expect(Object.fromEntries(resourceTags)).toEqual({ 'chart-syncer': 'true' });
    expect([mutability.kind, encryption.type]).toEqual(['MUTABLE', 'AES256']);
  });

  it('hold the child of an index where one platform is mirrored, and the report says which', async () => {
    const arm = index.children.find(({ platform }) => platform === 'linux/arm64')?.digest;
    const flags = ['--platform', 'linux/arm64'];
    const { code, rows, image, stderr } = await world.mirror({ charts: ['index'], path: 'part', flags });
    expect([code, rows], stderr).toEqual([0, ['index pushed']]);
    expect(image('team/index:1.0')).toMatchObject({ platform: 'linux/arm64', digest: arm, status: 'copied' });
    expect(world.contents.image('part/team/index', '1.0').digest).toBe(arm);
    expect(world.contents.repository('part/team/index').images.size).toBe(1);
  });

  it('mount blobs that they share where the account does so, with the rights that the scan names', async () => {
    world.contents.set('BLOB_MOUNTING', 'ENABLED');
    const run = { charts: ['shop'], path: 'on' };
    const scan = await world.mirror({ ...run, flags: ['--scan-only'] });
    expect(scan.report.ecr?.mounting.state).toBe('on');
    world.ecr.access.restrictTo(printedPolicy(scan.stderr));
    world.ecr.log.reset();
    const { code, report, stderr } = await world.mirror({ ...run, flags: ['--concurrency', '1'] });
    expect([code, report.ecr?.mounting], stderr).toEqual([0, { state: 'on', savesBytes: SHARED.bytes.length }]);
    expect(stderr).toMatch(/^blob mounting: on, saves up to \d\.\d kB of uploads$/m);
    expect(uploadsOf(SHARED.digest)).toBe(1);
    expect(refusedCalls(world.ecr.log.calls())).toEqual([]);
    expect(world.contents.repository('on/team/web').blobs.has(SHARED.digest)).toBe(true);
  });
});
