import type { TagMutability } from './tag-mutability.ts';

/** How images of a repository are encrypted at rest. It is fixed when the repository is created. */
export interface Encryption {
  readonly kind: 'AES256' | 'KMS' | 'KMS_DSSE';
  /** An ARN, a key id or an alias; undefined for the key that AWS keeps for ECR, and with `AES256`. */
  readonly key: string | undefined;
}

/** What a repository of Amazon ECR is to be like. Undefined means: whatever it is. Policies are JSON text. */
export interface RepositorySettings {
  readonly tags: Readonly<Record<string, string>>;
  readonly tagMutability: TagMutability | undefined;
  readonly scanOnPush: boolean | undefined;
  readonly encryption: Encryption | undefined;
  readonly lifecyclePolicy: string | undefined;
  readonly repositoryPolicy: string | undefined;
}

/**
 * What is said of the repositories whose path matches: `*` stands for any characters, slashes too. Settings that are left
 * out are those of later rules.
 */
export interface RepositoryRule extends RepositorySettings {
  readonly match: string;
}

/** The mark of the repositories that this tool has created. */
export const OWN_TAG = { name: 'chart-syncer', value: 'true' } as const;
