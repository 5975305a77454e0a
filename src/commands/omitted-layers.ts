import { blobPresence, type PlacedBlob } from '../adapters/blob-presence.ts';
import { inParallel } from '../domain/in-parallel.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { counted } from '../domain/report/counted.ts';
import { MirrorError } from '../errors.ts';
import type { Connections } from './connect.ts';

/** Blobs that are asked for at once. */
const WIDTH = 16;

/**
 * Makes sure that the target has what a bundle leaves out since its inventory had it, before anything is pushed.
 *
 * @throws MirrorError FILE_REFUSED when something is missing or may not be read, and what the registry throws.
 */
export async function checkOmitted(
  file: string,
  omitted: readonly PlacedBlob[],
  { access }: Connections,
  network: NetworkSettings,
  signal: AbortSignal,
): Promise<void> {
  const answers = await inParallel(omitted, WIDTH, async (blob) => {
    signal.throwIfAborted();
    return { blob, presence: await blobPresence(blob, access, network, signal) };
  });
  const missing = answers.filter(({ presence }) => presence.kind !== 'there');
  const [first] = missing;
  if (first === undefined) return;
  const { blob, presence } = first;
  const place = `${blob.registry}/${blob.repository}`;
  const why = presence.kind === 'denied' ? `may not be read in ${place}: ${presence.detail}` : `is not in ${place}`;
  const count = counted(missing.length, 'layer', 'layers');
  throw new MirrorError(`bundle ${file} refused: the target lacks ${count} that it leaves out: ${blob.digest} ${why}`, {
    code: 'FILE_REFUSED',
    origin: 'destination',
    hint: 'make it again with --since and a new inventory of this very registry, or without --since',
  });
}
