import { utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ChartPusher } from '../ports/charts.ts';
import type { Clock } from './http-retry.ts';
import type { run } from './process.ts';
import type { Relay } from './relay.ts';
import { type RelayLogin, toolEnvironment, writeRelayLogin } from './relay-login.ts';
import { relayRepository } from './relay-routes.ts';
import { runAtRelay } from './relay-tool.ts';

/** What helm is run with to push. `directory` becomes its home and must lie in the workspace; `file` is an absolute path. */
export interface HelmPushOptions {
  readonly file: string;
  readonly directory: string;
  readonly relay: Relay;
  readonly run: typeof run;
  readonly clock: Clock;
}

const CODES = {
  failed: 'CHART_PUSH_FAILED',
  tagTaken: 'CHART_TAG_TAKEN',
  destinationDenied: 'CHART_PUSH_FAILED',
} as const;

/** The manifest's creation time is that of the archive's file, written in the local zone: both are fixed, or digests would differ. */
const CREATED = new Date(0);

function helmEnvironment(login: RelayLogin): Record<string, string> {
  const inside = (name: string) => join(login.directory, name);
  return {
    ...toolEnvironment(login),
    TZ: 'UTC',
    KUBECONFIG: '/dev/null',
    HELM_CACHE_HOME: inside('helm-cache'),
    HELM_CONFIG_HOME: inside('helm-config'),
    HELM_DATA_HOME: inside('helm-data'),
    HELM_PLUGINS: inside('helm-plugins'),
    HELM_REGISTRY_CONFIG: login.file,
    HELM_REPOSITORY_CACHE: inside('helm-cache'),
    HELM_REPOSITORY_CONFIG: inside('repositories.yaml'),
  };
}

/**
 * Pushes with `helm push` through the relay, with helm 3 and 4 alike. helm sees 127.0.0.1 and the relay's password only.
 *
 * @throws MirrorError WORKSPACE_FAILED when its home cannot be written.
 */
export function createHelmPush(options: HelmPushOptions): ChartPusher {
  const { file, directory, relay, run, clock } = options;
  const login = writeRelayLogin(directory, relay);
  const env = helmEnvironment(login);
  return {
    async push(archive, registry, path, signal) {
      const spec = {
        source: undefined,
        destination: { registry, repository: path, nested: true },
        onBytes: () => undefined,
      };
      await utimes(archive, CREATED, CREATED);
      const target = path === '' ? registry : `${registry}/${path}`;
      await runAtRelay(
        { file, relay, run, clock, env },
        spec,
        ({ id }) => [
          'push',
          archive,
          `oci://${relay.host}/${relayRepository(id, 'to', path)}`,
          '--plain-http',
          '--registry-config',
          login.file,
        ],
        { doing: `pushing ${basename(archive)} to oci://${target}`, tool: 'helm', codes: CODES },
        signal,
      );
    },
  };
}
