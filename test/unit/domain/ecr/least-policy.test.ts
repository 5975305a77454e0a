import { describe, expect, it } from 'vitest';
import { leastPolicy, type PolicyNeeds, policyNotes } from '../../../../src/domain/ecr/least-policy.ts';
import { privateActions, publicActions, type RepositoryNeeds } from '../../../../src/domain/ecr/policy-actions.ts';
import type { PrivateEcr } from '../../../../src/domain/ecr/registry.ts';
import type { RepositorySettings } from '../../../../src/domain/ecr/repository-settings.ts';

const SETTINGS: RepositorySettings = {
  tags: { 'chart-syncer': 'true' },
  tagMutability: undefined,
  scanOnPush: undefined,
  encryption: undefined,
  lifecyclePolicy: undefined,
  repositoryPolicy: undefined,
};

function registry(account: string | undefined, region: string | undefined): PrivateEcr {
  return { kind: 'private', host: 'registry.example', account, region, fips: false, dualStack: false };
}

function repository(name: string, needs: Partial<Omit<RepositoryNeeds, 'name'>> = {}): RepositoryNeeds {
  return { name, settings: SETTINGS, isCreated: false, isPushed: false, changes: [], ...needs };
}

function policyOf(needs: Partial<PolicyNeeds>) {
  return leastPolicy(whole(needs));
}

function whole(needs: Partial<PolicyNeeds>): PolicyNeeds {
  const target = registry('123456789012', 'eu-central-1');
  return { target, repositories: [], asksMounting: false, sources: [], readsPublic: false, ...needs };
}

const TARGET = 'arn:aws:ecr:eu-central-1:123456789012:repository';
const READ = [
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:DescribeRepositories',
  'ecr:GetDownloadUrlForLayer',
  'ecr:ListTagsForResource',
];
const PUSH = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:DescribeImages',
  'ecr:DescribeRepositories',
  'ecr:GetDownloadUrlForLayer',
  'ecr:InitiateLayerUpload',
  'ecr:ListTagsForResource',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

describe('the least policy for a private registry', () => {
  it('is the login alone where nothing is done', () => {
    expect(policyOf({})).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] }],
    });
    expect(policyNotes(whole({}))).toEqual([]);
  });

  it('asks for an account setting of no repository', () => {
    expect(policyOf({ asksMounting: true }).Statement).toEqual([
      { Effect: 'Allow', Action: ['ecr:GetAccountSetting', 'ecr:GetAuthorizationToken'], Resource: ['*'] },
    ]);
  });

  it('names repositories once each, those with equal rights together', () => {
    const repositories = [
      repository('mirror/redis', { isPushed: true }),
      repository('mirror/keda'),
      repository('mirror/nginx', { isPushed: true }),
    ];
    expect(policyOf({ repositories }).Statement.slice(1)).toEqual([
      { Effect: 'Allow', Action: PUSH, Resource: [`${TARGET}/mirror/nginx`, `${TARGET}/mirror/redis`] },
      { Effect: 'Allow', Action: READ, Resource: [`${TARGET}/mirror/keda`] },
    ]);
  });

  it.each<[string, Partial<RepositoryNeeds>, readonly string[]]>([
    ['reading', {}, []],
    ['creating', { isCreated: true }, ['ecr:CreateRepository', 'ecr:TagResource']],
    [
      'creating with every setting',
      {
        isCreated: true,
        settings: {
          ...SETTINGS,
          tagMutability: { kind: 'immutable', exceptions: [] },
          scanOnPush: true,
          lifecyclePolicy: '{}',
          repositoryPolicy: '{}',
        },
      },
      [
        'ecr:CreateRepository',
        'ecr:GetLifecyclePolicy',
        'ecr:GetRepositoryPolicy',
        'ecr:PutLifecyclePolicy',
        'ecr:SetRepositoryPolicy',
        'ecr:TagResource',
      ],
    ],
    ['comparing a policy', { settings: { ...SETTINGS, lifecyclePolicy: '{}' } }, ['ecr:GetLifecyclePolicy']],
    ['changing tags', { changes: ['tags'] }, ['ecr:TagResource']],
    ['changing mutability', { changes: ['tagMutability'] }, ['ecr:PutImageTagMutability']],
    ['changing the scan', { changes: ['scanOnPush'] }, ['ecr:PutImageScanningConfiguration']],
    ['changing the lifecycle', { changes: ['lifecyclePolicy'] }, ['ecr:PutLifecyclePolicy']],
    ['changing the policy', { changes: ['repositoryPolicy'] }, ['ecr:SetRepositoryPolicy']],
    ['encryption, which cannot change', { changes: ['encryption'] }, []],
  ])('%s takes these rights, and no others', (_, needs, more) => {
    expect(privateActions(repository('a', needs))).toEqual([...READ, ...more].sort());
  });

  it.each([
    ['cn-north-1', 'arn:aws-cn:ecr:cn-north-1:123456789012:repository/a'],
    ['us-gov-west-1', 'arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/a'],
    ['eusc-de-east-1', 'arn:aws-eusc:ecr:eusc-de-east-1:123456789012:repository/a'],
    ['us-isob-east-1', 'arn:aws-iso-b:ecr:us-isob-east-1:123456789012:repository/a'],
  ])('is in the partition of %s', (region, arn) => {
    const target = registry('123456789012', region);
    expect(policyOf({ target, repositories: [repository('a')] }).Statement[1]?.Resource).toEqual([arn]);
  });

  it('says where account or region are not known', () => {
    const needs = { target: registry(undefined, undefined), repositories: [repository('a')] };
    expect(policyOf(needs).Statement[1]?.Resource).toEqual(['arn:aws:ecr:*:*:repository/a']);
    expect(policyNotes(whole(needs))).toEqual(['account or region of the target are not known, "*" stands for them']);
  });

  it('lets images be pulled from other accounts and regions', () => {
    const sources = [
      { registry: registry('602401143452', 'us-west-2'), repository: 'eks/pause', isListed: false },
      { registry: registry('602401143452', 'us-west-2'), repository: 'eks/coredns', isListed: false },
      { registry: registry('602401143452', 'us-west-2'), repository: 'eks/pause', isListed: false },
      { registry: registry('918309763551', 'cn-north-1'), repository: 'eks/pause', isListed: false },
    ];
    const pull = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
    expect(policyOf({ target: undefined, sources }).Statement).toEqual([
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
      {
        Effect: 'Allow',
        Action: pull,
        Resource: ['coredns', 'pause'].map((name) => `arn:aws:ecr:us-west-2:602401143452:repository/eks/${name}`),
      },
      { Effect: 'Allow', Action: pull, Resource: ['arn:aws-cn:ecr:cn-north-1:918309763551:repository/eks/pause'] },
    ]);
  });

  it('lets tags be listed only where a version has to be found', () => {
    const place = { registry: registry('602401143452', 'us-west-2'), repository: 'charts/app' };
    const actionsOf = (isListed: boolean) =>
      policyOf({ target: undefined, sources: [{ ...place, isListed }] }).Statement[1]?.Action;
    expect(actionsOf(true)).toEqual([...(actionsOf(false) ?? []), 'ecr:ListImages']);
  });
});

