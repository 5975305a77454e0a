import type { ECR } from '@aws-sdk/client-ecr';
import type { SyntheticImage } from '../../src/demo/synthetic-image.ts';
import { errorOf, outcome } from './ecr-control-api.ts';
import { IMAGE_CASES } from './ecr-control-image-cases.ts';

/** What a case runs on: one of the two servers. */
export interface CaseWorld {
  readonly ecr: ECR;
  /** A repository name that no other case uses. */
  readonly name: string;
  /** Puts the layers of an image where a server that checks them finds them. */
  layers(repository: string, image: SyntheticImage): void;
}

/** One rule of the API, shown by calls. The same case runs against our emulator and against moto. */
export interface ControlCase {
  readonly rule: string;
  readonly source: string;
  readonly observe: (world: CaseWorld) => Promise<unknown>;
  readonly expected: (name: string) => unknown;
  /** What moto comes to instead, and why ours is right. */
  readonly moto?: { readonly expected: (name: string) => unknown; readonly because: string };
}

const ACCOUNT = '123456789012';
const LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
      action: { type: 'expire' },
    },
  ],
});
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Pull', Effect: 'Allow', Principal: '*', Action: ['ecr:BatchGetImage'] }],
});

function parsed(text: unknown): unknown {
  return typeof text === 'string' ? JSON.parse(text) : text;
}

function notFound(name: string) {
  const message = `The repository with name '${name}' does not exist in the registry with id '${ACCOUNT}'`;
  return { error: 'RepositoryNotFoundException', message };
}

