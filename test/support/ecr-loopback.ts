import { createServer } from 'node:http';
import { createEcrEmulator, type EcrEmulator, type EcrOptions } from './ecr-emulator.ts';
import { principalEnv } from './ecr-principals.ts';
import { listening } from './listening.ts';

/** An emulator on loopback, without TLS: one port for the API and the private registry, one for the public registry. */
export interface EcrLoopback {
  readonly ecr: EcrEmulator;
  /** `http://127.0.0.1:port`: the API of both services, and `/v2` of `ecr.account` in `ecr.region`. */
  readonly url: string;
  /** `127.0.0.1:port` of the same. */
  readonly host: string;
  /** `http://127.0.0.1:port`: `/v2` and the token server of ECR Public. */
  readonly publicUrl: string;
  /** Keys, region and endpoints for the SDK. */
  readonly env: Readonly<Record<string, string>>;
  /** `Basic …` with a new token, for plain requests to the private registry. */
  login(): string;
  stop(): Promise<void>;
}

type Listening = { readonly url: string; readonly stop: () => Promise<void> };

async function listen(handle: EcrEmulator['handle']): Promise<Listening> {
  const server = createServer(handle);
  const { url } = await listening(server);
  return {
    url,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Starts an emulator on loopback. */
export async function startEcrLoopback(options: EcrOptions = {}): Promise<EcrLoopback> {
  const ecr = createEcrEmulator(options);
  const { region, principal, tokens } = ecr;
  const [own, open] = await Promise.all([listen(ecr.handle), listen(ecr.handlePublic)]);
  return {
    ecr,
    url: own.url,
    host: own.url.slice('http://'.length),
    publicUrl: open.url,
    env: {
      ...principalEnv(principal),
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_ECR: own.url,
      AWS_ENDPOINT_URL_ECR_PUBLIC: own.url,
    },
    login() {
      const { password } = tokens.issue('ecr', principal, region);
      return `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;
    },
    async stop() {
      await Promise.all([own.stop(), open.stop()]);
    },
  };
}
