import { createArtifactPusher } from '../adapters/artifact-push.ts';
import { createBlobSource } from '../adapters/blob-source.ts';
import { createDestinationPace } from '../adapters/destination-pace.ts';
import { createFileBlobSource } from '../adapters/files/file-blobs.ts';
import { SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import { createNativeCopier } from '../adapters/native/copier.ts';
import type { KnownBlob } from '../adapters/relay.ts';
import type { OpenWorkspace } from '../adapters/workspace.ts';
import type { NetworkSettings } from '../domain/network.ts';
import type { ChartPusher } from '../ports/charts.ts';
import type { Contents } from '../ports/contents.ts';
import type { ArtifactPusher, Copier } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import type { Connections } from './connect.ts';

/** What writes to the target: the native engine, or crane; helm. Programs stand behind a relay on loopback that lives as long as the run. */
export interface PushTools {
  readonly copier: Copier;
  readonly pusher: ChartPusher;
  readonly artifacts: ArtifactPusher;
  readonly close: () => Promise<void>;
}

/** A program of this machine. */
export interface Program {
  readonly path: string;
}

/** What the writing side is made of. */
export interface PushToolsOptions {
  /** Without crane, images are copied by the engine of this tool; without helm there are no charts. */
  readonly tools: { readonly helm: Program | undefined; readonly crane: Program | undefined };
  readonly workspace: OpenWorkspace;
  readonly connections: Connections;
  readonly network: NetworkSettings;
  readonly redactor: Redactor;
  /** What has the blobs of all sources; undefined where the registries have them. */
  readonly contents?: Contents | undefined;
  /** What the target is known to have. */
  readonly known?: readonly KnownBlob[] | undefined;
}

function pushesNothing(): never {
  throw new RangeError('a run without charts pushes none');
}

/** Sets up what copies and pushes, with a relay where a program does it. */
export async function openTools(options: PushToolsOptions): Promise<PushTools> {
  const { tools, connections, network, contents, known = [] } = options;
  const { registry, access, kept } = connections;
  const pace = createDestinationPace(network, SYSTEM_CLOCK);
  const writing = { access, settings: network, pace, clock: SYSTEM_CLOCK };
  const sources = contents === undefined ? createBlobSource({ ...writing, kept }) : createFileBlobSource(contents);
  const native = () => createNativeCopier({ registry, blobs: sources, known, ...writing });
  const artifacts = createArtifactPusher(writing);
  const { helm, crane } = tools;
  if (helm === undefined && crane === undefined)
    return { copier: native(), pusher: { push: pushesNothing }, artifacts, close: async () => undefined };
  const { openRelayedTools } = await import('./relayed-tools.ts');
  const relayed = await openRelayedTools(options, { helm, crane, pace });
  return { copier: native(), pusher: { push: pushesNothing }, ...relayed, artifacts };
}
