import type { PrivateEcr } from '../../domain/ecr/registry.ts';
import { differences, type RepositorySettings } from '../../domain/ecr/repository-settings.ts';
import { MirrorError } from '../../errors.ts';
import type { BlobMounting, Creation, Repositories } from '../../ports/repositories.ts';
import type { Clock } from '../http-retry.ts';
import { cannotAsk, errorName } from './api-errors.ts';
import { applySettings, changeable } from './apply-settings.ts';
import { createPrivateChange } from './change-private.ts';
import type { EcrClients } from './clients.ts';
import { createPrivateDescriber } from './describe-private.ts';
import type { EcrLogin } from './login.ts';
import { lookUpTags } from './look-up.ts';
import { paceOf } from './pace.ts';
import { createPrivateApi, type Doing } from './private-api.ts';
import { encryptionInput, mutabilityInput, tagList } from './repository-input.ts';

/** What the control plane of a private registry is made from. */
export interface PrivateRepositoriesOptions {
  readonly clients: EcrClients;
  readonly login: Pick<EcrLogin, 'account'>;
  readonly clock: Clock;
}

/** AWS publishes no quota for actions that create or change repositories; this is that of PutImage. */
const WRITES_PER_SECOND = 10;
const POLICIES = ['lifecyclePolicy', 'repositoryPolicy'] as const;
// what older partitions may say of a setting that they do not have
const UNKNOWN_SETTING = new Set(['InvalidParameterException', 'ValidationException', 'UnknownOperationException']);

/** The request was sent more than once: the first one may have been carried out, with an answer that got lost. */
function wasRepeated(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) return false;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('attempts' in metadata)) return false;
  return typeof metadata.attempts === 'number' && metadata.attempts > 1;
}

function creating(name: string): Doing {
  const hint = 'correct the settings in repositories of the configuration, or ask AWS for a higher quota';
  return { doing: `create repository ${name}`, right: 'ecr:CreateRepository and ecr:TagResource', hint };
}

/** Repositories of a private registry of Amazon ECR, through its API. Nothing is reached before it is asked. */
export function createPrivateRepositories(
  { clients, login, clock }: PrivateRepositoriesOptions,
  registry: PrivateEcr,
): Repositories {
  const api = createPrivateApi(clients, registry);
  const pace = paceOf(WRITES_PER_SECOND, clock);
  const describer = createPrivateDescriber(api);
  const change = createPrivateChange(api, describer, pace);

  /** A repository that answers to everything that was asked for is the one that we have created. */
  async function isAsAsked(name: string, settings: RepositorySettings, signal: AbortSignal): Promise<boolean> {
    const asked = { ...settings, lifecyclePolicy: undefined, repositoryPolicy: undefined };
    const state = (await describer.describe(new Map([[name, asked]]), signal)).get(name);
    return state?.kind === 'present' && differences(state.settings, asked).length === 0;
  }

  /** Creates without policies, which have requests of their own; false when somebody else was first. */
  async function createBare(name: string, settings: RepositorySettings, signal: AbortSignal): Promise<boolean> {
    const { tags, tagMutability, scanOnPush, encryption } = settings;
    const input = {
      ...api.owner,
      repositoryName: name,
      tags: tagList(tags),
      ...(tagMutability === undefined ? {} : mutabilityInput(tagMutability)),
      ...(scanOnPush === undefined ? {} : { imageScanningConfiguration: { scanOnPush } }),
      ...(encryption === undefined ? {} : { encryptionConfiguration: encryptionInput(encryption) }),
    };
    await pace(signal);
    try {
      const client = await api.client();
      const { repository } = await client.createRepository(input, { abortSignal: signal });
      describer.note(repository);
      return true;
    } catch (error) {
      if (errorName(error) !== 'RepositoryAlreadyExistsException') throw api.failure(error, creating(name), signal);
      return wasRepeated(error) && isAsAsked(name, settings, signal);
    }
  }

  async function create(name: string, settings: RepositorySettings, signal: AbortSignal): Promise<Creation> {
    if (!(await createBare(name, settings, signal))) return { kind: 'existed' };
    const policies = POLICIES.filter((policy) => settings[policy] !== undefined);
    const lacks = await applySettings(change, name, settings, policies, 'is created', signal);
    return { kind: 'created', lacks };
  }

  /** The caller's account, as far as his token tells: somebody with a password alone needs none. */
  async function ownAccount(signal: AbortSignal): Promise<string | undefined> {
    try {
      return await login.account(registry, signal);
    } catch (error) {
      if (error instanceof MirrorError && error.code === 'CREDENTIALS_UNREADABLE') return undefined;
      throw error;
    }
  }

  /** The setting is that of the caller's own account: of another one's nothing is known. */
  async function mounting(signal: AbortSignal): Promise<BlobMounting> {
    const own = await ownAccount(signal);
    if (own === undefined || (registry.account !== undefined && registry.account !== own)) return 'unknown';
    try {
      const client = await api.client();
      const { value } = await client.getAccountSetting({ name: 'BLOB_MOUNTING' }, { abortSignal: signal });
      return value === 'ENABLED' ? 'on' : 'off';
    } catch (error) {
      if (cannotAsk(error) || UNKNOWN_SETTING.has(errorName(error))) return 'unknown';
      const what = { doing: 'ask for the account setting BLOB_MOUNTING', right: 'ecr:GetAccountSetting' };
      throw api.failure(error, what, signal);
    }
  }

  return {
    describe: describer.describe,
    create,
    async change(name, settings, changes, signal) {
      const possible = changes.map((setting) => changeable(name, setting));
      const lacks = await applySettings(change, name, settings, possible, 'is changed in part', signal);
      if (lacks !== undefined) throw lacks;
    },
    lookUp: (name, tags, signal) => lookUpTags(api, name, tags, signal),
    mounting,
    calls: () => clients.privateCalls(registry),
  };
}
