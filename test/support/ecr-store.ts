import { repositoryNotFound } from './ecr-faults.ts';
import type { Mutability } from './ecr-grammar.ts';
import { type EcrService, ecrNames, PUBLIC_NAMES, PUBLIC_REGION, partitionName } from './ecr-hosts.ts';
import type { ManifestParts } from './ecr-manifest.ts';

/** An image's place: pulled at once, or in the archive (client-ecr, `ImageStatus`). */
export type StoredStatus = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING';

/** One manifest of a repository. */
export interface StoredImage {
  readonly digest: string;
  readonly bytes: Buffer;
  readonly parts: ManifestParts;
  readonly tags: Set<string>;
  pushedAt: Date;
  status: StoredStatus;
  archivedAt: Date | undefined;
  activatedAt: Date | undefined;
}

/** How a repository encrypts; two are alike when both parts are. */
export interface StoredEncryption {
  readonly type: 'AES256' | 'KMS' | 'KMS_DSSE';
  readonly key: string | undefined;
}

/** One repository with everything in it. */
export interface StoredRepository {
  readonly registry: StoredRegistry;
  readonly name: string;
  readonly createdAt: Date;
  readonly encryption: StoredEncryption;
  mutability: Mutability;
  scanOnPush: boolean;
  lifecyclePolicy: string | undefined;
  policy: string | undefined;
  /** What the public gallery shows; private repositories have none. */
  catalogData: Readonly<Record<string, unknown>>;
  readonly resourceTags: Map<string, string>;
  readonly images: Map<string, StoredImage>;
  readonly tagged: Map<string, StoredImage>;
  readonly blobs: Map<string, Buffer>;
}

/** One account's registry in one region; that of ECR Public has no region of its own. */
export interface StoredRegistry {
  readonly service: EcrService;
  readonly account: string;
  readonly region: string;
  readonly repositories: Map<string, StoredRepository>;
  /** Account settings by name. */
  readonly settings: Map<string, string>;
}

/** All registries there are. A registry comes into being when it is first asked for. */
export interface EcrStore {
  registry(service: EcrService, account: string, region: string): StoredRegistry;
  /** The public registry behind `public.ecr.aws/<alias>`; undefined for an alias that nobody has. */
  byAlias(alias: string): StoredRegistry | undefined;
  /** The aliases of an account's public registry. */
  aliasesOf(account: string): readonly string[];
}

/** What a repository is made with. */
export type RepositoryOptions = Partial<
  Pick<StoredRepository, 'encryption' | 'mutability' | 'scanOnPush' | 'catalogData' | 'createdAt'>
> & { readonly tags?: Readonly<Record<string, string>> };

/** Makes the store. `aliases` are those of public registries, each with its account. */
export function createEcrStore(aliases: Readonly<Record<string, string>>): EcrStore {
  const registries = new Map<string, StoredRegistry>();
  function registry(service: EcrService, account: string, region: string): StoredRegistry {
    const place = service === 'ecr' ? region : PUBLIC_REGION;
    const key = `${service} ${account} ${place}`;
    const known = registries.get(key);
    if (known !== undefined) return known;
    const made = { service, account, region: place, repositories: new Map(), settings: new Map() };
    registries.set(key, made);
    return made;
  }
  return {
    registry,
    byAlias(alias) {
      const account = aliases[alias];
      return account === undefined ? undefined : registry('ecr-public', account, PUBLIC_REGION);
    },
    aliasesOf: (account) => Object.keys(aliases).filter((alias) => aliases[alias] === account),
  };
}

/** Adds an empty repository; the caller has made sure that the name is free and allowed. */
export function addRepository(
  registry: StoredRegistry,
  name: string,
  options: RepositoryOptions = {},
  now = new Date(),
): StoredRepository {
  const made: StoredRepository = {
    registry,
    name,
    createdAt: options.createdAt ?? now,
    encryption: options.encryption ?? { type: 'AES256', key: undefined },
    mutability: options.mutability ?? { kind: 'MUTABLE', filters: [] },
    scanOnPush: options.scanOnPush ?? false,
    lifecyclePolicy: undefined,
    policy: undefined,
    catalogData: options.catalogData ?? {},
    resourceTags: new Map(Object.entries(options.tags ?? {})),
    images: new Map(),
    tagged: new Map(),
    blobs: new Map(),
  };
  registry.repositories.set(name, made);
  return made;
}

/** @throws EcrFault RepositoryNotFoundException, naming it. */
export function repositoryIn(registry: StoredRegistry, name: string): StoredRepository {
  const found = registry.repositories.get(name);
  if (found === undefined) throw repositoryNotFound(name, registry.account);
  return found;
}

/** The ARN of a repository, there or not. Those of ECR Public have no region (client-ecr-public, `Repository.repositoryArn`). */
export function arnOf({ service, account, region }: StoredRegistry, name: string): string {
  if (service === 'ecr-public') return `arn:aws:ecr-public::${account}:repository/${name}`;
  return `arn:${partitionName(region)}:ecr:${region}:${account}:repository/${name}`;
}

/** Where a repository is pushed to. `alias` is the first of a public registry. */
export function uriOf({ service, account, region }: StoredRegistry, name: string, alias = account): string {
  return service === 'ecr'
    ? `${ecrNames(account, region).registry}/${name}`
    : `${PUBLIC_NAMES.registry}/${alias}/${name}`;
}