describe('the keys of new repositories', () => {
  const ID = '11111111-2222-3333-4444-555555555555';
  const KEY = 'arn:aws:kms:eu-central-1:210987654321:key/mrk-1';
  const Action = ['kms:CreateGrant', 'kms:DescribeKey'];
  const base = 'arn:aws:kms:eu-central-1:123456789012:key';

  function withKey(key: string | undefined, isCreated = true): RepositoryNeeds {
    return repository('a', { isCreated, settings: { ...SETTINGS, encryption: { kind: 'KMS', key } } });
  }

  it.each<[string, string | undefined, readonly unknown[]]>([
    ['none', undefined, []],
    ['an ARN', KEY, [{ Effect: 'Allow', Action, Resource: [KEY] }]],
    ['an id', ID, [{ Effect: 'Allow', Action, Resource: [`${base}/${ID}`] }]],
    [
      'an alias',
      'alias/registry',
      [
        {
          Effect: 'Allow',
          Action,
          Resource: [`${base}/*`],
          Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/registry' } },
        },
      ],
    ],
    [
      'the alias of another account',
      'arn:aws:kms:eu-central-1:210987654321:alias/registry',
      [
        {
          Effect: 'Allow',
          Action,
          Resource: ['arn:aws:kms:eu-central-1:210987654321:key/*'],
          Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/registry' } },
        },
      ],
    ],
  ])('%s', (_, key, statements) => {
    expect(policyOf({ repositories: [withKey(key), withKey(key)] }).Statement.slice(2)).toEqual(statements);
  });

  it('are of no matter where a repository exists', () => {
    expect(JSON.stringify(policyOf({ repositories: [withKey(KEY, false)] }))).not.toContain('kms');
  });
});

