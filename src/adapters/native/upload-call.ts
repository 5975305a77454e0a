import { Readable } from 'node:stream';
import type { Descriptor } from '../../domain/manifest.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import { MirrorError } from '../../errors.ts';
import type { BlobReading } from '../../ports/contents.ts';
import { ConnectionFailure } from '../connection-failure.ts';
import type { DestinationPace } from '../destination-pace.ts';
import { type Clock, PATIENCE_MS } from '../http-retry.ts';
import type { RegistryAccess, RegistryCall } from '../registry-access.ts';
import type { Reply } from '../requests.ts';
import { addressOf, type RegistryAddress } from '../source-mirrors.ts';
import { Refused, writeTo } from './refused.ts';
import type { UploadSessions } from './upload-sessions.ts';

/** What uploads are made with. */
export interface UploadTools {
  readonly access: RegistryAccess;
  readonly settings: NetworkSettings;
  readonly pace: DestinationPace;
  readonly clock: Clock;
}

const SILENT_WEIGHT = 3;

/** Larger blobs go up in pieces of this many bytes, so that a connection that breaks off costs at most one of them. */
export const CHUNK_BYTES = 64 * 1024 * 1024;

/** The same, with what is known of uploads underway, and of registries that take no chunks. */
export interface UploadBench extends UploadTools {
  readonly sessions: UploadSessions;
  /** `CHUNK_BYTES`, but for tests. */
  readonly chunkBytes: number;
}

/** A blob on its way into a repository. */
export interface BlobUpload {
  readonly registry: string;
  readonly repository: string;
  readonly blob: Descriptor;
  /** A repository of the same registry that surely has it; else it is asked whether its own one has it already. */
  readonly from: string | undefined;
  /** Its bytes, not checked but by the watch. Asked for again when an upload breaks off. */
  readonly read: (reading: BlobReading) => AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** What every request of an upload has in common. */
export type UploadCall = Pick<RegistryCall, 'address' | 'what' | 'side' | 'actions' | 'signal'>;

/** What every request of an upload has in common. */
export function callOf({ registry, repository, blob, signal }: BlobUpload, { settings }: UploadTools): UploadCall {
  const address: RegistryAddress = addressOf(settings, 'destination', registry, repository);
  const what = `blob ${blob.digest} of ${registry}/${repository}`;
  return { address, what, side: 'destination', actions: 'pull,push', signal };
}

/** Whether a failure may be gone a moment later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof Refused) return error.isTransient;
  return error instanceof MirrorError && error.code === 'REGISTRY_UNREACHABLE' && error.origin === 'destination';
}

/** When a try began, and the first of all; in milliseconds. */
export interface Begun {
  readonly all: number;
  readonly this: number;
}

/** Whether the target refused for its rate only, and served others meanwhile: who waits then gets a turn. */
export function isThrottled(error: unknown, upload: BlobUpload, bench: UploadTools, begun: Begun): boolean {
  if (!(error instanceof Refused) || error.failure.status !== 429) return false;
  const { access, clock } = bench;
  return clock.now() - begun.all < PATIENCE_MS && access.hasTaken(callOf(upload, bench).address, begun.this);
}

/** For how many failures one counts: who gives no answer for minutes is not asked as often as who fails at once. */
export function weightOf(error: unknown): number {
  const isSilent = error instanceof MirrorError && error.cause instanceof ConnectionFailure && error.cause.silent;
  return isSilent ? SILENT_WEIGHT : 1;
}

/** A body of a known length, in place of bytes in memory. */
export interface StreamedBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly length: number;
}

/**
 * Sends a body as it comes.
 *
 * @throws what reading the body throws, where that is why the request broke off; else what `writeTo` throws.
 */
export async function sendBody(
  call: UploadCall & Pick<RegistryCall, 'method' | 'target' | 'headers' | 'place'>,
  { bytes, length }: StreamedBody,
  expected: readonly number[],
  { access }: UploadTools,
): Promise<Reply> {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(length), ...call.headers };
  if (length === 0) return (await writeTo(access, { ...call, headers, body: new Uint8Array() }, expected)).answer;
  const body = bytes instanceof Readable ? bytes : Readable.from(bytes, { objectMode: false });
  let broken: unknown;
  body.once('error', (error) => {
    broken = error;
  });
  try {
    return (await writeTo(access, { ...call, headers, body }, expected)).answer;
  } catch (error) {
    // when the source fails, the request only breaks off; what failed is the source
    throw broken instanceof MirrorError ? broken : error;
  } finally {
    body.destroy();
  }
}
