import type { ExplicitCredentials } from '../adapters/credentials.ts';
import type { Redactor } from '../redaction.ts';
import { connect } from './connect.ts';
import type { OwnRegistry } from './run-inputs.ts';
import type { Surroundings } from './surroundings.ts';

/** What asking AWS needs. */
export interface OwnRegistryParts {
  readonly around: Surroundings;
  readonly explicit: ExplicitCredentials;
  readonly redactor: Redactor;
  readonly say: (line: string) => void;
}

/** Finds the registry of the caller's own AWS account, over connections that live as long as the question. */
export function findOwnRegistry({ around, explicit, redactor, say }: OwnRegistryParts): OwnRegistry {
  return async (network, { profile, region }) => {
    const connections = connect(network, around.env, explicit, redactor, say, profile);
    return connections.ecr.ownRegistry(region, around.signal).finally(() => connections.close());
  };
}