describe('the least policy for ECR Public', () => {
  const target = { kind: 'public', host: 'public.ecr.aws', alias: 'x1y2' } as const;

  it('logs in with a bearer token, and names repositories of an account that the alias hides', () => {
    const repositories = [repository('mirror/nginx', { isCreated: true, isPushed: true })];
    expect(policyOf({ target, repositories, asksMounting: true }).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'],
        Resource: ['*'],
      },
      { Effect: 'Allow', Action: ['ecr-public:DescribeRegistries'], Resource: ['arn:aws:ecr-public::*:registry/*'] },
      {
        Effect: 'Allow',
        Action: [
          'ecr-public:BatchCheckLayerAvailability',
          'ecr-public:CompleteLayerUpload',
          'ecr-public:CreateRepository',
          'ecr-public:DescribeRepositories',
          'ecr-public:InitiateLayerUpload',
          'ecr-public:ListTagsForResource',
          'ecr-public:PutImage',
          'ecr-public:TagResource',
          'ecr-public:UploadLayerPart',
        ],
        Resource: ['arn:aws:ecr-public::*:repository/mirror/nginx'],
      },
    ]);
    expect(policyNotes(whole({ target, repositories }))).toEqual([
      '"*" stands for the account that the alias belongs to',
    ]);
  });

  it('takes no rights for what it does not know', () => {
    const settings = {
      ...SETTINGS,
      lifecyclePolicy: '{}',
      repositoryPolicy: '{}',
      encryption: { kind: 'KMS', key: 'alias/x' },
    } as const;
    const changes = [
      'tags',
      'tagMutability',
      'scanOnPush',
      'encryption',
      'lifecyclePolicy',
      'repositoryPolicy',
    ] as const;
    expect(publicActions(repository('a', { settings, changes }))).toEqual([
      'ecr-public:DescribeRepositories',
      'ecr-public:GetRepositoryPolicy',
      'ecr-public:ListTagsForResource',
      'ecr-public:SetRepositoryPolicy',
      'ecr-public:TagResource',
    ]);
    const repositories = [repository('a', { settings, isCreated: true })];
    expect(JSON.stringify(policyOf({ target, repositories }))).not.toMatch(/kms|Lifecycle/);
  });

  it('as a source takes its login beside that of the target', () => {
    expect(policyOf({ readsPublic: true }).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr-public:GetAuthorizationToken', 'ecr:GetAuthorizationToken', 'sts:GetServiceBearerToken'],
        Resource: ['*'],
      },
    ]);
  });
});

/** Whether a policy allows an action on a resource, as IAM reads it. */
function allows(policy: ReturnType<typeof leastPolicy>, action: string, arn: string): boolean {
  const fits = (pattern: string) =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replaceAll('*', '.*')}$`).test(arn);
  return policy.Statement.some(({ Action, Resource }) => Action.includes(action) && Resource.some(fits));
}

function named(count: number, name: (index: number) => string): readonly RepositoryNeeds[] {
  return Array.from({ length: count }, (_, index) =>
    repository(name(index), { isPushed: true, isCreated: index % 3 === 0 }),
  );
}

describe('a policy that would be too long', () => {
  it('of fifty repositories is not', () => {
    const needs = whole({ repositories: named(50, (index) => `mirror/application-${index}`) });
    const policy = leastPolicy(needs);
    expect(policy.Statement.flatMap(({ Resource }) => Resource).filter((arn) => arn.endsWith('*'))).toEqual(['*']);
    expect(policyNotes(needs)).toEqual([]);
  });

  it.each<[string, (index: number) => string, readonly string[]]>([
    ['in one directory', (index) => `mirror/application-${index}`, ['mirror/*']],
    [
      'in several, by the deepest that do',
      (index) => `mirror/owner-${index % 4}/application-${index}`,
      ['mirror/owner-0/*', 'mirror/owner-1/*', 'mirror/owner-2/*', 'mirror/owner-3/*'],
    ],
    ['in too many directories', (index) => `mirror/owner-${index}/application-${index % 2}`, ['mirror/*']],
    ['in none', (index) => `application-with-a-name-${index}`, ['*']],
    [
      'beside one that stays by its name',
      (index) => (index === 0 ? 'charts/keda' : `mirror/application-${index}`),
      ['charts/keda', 'mirror/*'],
    ],
    [
      'beside one that is named like their directory',
      (index) => (index === 0 ? 'mirror' : `mirror/application-${index}`),
      ['mirror', 'mirror/*'],
    ],
  ])('names paths for repositories %s', (_, name, paths) => {
    const needs = whole({ repositories: named(200, name) });
    const policy = leastPolicy(needs);
    const resources = policy.Statement.slice(1).flatMap(({ Resource }) => Resource);
    expect([...new Set(resources)].sort()).toEqual(paths.map((path) => `${TARGET}/${path}`));
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
    for (const one of needs.repositories) {
      const denied = privateActions(one).filter((action) => !allows(policy, action, `${TARGET}/${one.name}`));
      expect([one.name, denied]).toEqual([one.name, []]);
    }
    expect(policyNotes(needs)).toEqual([
      expect.stringMatching(
        /^paths stand for the repositories below them, by name they take [0-9]{2},[0-9]{3} characters of the 6,144 of a managed policy$/,
      ),
    ]);
  });

  it('with too many accounts says that it has to be divided', () => {
    const sources = Array.from({ length: 90 }, (_, index) => {
      return {
        registry: registry(`${100_000_000_000 + index}`, 'us-west-2'),
        repository: 'eks/pause',
        isListed: false,
      };
    });
    const needs = whole({ sources });
    expect(JSON.stringify(leastPolicy(needs)).length).toBeGreaterThan(6144);
    expect(policyNotes(needs)).toEqual([
      expect.stringMatching(
        /^it has [0-9,]+ characters, and a managed policy has 6,144: give its statements to several policies$/,
      ),
    ]);
  });
});
