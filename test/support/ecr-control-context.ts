import type { Fields } from './ecr-fields.ts';
import type { EcrPrincipal, EcrTokens } from './ecr-principals.ts';
import { type EcrStore, repositoryIn, type StoredRegistry, type StoredRepository } from './ecr-store.ts';

/** What the account may have (userguide/service-quotas.html). */
export interface EcrLimits {
  readonly repositories: number;
}

/** What an action of the API is given. */
export interface ControlContext {
  readonly input: Fields;
  readonly principal: EcrPrincipal;
  /** Of the account that the call names, or of the caller's own. */
  readonly registry: StoredRegistry;
  readonly store: EcrStore;
  readonly tokens: EcrTokens;
  readonly limits: EcrLimits;
  readonly now: Date;
}

/** One action of the API: its output as JSON. */
export type ControlAction = (context: ControlContext) => Readonly<Record<string, unknown>>;

/** The repository that a call names. */
export function namedRepository({ registry, input }: ControlContext): StoredRepository {
  return repositoryIn(registry, input.text('repositoryName'));
}

/** A time as JSON 1.1 has it: seconds since 1970. */
export function timestamp(date: Date): number {
  return date.getTime() / 1000;
}
