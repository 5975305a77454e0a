import type {
  EncryptionConfiguration,
  ImageTagMutability,
  ImageTagMutabilityExclusionFilter,
  Repository,
  Tag,
} from '@aws-sdk/client-ecr';
import type { Encryption, RepositorySettings } from '../../domain/ecr/repository-settings.ts';
import type { TagMutability } from '../../domain/ecr/tag-mutability.ts';

/** Mutability as CreateRepository and PutImageTagMutability take it. */
export interface MutabilityInput {
  readonly imageTagMutability: ImageTagMutability;
  readonly imageTagMutabilityExclusionFilters?: ImageTagMutabilityExclusionFilter[];
}

/** Tags as the API takes them. */
export function tagList(tags: RepositorySettings['tags']): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([name, value]) => ({ Key: name, Value: value }));
}

/** Tags as the API gives them. */
export function tagRecord(tags: readonly Partial<Tag>[] | undefined): RepositorySettings['tags'] {
  return Object.fromEntries((tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
}

/** With filters, ECR has a value of its own for either kind. */
export function mutabilityInput({ kind, exceptions }: TagMutability): MutabilityInput {
  const plain = kind === 'immutable' ? 'IMMUTABLE' : 'MUTABLE';
  if (exceptions.length === 0) return { imageTagMutability: plain };
  return {
    imageTagMutability: `${plain}_WITH_EXCLUSION`,
    imageTagMutabilityExclusionFilters: exceptions.map((filter) => ({ filterType: 'WILDCARD', filter })),
  };
}

function mutabilityOf(repository: Repository): TagMutability | undefined {
  const { imageTagMutability: kind, imageTagMutabilityExclusionFilters: filters = [] } = repository;
  if (kind === undefined) return undefined;
  return {
    kind: kind.startsWith('IMMUTABLE') ? 'immutable' : 'mutable',
    exceptions: filters.flatMap(({ filter }) => filter ?? []),
  };
}

/** Encryption as CreateRepository takes it. */
export function encryptionInput({ kind, key }: Encryption): EncryptionConfiguration {
  return { encryptionType: kind, ...(key === undefined ? {} : { kmsKey: key }) };
}

function encryptionOf({ encryptionConfiguration: found }: Repository): Encryption | undefined {
  if (found?.encryptionType === undefined) return undefined;
  return { kind: found.encryptionType, key: found.kmsKey };
}

/** The settings that DescribeRepositories and CreateRepository tell of a repository. */
export function describedSettings(
  repository: Repository,
): Pick<RepositorySettings, 'tagMutability' | 'scanOnPush' | 'encryption'> {
  return {
    tagMutability: mutabilityOf(repository),
    scanOnPush: repository.imageScanningConfiguration?.scanOnPush,
    encryption: encryptionOf(repository),
  };
}
