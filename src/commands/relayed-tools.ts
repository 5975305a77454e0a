import { join } from 'node:path';
import { createCrane } from '../adapters/crane.ts';
import type { DestinationPace } from '../adapters/destination-pace.ts';
import { createHelmPush } from '../adapters/helm-push.ts';
import { SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import { run } from '../adapters/process.ts';
import { startRelay } from '../adapters/relay.ts';
import { createFileBlobs } from '../adapters/relay-file-source.ts';
import type { Program, PushTools, PushToolsOptions } from './push-parts.ts';

/** What programs do, and what ends their relay. */
export type RelayedTools = Partial<Pick<PushTools, 'copier' | 'pusher'>> & Pick<PushTools, 'close'>;

/** Starts the relay, and sets up the programs to use it. */
export async function openRelayedTools(
  { workspace, connections, network, redactor, contents, known = [] }: PushToolsOptions,
  {
    helm,
    crane,
    pace,
  }: { readonly helm: Program | undefined; readonly crane: Program | undefined; readonly pace: DestinationPace },
): Promise<RelayedTools> {
  const { registry, access } = connections;
  const blobs = contents === undefined ? {} : { blobs: createFileBlobs(contents) };
  const relay = await startRelay({ registry, access, settings: network, redactor, pace, known, ...blobs });
  const shared = { relay, run, clock: SYSTEM_CLOCK };
  const below = (name: string) => join(workspace.root, name);
  return {
    ...(crane === undefined ? {} : { copier: createCrane({ ...shared, file: crane.path, directory: below('crane') }) }),
    ...(helm === undefined
      ? {}
      : { pusher: createHelmPush({ ...shared, file: helm.path, directory: below('helm-push') }) }),
    close: () => relay.close(),
  };
}
