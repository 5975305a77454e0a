import { type ControlAction, type ControlContext, namedRepository, timestamp } from './ecr-control-context.ts';
import { EcrFault, invalidParameter } from './ecr-faults.ts';
import { checkBatch, checkNoPaging, type Fields, pageOf } from './ecr-fields.ts';
import { checkName, checkResourceTags, type Mutability, mutabilityOf } from './ecr-grammar.ts';
import { ecrNames, partitionName } from './ecr-hosts.ts';
import { sha256 } from './ecr-manifest.ts';
import {
  addRepository,
  arnOf,
  repositoryIn,
  type StoredEncryption,
  type StoredRegistry,
  type StoredRepository,
  uriOf,
} from './ecr-store.ts';

function filtersOf({ filters }: Mutability): object {
  if (filters.length === 0) return {};
  return { imageTagMutabilityExclusionFilters: filters.map((filter) => ({ filterType: 'WILDCARD', filter })) };
}

/** Client-ecr, `Repository`. */
function describeRepository(repository: StoredRepository): Readonly<Record<string, unknown>> {
  const { registry, name, createdAt, mutability, scanOnPush, encryption } = repository;
  return {
    repositoryArn: arnOf(registry, name),
    registryId: registry.account,
    repositoryName: name,
    repositoryUri: uriOf(registry, name),
    createdAt: timestamp(createdAt),
    imageTagMutability: mutability.kind,
    ...filtersOf(mutability),
    imageScanningConfiguration: { scanOnPush },
    encryptionConfiguration: {
      encryptionType: encryption.type,
      ...(encryption.key === undefined ? {} : { kmsKey: encryption.key }),
    },
  };
}

function mutabilityIn(input: Fields): Mutability {
  const filters = input.objects('imageTagMutabilityExclusionFilters');
  for (const filter of filters ?? []) {
    if (filter.text('filterType') !== 'WILDCARD') throw invalidParameter('filterType', 'Member must be WILDCARD');
  }
  const kind = input.optionalText('imageTagMutability');
  return mutabilityOf(
    kind,
    filters?.map((filter) => filter.text('filter')),
  );
}

/** Keys are handed out by their ARN, whatever they were given as (aquasecurity/tfsec#1165); without one it is AWS's own for ECR. */
function keyArn({ region, account }: StoredRegistry, key = 'alias/aws/ecr'): string {
  if (key.startsWith('arn:')) return key;
  const digest = sha256(Buffer.from(`${account} ${key}`)).slice('sha256:'.length);
  const made = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(12, 16),
    digest.slice(16, 20),
    digest.slice(20, 32),
  ];
  const id = key.startsWith('alias/') ? made.join('-') : key;
  return `arn:${partitionName(region)}:kms:${region}:${account}:key/${id}`;
}

function encryptionIn({ input, registry }: ControlContext): StoredEncryption {
  const configuration = input.object('encryptionConfiguration');
  const type = configuration.optionalText('encryptionType') ?? 'AES256';
  const key = configuration.optionalText('kmsKey');
  if (type === 'KMS' || type === 'KMS_DSSE') return { type, key: keyArn(registry, key) };
  if (type !== 'AES256') {
    throw invalidParameter('encryptionType', 'Member must satisfy enum value set: [AES256, KMS, KMS_DSSE]');
  }
  if (key !== undefined) throw invalidParameter('kmsKey', 'it does not go with the encryption type AES256');
  return { type, key: undefined };
}

/** Tags in a call, by key. */
export function resourceTagsIn(input: Fields): ReadonlyMap<string, string> {
  const tags = new Map((input.objects('tags') ?? []).map((tag) => [tag.text('Key'), tag.optionalText('Value') ?? '']));
  checkResourceTags(tags);
  return tags;
}

/** @throws EcrFault when a repository of that name cannot be made. */
export function checkFree({ registry, limits }: ControlContext, name: string): void {
  checkName(registry.service, name);
  if (registry.repositories.has(name)) {
    const message = `The repository with name '${name}' already exists in the registry with id '${registry.account}'`;
    throw new EcrFault('RepositoryAlreadyExistsException', message);
  }
  if (registry.repositories.size >= limits.repositories) {
    throw new EcrFault('LimitExceededException', 'The number of repositories would exceed the limit of this account.');
  }
}

/** The repositories that a call names, or a page of all. A missing one fails the whole call (facts.md 1.4, moto). */
export function selectRepositories({ input, registry }: ControlContext) {
  const names = input.texts('repositoryNames');
  if (names === undefined) return pageOf([...registry.repositories.values()], ({ name }) => name, input);
  checkBatch('repositoryNames', names.length);
  checkNoPaging(input);
  for (const name of names) checkName(registry.service, name);
  return { items: [...new Set(names)].map((name) => repositoryIn(registry, name)), next: {} };
}

/** Deletes a repository; one with images only with `force`. */
export function removeRepository(context: ControlContext): StoredRepository {
  const repository = namedRepository(context);
  const { name, registry, images } = repository;
  if (images.size > 0 && !context.input.flag('force')) {
    const message = `The repository with name '${name}' in registry with id '${registry.account}' cannot be deleted because it still contains images`;
    throw new EcrFault('RepositoryNotEmptyException', message);
  }
  registry.repositories.delete(name);
  return repository;
}

/** The actions on repositories of the private API (client-ecr, `*Command`). */
export const REPOSITORY_ACTIONS: Readonly<Record<string, ControlAction>> = {
  GetAuthorizationToken({ input, principal, registry, tokens }) {
    const accounts = input.texts('registryIds') ?? [principal.account];
    checkBatch('registryIds', accounts.length, 10);
    const data = accounts.map((account) => {
      const { password, expiresAt } = tokens.issue('ecr', principal, registry.region);
      return {
        authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
        expiresAt: timestamp(expiresAt),
        proxyEndpoint: `https://${ecrNames(account, registry.region).registry}`,
      };
    });
    return { authorizationData: data };
  },
  DescribeRepositories(context) {
    const { items, next } = selectRepositories(context);
    return { repositories: items.map(describeRepository), ...next };
  },
  CreateRepository(context) {
    const { input, registry, now } = context;
    const name = input.text('repositoryName');
    const mutability = mutabilityIn(input);
    const encryption = encryptionIn(context);
    const tags = Object.fromEntries(resourceTagsIn(input));
    checkFree(context, name);
    const scanOnPush = input.object('imageScanningConfiguration').flag('scanOnPush');
    return {
      repository: describeRepository(addRepository(registry, name, { mutability, encryption, tags, scanOnPush }, now)),
    };
  },
  DeleteRepository: (context) => ({ repository: describeRepository(removeRepository(context)) }),
  PutImageTagMutability(context) {
    const repository = namedRepository(context);
    context.input.text('imageTagMutability');
    repository.mutability = mutabilityIn(context.input);
    const { kind } = repository.mutability;
    const { name, registry } = repository;
    const place = { registryId: registry.account, repositoryName: name };
    return { ...place, imageTagMutability: kind, ...filtersOf(repository.mutability) };
  },
  PutImageScanningConfiguration(context) {
    const repository = namedRepository(context);
    repository.scanOnPush = context.input.object('imageScanningConfiguration').flag('scanOnPush');
    const { name, registry, scanOnPush } = repository;
    return {
      registryId: registry.account,
      repositoryName: name,
      imageScanningConfiguration: { scanOnPush },
    };
  },
};
