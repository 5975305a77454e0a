import { createCredentialStore, type ExplicitCredentials } from '../../src/adapters/credentials.ts';
import { createEcr, type Ecr } from '../../src/adapters/ecr/ecr.ts';
import { createHostLimits } from '../../src/adapters/host-limits.ts';
import { createHttpClient } from '../../src/adapters/http.ts';
import { type Clock, createRetries, SYSTEM_CLOCK } from '../../src/adapters/http-retry.ts';
import { run } from '../../src/adapters/process.ts';
import { createRegistry } from '../../src/adapters/registry.ts';
import { createRegistryAccess, type RegistryAccess } from '../../src/adapters/registry-access.ts';
import { createRegistryAuth } from '../../src/adapters/registry-auth.ts';
import { createTokenCache } from '../../src/adapters/registry-tokens.ts';
import { createRequests } from '../../src/adapters/requests.ts';
import type { NetworkSettings } from '../../src/domain/network.ts';
import type { Registry } from '../../src/ports/registry.ts';
import { Redactor } from '../../src/redaction.ts';
import { settingsWith } from './http-network.ts';

/** What the adapters for AWS are built with. `env` is the whole environment, also the one that the SDK reads. */
export interface AwsAdaptersOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly settings?: Partial<NetworkSettings>;
  readonly explicit?: ExplicitCredentials;
  readonly profile?: string;
  readonly clock?: Clock;
}

/** The adapters that talk to Amazon ECR, wired together as for a run. */
export interface AwsAdapters {
  readonly ecr: Ecr;
  readonly registry: Registry;
  readonly access: RegistryAccess;
  /** What a person would have been told. */
  readonly said: string[];
  close(): Promise<void>;
}

const READ_BY_SDK = /^(?:AWS_|HOME$)/;

/** Gives the process these variables of AWS in place of its own; the result puts the old ones back. */
function replaceEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (READ_BY_SDK.test(name)) delete process.env[name];
  const nowhere = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
  for (const [name, value] of Object.entries({ ...nowhere, ...env })) {
    if (READ_BY_SDK.test(name)) process.env[name] = value;
  }
  return () => {
    for (const name of Object.keys(process.env)) if (READ_BY_SDK.test(name)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

/** Builds the adapters. The SDK reads the environment of the process: one set of adapters can be open at a time. */
export function awsAdapters(options: AwsAdaptersOptions): AwsAdapters {
  const { env, explicit = {}, profile, clock = SYSTEM_CLOCK } = options;
  const restore = replaceEnvironment(env);
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const redactor = new Redactor();
  const settings = settingsWith(options.settings);
  const client = createHttpClient({ settings, env, redactor });
  const requests = createRequests(client, createHostLimits(settings), createRetries(clock));
  const ecr = createEcr({ requests, settings, env, profile, redactor, clock, say });
  const tokens = { tokenSource: ecr.token, dropToken: ecr.dropToken, tokensFirst: profile !== undefined };
  const store = createCredentialStore({ settings, env, explicit, redactor, run, ...tokens });
  const auth = createRegistryAuth(
    store,
    createTokenCache(requests, redactor, clock),
    redactor,
    (url, authorization, side, signal) => requests.ask({ method: 'GET', url, authorization, side, signal }, 65_536),
  );
  const access = createRegistryAccess(requests, auth);
  return {
    ecr,
    registry: createRegistry(access, settings),
    access,
    said,
    async close() {
      restore();
      await client.close();
    },
  };
}
