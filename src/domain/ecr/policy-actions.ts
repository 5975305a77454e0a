import type { RepositorySettings, SettingName } from './repository-settings.ts';

/**
 * What a run does in one repository. `settings` are those that are wanted of it: with them it is created, and those are read
 * where it exists.
 */
export interface RepositoryNeeds {
  readonly name: string;
  readonly settings: RepositorySettings;
  readonly isCreated: boolean;
  readonly isPushed: boolean;
  /** What is changed of an existing one. */
  readonly changes: readonly SettingName[];
}

// docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
const PUSH = [
  'BatchCheckLayerAvailability',
  'CompleteLayerUpload',
  'InitiateLayerUpload',
  'PutImage',
  'UploadLayerPart',
] as const;

/**
 * The pull of an image, as the managed policy AmazonEC2ContainerRegistryPullOnly has it
 * (docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryPullOnly.html).
 */
export const PULL_ACTIONS: readonly string[] = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** The tags of a repository by the distribution API are ECR's ListImages. */
export const LIST_ACTION = 'ecr:ListImages';

/** What may be asked of no single repository: the service authorization reference of ecr names no resource type for it. */
export const LOGIN_ACTION = 'ecr:GetAuthorizationToken';

/** Likewise: whether blobs are mounted is a setting of the account. */
export const MOUNTING_ACTION = 'ecr:GetAccountSetting';

/** The login to ECR Public (docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policy-examples.html). */
export const PUBLIC_LOGIN_ACTIONS: readonly string[] = [
  'ecr-public:GetAuthorizationToken',
  'sts:GetServiceBearerToken',
];

/** The question whose aliases the identity has, which is asked of registries (service authorization reference of ecr-public). */
export const PUBLIC_REGISTRY_ACTION = 'ecr-public:DescribeRegistries';

/**
 * Creating a repository with a key of the caller's makes ECR describe the key and grant itself its use in the caller's
 * name (docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html).
 */
export const KEY_ACTIONS: readonly string[] = ['kms:CreateGrant', 'kms:DescribeKey'];

// Service Authorization Reference, "API operations defined by Amazon Elastic Container Registry": CreateRepository is
// authorized by CreateRepository and, for its tags, TagResource; mutability, scan and encryption take no right of their own
const WRITES: Readonly<Record<SettingName, string | undefined>> = {
  tags: 'TagResource',
  tagMutability: 'PutImageTagMutability',
  scanOnPush: 'PutImageScanningConfiguration',
  encryption: undefined,
  lifecyclePolicy: 'PutLifecyclePolicy',
  repositoryPolicy: 'SetRepositoryPolicy',
};

const SET_AFTER_CREATION = ['lifecyclePolicy', 'repositoryPolicy'] as const;

function createActions(settings: RepositorySettings): readonly (string | undefined)[] {
  const policies = SET_AFTER_CREATION.filter((setting) => settings[setting] !== undefined);
  return ['CreateRepository', 'TagResource', ...policies.map((setting) => WRITES[setting])];
}

function readActions({ lifecyclePolicy, repositoryPolicy }: RepositorySettings): readonly (string | undefined)[] {
  return [
    'DescribeRepositories',
    'ListTagsForResource',
    lifecyclePolicy === undefined ? undefined : 'GetLifecyclePolicy',
    repositoryPolicy === undefined ? undefined : 'GetRepositoryPolicy',
  ];
}

function writeActions({ isCreated, isPushed, changes, settings }: RepositoryNeeds): readonly (string | undefined)[] {
  return [
    ...(isCreated ? createActions(settings) : []),
    ...(isPushed ? PUSH : []),
    ...changes.map((setting) => WRITES[setting]),
  ];
}

function named(prefix: string, actions: readonly (string | undefined)[]): readonly string[] {
  const known = actions.filter((action) => action !== undefined);
  return [...new Set(known)].sort().map((action) => `${prefix}:${action}`);
}

/**
 * What is read of every repository: manifests by tag and digest, tags that are archived, blobs of charts (and of images
 * that are mounted elsewhere, docs.aws.amazon.com/AmazonECR/latest/userguide/blob-mounting.html). What refers to a
 * manifest is listed by the right of BatchGetImage.
 */
const READS = ['BatchGetImage', 'DescribeImages', 'GetDownloadUrlForLayer'] as const;

/** The actions that a run takes on a repository of a private registry, in alphabetical order. */
export function privateActions(needs: RepositoryNeeds): readonly string[] {
  return named('ecr', [...readActions(needs.settings), ...READS, ...writeActions(needs)]);
}

const NOT_IN_PUBLIC: readonly SettingName[] = ['tagMutability', 'scanOnPush', 'encryption', 'lifecyclePolicy'];

/** The actions that a run takes on a repository of ECR Public. Its images can be read by everybody. */
export function publicActions(needs: RepositoryNeeds): readonly string[] {
  const settings = { ...needs.settings, lifecyclePolicy: undefined };
  const changes = needs.changes.filter((setting) => !NOT_IN_PUBLIC.includes(setting));
  return named('ecr-public', [...readActions(settings), ...writeActions({ ...needs, settings, changes })]);
}
