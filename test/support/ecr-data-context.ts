import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EcrEntry, EcrGate } from './ecr-gate.ts';
import type { EcrService } from './ecr-hosts.ts';
import type { EcrPrincipal, EcrTokens } from './ecr-principals.ts';
import type { EcrStore, StoredRegistry } from './ecr-store.ts';

/** A host of the data plane. `origin` is what its own addresses begin with, `layers` those of downloads. */
export interface DataPlace {
  readonly service: EcrService;
  readonly account: string;
  readonly region: string;
  readonly origin: string;
  readonly layers: string;
}

/** What the data plane works on. */
export interface DataParts {
  readonly store: EcrStore;
  readonly tokens: EcrTokens;
  readonly gate: EcrGate;
  /** Whether downloads of layers are answered with a redirect, as ECR does. */
  readonly redirects: boolean;
  /** Whether tokens of other regions are refused. */
  readonly regionalTokens: boolean;
  readonly now: () => Date;
}

/** A request about one repository, with the caller known. */
export interface DataRequest {
  readonly place: DataPlace;
  readonly registry: StoredRegistry;
  /** As the registry calls it: of ECR Public, without the alias. */
  readonly name: string;
  /** What its addresses begin with: `/v2/` and the name, of ECR Public with the alias. */
  readonly base: string;
  readonly query: URLSearchParams;
  readonly principal: EcrPrincipal | undefined;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The log entry of an action on the repository of a request. */
export function entryOf(asked: DataRequest, action: string, detail?: string): EcrEntry {
  const { registry, name, principal } = asked;
  return { action, plane: 'data', registry, repositories: [name], principal, detail };
}
