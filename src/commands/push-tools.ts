import { join } from 'node:path';
import { createArtifactPusher } from '../adapters/artifact-push.ts';
import { createBlobSource } from '../adapters/blob-source.ts';
import { createCrane } from '../adapters/crane.ts';
import { createDestinationPace } from '../adapters/destination-pace.ts';
import { createFileBlobSource } from '../adapters/files/file-blobs.ts';
import { createHelmPush } from '../adapters/helm-push.ts';
import { SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import { createNativeCopier } from '../adapters/native/copier.ts';
import { run } from '../adapters/process.ts';
import { type KnownBlob, startRelay } from '../adapters/relay.ts';
import { createFileBlobs } from '../adapters/relay-file-source.ts';
import type { OpenWorkspace } from '../adapters/workspace.ts';
import type { NetworkSettings } from '../domain/network.ts';
import type { ChartPusher } from '../ports/charts.ts';
import type { Contents } from '../ports/contents.ts';
import type { ArtifactPusher, Copier } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import type { Connections } from './connect.ts';

/** What writes to the target: crane and helm, both behind a relay on loopback that lives as long as the run, or the native engine; lists of images directly. */
export interface PushTools {
  readonly copier: Copier;
  readonly pusher: ChartPusher;
  readonly artifacts: ArtifactPusher;
  readonly close: () => Promise<void>;
}

/** What the writing side is made of. */
export interface PushToolsOptions {
  /** Without crane, images are copied by the engine of this tool. */
  readonly tools: { readonly helm: { readonly path: string }; readonly crane: { readonly path: string } | undefined };
  readonly workspace: OpenWorkspace;
  readonly connections: Connections;
  readonly network: NetworkSettings;
  readonly redactor: Redactor;
  /** What has the blobs of all sources; undefined where the registries have them. */
  readonly contents?: Contents | undefined;
  /** What the target is known to have. */
  readonly known?: readonly KnownBlob[] | undefined;
}

/** Starts the relay and sets up crane and helm to use it. */
export async function openTools({
  tools,
  workspace,
  connections,
  network,
  redactor,
  contents,
  known = [],
}: PushToolsOptions): Promise<PushTools> {
  const { registry, access } = connections;
  const pace = createDestinationPace(network, SYSTEM_CLOCK);
  const blobs = contents === undefined ? {} : { blobs: createFileBlobs(contents) };
  const relay = await startRelay({ registry, access, settings: network, redactor, pace, known, ...blobs });
  const writing = { access, settings: network, pace, clock: SYSTEM_CLOCK };
  const sources = contents === undefined ? createBlobSource(writing) : createFileBlobSource(contents);
  const shared = { relay, run, clock: SYSTEM_CLOCK };
  return {
    copier:
      tools.crane === undefined
        ? createNativeCopier({ registry, blobs: sources, known, ...writing })
        : createCrane({ ...shared, file: tools.crane.path, directory: join(workspace.root, 'crane') }),
    pusher: createHelmPush({ ...shared, file: tools.helm.path, directory: join(workspace.root, 'helm-push') }),
    artifacts: createArtifactPusher(writing),
    close: () => relay.close(),
  };
}