const REPOSITORY_CASES: readonly ControlCase[] = [
  {
    rule: 'a repository is made with these settings when none are given',
    source: 'client-ecr, CreateRepositoryRequest',
    async observe({ ecr, name }) {
      const { repository } = await ecr.createRepository({ repositoryName: name });
      return { ...repository, createdAt: repository?.createdAt instanceof Date };
    },
    expected: (name) => ({
      repositoryArn: `arn:aws:ecr:eu-central-1:${ACCOUNT}:repository/${name}`,
      registryId: ACCOUNT,
      repositoryName: name,
      repositoryUri: `${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/${name}`,
      createdAt: true,
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: 'AES256' },
    }),
  },
  {
    rule: 'a second repository of the same name is refused',
    source: 'client-ecr, RepositoryAlreadyExistsException',
    async observe({ ecr, name }) {
      await ecr.createRepository({ repositoryName: name });
      return outcome(ecr.createRepository({ repositoryName: name }));
    },
    expected: (name) => ({
      error: 'RepositoryAlreadyExistsException',
      message: `The repository with name '${name}' already exists in the registry with id '${ACCOUNT}'`,
    }),
  },
  {
    rule: 'names that break the pattern are refused',
    source: 'client-ecr, RepositoryName',
    observe: ({ ecr, name }) =>
      Promise.all(
        [`${name}/Upper`, `${name}//b`, `${name}-`, `/${name}`, `${name}/_b`, `${name}/a..b`].map((repositoryName) =>
          errorOf(ecr.createRepository({ repositoryName })),
        ),
      ),
    expected: () => Array.from({ length: 6 }, () => 'InvalidParameterException'),
  },
  {
    rule: 'a private name may hold __ and repeated -',
    source: 'facts.md 1.3, pattern of RepositoryName in botocore 1.43',
    observe: ({ ecr, name }) =>
      Promise.all(
        [`${name}__b`, `${name}--b`].map((repositoryName) => errorOf(ecr.createRepository({ repositoryName }))),
      ),
    expected: () => ['none', 'none'],
    moto: {
      expected: () => ['InvalidParameterException', 'InvalidParameterException'],
      because: 'moto has the older pattern, which ECR Public still has',
    },
  },
  {
    rule: 'KMS without a key is AWS’s own key, handed out as an ARN',
    source: 'client-ecr, EncryptionConfiguration.kmsKey',
    async observe({ ecr, name }) {
      const encryptionConfiguration = { encryptionType: 'KMS' as const };
      const { repository } = await ecr.createRepository({ repositoryName: name, encryptionConfiguration });
      const { encryptionType, kmsKey } = repository?.encryptionConfiguration ?? {};
      return [encryptionType, kmsKey?.replace(/[0-9a-f-]{36}$/, 'ID')];
    },
    expected: () => ['KMS', `arn:aws:kms:eu-central-1:${ACCOUNT}:key/ID`],
  },
  {
    rule: 'filters go with the kinds that have exclusions, and with no other',
    source: 'userguide/image-tag-mutability.html',
    async observe({ ecr, name }) {
      const imageTagMutabilityExclusionFilters = [{ filterType: 'WILDCARD' as const, filter: 'latest*' }];
      return Promise.all([
        errorOf(ecr.createRepository({ repositoryName: name, imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' })),
        errorOf(
          ecr.createRepository({
            repositoryName: name,
            imageTagMutability: 'IMMUTABLE',
            imageTagMutabilityExclusionFilters,
          }),
        ),
      ]);
    },
    expected: () => ['InvalidParameterException', 'InvalidParameterException'],
  },
  {
    rule: 'one missing name fails a description as a whole',
    source: 'client-ecr, DescribeRepositoriesCommand; facts.md 1.4',
    async observe({ ecr, name }) {
      await ecr.createRepository({ repositoryName: name });
      const found = await ecr.describeRepositories({ repositoryNames: [name] });
      const missing = await outcome(ecr.describeRepositories({ repositoryNames: [name, `${name}/missing`] }));
      return [found.repositories?.map(({ repositoryName }) => repositoryName), missing];
    },
    expected: (name) => [[name], notFound(`${name}/missing`)],
  },
  {
    rule: 'every action on a missing repository names it',
    source: 'client-ecr, RepositoryNotFoundException',
    observe({ ecr, name }) {
      const named = { repositoryName: name };
      const imageIds = [{ imageTag: '1' }];
      const resourceArn = `arn:aws:ecr:eu-central-1:${ACCOUNT}:repository/${name}`;
      return Promise.all(
        [
          ecr.describeImages(named),
          ecr.listImages(named),
          ecr.batchGetImage({ ...named, imageIds }),
          ecr.batchDeleteImage({ ...named, imageIds }),
          ecr.putImageTagMutability({ ...named, imageTagMutability: 'IMMUTABLE' }),
          ecr.putImageScanningConfiguration({ ...named, imageScanningConfiguration: { scanOnPush: true } }),
          ecr.getLifecyclePolicy(named),
          ecr.putLifecyclePolicy({ ...named, lifecyclePolicyText: LIFECYCLE }),
          ecr.getRepositoryPolicy(named),
          ecr.setRepositoryPolicy({ ...named, policyText: POLICY }),
          ecr.deleteRepository(named),
          ecr.listTagsForResource({ resourceArn }),
          ecr.tagResource({ resourceArn, tags: [] }),
        ].map(outcome),
      );
    },
    expected: (name) => Array.from({ length: 13 }, () => notFound(name)),
  },
  {
    rule: 'tags are given at the beginning, added to, and overwritten by key',
    source: 'client-ecr, TagResourceRequest',
    async observe({ ecr, name }) {
      const tags = ['a', 'b'].map((Key) => ({ Key, Value: '1' }));
      const { repository } = await ecr.createRepository({ repositoryName: name, tags });
      const resourceArn = repository?.repositoryArn;
      await ecr.tagResource({ resourceArn, tags: ['b', 'c'].map((Key) => ({ Key, Value: '2' })) });
      const all = await ecr.listTagsForResource({ resourceArn });
      return (all.tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`).sort();
    },
    expected: () => ['a=1', 'b=2', 'c=2'],
  },
  {
    rule: 'settings are changed afterwards',
    source: 'client-ecr, PutImageTagMutabilityRequest, PutImageScanningConfigurationRequest',
    async observe({ ecr, name }) {
      await ecr.createRepository({ repositoryName: name });
      const imageTagMutabilityExclusionFilters = [{ filterType: 'WILDCARD' as const, filter: 'dev-*' }];
      await ecr.putImageTagMutability({
        repositoryName: name,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters,
      });
      await ecr.putImageScanningConfiguration({
        repositoryName: name,
        imageScanningConfiguration: { scanOnPush: true },
      });
      const [found] = (await ecr.describeRepositories({ repositoryNames: [name] })).repositories ?? [];
      return [
        found?.imageTagMutability,
        found?.imageTagMutabilityExclusionFilters,
        found?.imageScanningConfiguration?.scanOnPush,
      ];
    },
    expected: () => ['IMMUTABLE_WITH_EXCLUSION', [{ filterType: 'WILDCARD', filter: 'dev-*' }], true],
  },
  {
    rule: 'a policy that is not there is an exception of its own',
    source: 'client-ecr, LifecyclePolicyNotFoundException, RepositoryPolicyNotFoundException',
    async observe({ ecr, name }) {
      await ecr.createRepository({ repositoryName: name });
      const named = { repositoryName: name };
      return Promise.all([outcome(ecr.getLifecyclePolicy(named)), outcome(ecr.getRepositoryPolicy(named))]);
    },
    expected: (name) =>
      ['Lifecycle', 'Repository'].map((kind) => ({
        error: `${kind}PolicyNotFoundException`,
        message: `${kind} policy does not exist for the repository with name '${name}' in the registry with id '${ACCOUNT}'`,
      })),
  },
  {
    rule: 'policies are read back with the same meaning',
    source: 'client-ecr, GetLifecyclePolicyResponse, GetRepositoryPolicyResponse',
    async observe({ ecr, name }) {
      await ecr.createRepository({ repositoryName: name });
      const named = { repositoryName: name };
      await ecr.putLifecyclePolicy({ ...named, lifecyclePolicyText: LIFECYCLE });
      await ecr.setRepositoryPolicy({ ...named, policyText: POLICY });
      const { lifecyclePolicyText } = await ecr.getLifecyclePolicy(named);
      const { policyText } = await ecr.getRepositoryPolicy(named);
      return [parsed(lifecyclePolicyText), parsed(policyText)];
    },
    expected: () => [parsed(LIFECYCLE), parsed(POLICY)],
  },
];

/** All cases. */
export const CONTROL_CASES: readonly ControlCase[] = [...REPOSITORY_CASES, ...IMAGE_CASES];
