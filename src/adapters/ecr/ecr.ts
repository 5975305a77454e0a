import type { TriedRight } from '../../domain/doctor/judge-ecr.ts';
import type { EcrRegistry, PrivateEcr } from '../../domain/ecr/registry.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import type { RegistryContents, Repositories } from '../../ports/repositories.ts';
import type { Clock } from '../http-retry.ts';
import { type ClientOptions, createEcrClients } from './clients.ts';
import { createEcrContents } from './contents.ts';
import { createEcrLogin, type EcrLogin } from './login.ts';
import { createPrivateApi } from './private-api.ts';
import { createPrivateRepositories } from './private-repositories.ts';
import { createPublicRepositories } from './public-repositories.ts';
import { tryRights } from './try-rights.ts';

/** Amazon ECR for a run: logins, and the control plane of registries. */
export interface Ecr extends Pick<EcrLogin, 'token' | 'dropToken' | 'ownRegistry'> {
  /** The repositories of the registry that the run writes to. Tells the logins that there is to be an AWS identity. */
  repositories(registry: EcrRegistry): Repositories;
  /** What a private registry holds. */
  contents(registry: PrivateEcr): RegistryContents;
  /** Which rights the identity has on a repository, which need not exist, as far as harmless requests tell. */
  rights(registry: PrivateEcr, repository: string, signal: AbortSignal): Promise<readonly TriedRight[]>;
}

/** What it is made from. */
export interface EcrOptions extends ClientOptions {
  readonly settings: NetworkSettings;
  readonly clock: Clock;
}

/** Nothing is loaded or reached before it is needed: the SDK is large, and most hosts are not ECR. */
export function createEcr(options: EcrOptions): Ecr {
  const clients = createEcrClients(options);
  const login = createEcrLogin({ ...options, clients });
  const { token, dropToken, ownRegistry } = login;
  return {
    ...{ token, dropToken, ownRegistry },
    repositories(registry) {
      login.expectIdentity();
      const { clock } = options;
      return registry.kind === 'private'
        ? createPrivateRepositories({ clients, login, clock }, registry)
        : createPublicRepositories(clients, clock, registry);
    },
    contents(registry) {
      login.expectIdentity();
      return createEcrContents(clients, registry);
    },
    rights: (registry, repository, signal) => tryRights(createPrivateApi(clients, registry), repository, signal),
  };
}
