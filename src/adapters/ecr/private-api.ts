import type { ECR } from '@aws-sdk/client-ecr';
import type { PrivateEcr } from '../../domain/ecr/registry.ts';
import type { MirrorError } from '../../errors.ts';
import { apiError } from './api-errors.ts';
import type { EcrClients } from './clients.ts';

/** What a request is for, and what helps when the repository itself is the reason of a refusal. */
export interface Doing {
  readonly doing: string;
  readonly right: string;
  readonly hint?: string;
}

/** The API of one private registry. */
export interface PrivateApi {
  readonly host: string;
  client(): Promise<ECR>;
  /** The registry in the input of a request; without an account, it is the identity's own. */
  readonly owner: { readonly registryId?: string };
  /** Sends a request; what the SDK throws becomes a MirrorError. */
  send<T>(what: Doing, signal: AbortSignal, request: (client: ECR) => Promise<T>): Promise<T>;
  /** The error for what a request threw. Throws the signal's reason when it was aborted. */
  failure(error: unknown, what: Doing, signal: AbortSignal): MirrorError;
}

/** The API at which a registry's repositories are set up; nothing is reached before the first request. */
export function createPrivateApi(clients: EcrClients, registry: PrivateEcr): PrivateApi {
  const { host, account } = registry;
  const client = () => clients.privateApi(registry, 'control');

  function failure(error: unknown, { doing, right, hint }: Doing, signal: AbortSignal): MirrorError {
    return apiError(error, { registry: host, doing, right }, signal, hint ?? `look at the repository in ${host}`);
  }

  async function send<T>(what: Doing, signal: AbortSignal, request: (client: ECR) => Promise<T>): Promise<T> {
    try {
      return await request(await client());
    } catch (error) {
      throw failure(error, what, signal);
    }
  }

  return { host, client, owner: account === undefined ? {} : { registryId: account }, send, failure };
}
