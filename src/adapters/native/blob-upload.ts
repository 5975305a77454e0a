import { Readable } from 'node:stream';
import type { Descriptor } from '../../domain/manifest.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import { MirrorError } from '../../errors.ts';
import type { DestinationPace } from '../destination-pace.ts';
import type { Clock } from '../http-retry.ts';
import type { RegistryAccess, RegistryCall } from '../registry-access.ts';
import { addressOf } from '../source-mirrors.ts';
import { uploadAddress } from '../upload-address.ts';
import { Refused, writeTo } from './refused.ts';

/** What uploads are made with. */
export interface UploadTools {
  readonly access: RegistryAccess;
  readonly settings: NetworkSettings;
  readonly pace: DestinationPace;
  readonly clock: Clock;
}

/** A blob on its way into a repository. */
export interface BlobUpload {
  readonly registry: string;
  readonly repository: string;
  readonly blob: Descriptor;
  /** A repository of the same registry that surely has it; else it is asked whether its own one has it already. */
  readonly from: string | undefined;
  /** Its bytes, checked as they pass. Asked for again when an upload breaks off. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** How a blob came to be there. */
export type Arrival = 'present' | 'uploaded';

const TRIES = 6;
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

function isPassing(error: unknown): boolean {
  if (error instanceof Refused) return error.isTransient;
  return error instanceof MirrorError && error.code === 'REGISTRY_UNREACHABLE' && error.origin === 'destination';
}

function callOf({ registry, repository, blob, signal }: BlobUpload, { settings }: UploadTools) {
  const address = addressOf(settings, 'destination', registry, repository);
  const what = `blob ${blob.digest} of ${registry}/${repository}`;
  return { address, what, side: 'destination', actions: 'pull,push', signal } as const;
}

/**
 * Begins an upload: undefined when the registry has the blob, mounted from elsewhere or there already (OCI distribution-spec,
 * "Mounting a blob from another repository": a registry that cannot mount begins an upload).
 */
async function begin(upload: BlobUpload, tools: UploadTools): Promise<URL | undefined> {
  const { repository, blob, from = repository } = upload;
  const common = callOf(upload, tools);
  const headers = { 'content-length': '0' };
  const plain = { ...common, method: 'POST', target: 'blobs/uploads/', headers, repeatable: true } as const;
  await tools.pace.turn(upload.registry, 'POST', plain.target, upload.signal);
  const query = new URLSearchParams({ mount: blob.digest, from });
  const mount: RegistryCall = {
    ...plain,
    target: `blobs/uploads/?${query}`,
    alsoReads: from === repository ? [] : [from],
  };
  const { answer } = await writeTo(tools.access, mount, [201, 202]).catch((error: unknown) => {
    // a registry that refuses to mount must still take the blob itself
    if (error instanceof Refused && !error.isTransient) return writeTo(tools.access, plain, [201, 202]);
    throw error;
  });
  return answer.status === 201 ? undefined : uploadAddress(answer, common.address, common.what);
}

async function send(upload: BlobUpload, place: URL, tools: UploadTools): Promise<void> {
  const { blob } = upload;
  const target = new URL(place);
  target.searchParams.set('digest', blob.digest);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) };
  await tools.pace.turn(upload.registry, 'PUT', target, upload.signal);
  const body = blob.size === 0 ? new Uint8Array() : Readable.from(upload.bytes(), { objectMode: false });
  let broken: unknown;
  if (body instanceof Readable)
    body.once('error', (error) => {
      broken = error;
    });
  try {
    await writeTo(tools.access, { ...callOf(upload, tools), method: 'PUT', target, headers, body }, [201]);
  } catch (error) {
    // when the source fails, the request only breaks off; what failed is the source
    throw broken instanceof MirrorError ? broken : error;
  } finally {
    if (body instanceof Readable) body.destroy();
  }
}

/**
 * Brings a blob into a repository by one POST and, where the registry does not have it, one streaming PUT; again from the
 * beginning where the target fails in passing.
 *
 * @throws Refused when the target refuses, MirrorError of what the bytes come from, and REGISTRY_UNREACHABLE.
 */
export async function uploadBlob(upload: BlobUpload, tools: UploadTools): Promise<Arrival> {
  for (let count = 1; ; count += 1) {
    try {
      const place = await begin(upload, tools);
      if (place === undefined) return 'present';
      await send(upload, place, tools);
      return 'uploaded';
    } catch (error) {
      if (upload.signal.aborted || !isPassing(error) || count === TRIES) throw error;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (count - 1));
    await tools.clock.sleep(pause * (0.5 + tools.clock.random()), upload.signal);
  }
}
