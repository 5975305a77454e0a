import { createArtifactPusher } from '../adapters/artifact-push.ts';
import { createBlobSource } from '../adapters/blob-source.ts';
import { createDestinationPace } from '../adapters/destination-pace.ts';
import { createFileBlobSource } from '../adapters/files/file-blobs.ts';
import { SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import { createNativeCopier } from '../adapters/native/copier.ts';
import type { PushTools, PushToolsOptions } from './push-parts.ts';

function pushesNothing(): never {
  throw new RangeError('a run without charts pushes none');
}

/** Sets up what copies and pushes, with a relay where a program does it. */
export async function openTools(options: PushToolsOptions): Promise<PushTools> {
  const { tools, connections, network, contents, known = [], journal } = options;
  const { registry, access, kept } = connections;
  const pace = createDestinationPace(network, SYSTEM_CLOCK);
  const writing = { access, settings: network, pace, clock: SYSTEM_CLOCK };
  const sources = contents === undefined ? createBlobSource({ ...writing, kept }) : createFileBlobSource(contents);
  const native = () => createNativeCopier({ registry, blobs: sources, known, journal, ...writing });
  const artifacts = createArtifactPusher(writing);
  const { helm, crane } = tools;
  if (helm === undefined && crane === undefined)
    return { copier: native(), pusher: { push: pushesNothing }, artifacts, close: async () => undefined };
  const { openRelayedTools } = await import('./relayed-tools.ts');
  const relayed = await openRelayedTools(options, { helm, crane, pace });
  return { copier: native(), pusher: { push: pushesNothing }, ...relayed, artifacts };
}
