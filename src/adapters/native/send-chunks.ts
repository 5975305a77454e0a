import { createHash, type Hash } from 'node:crypto';
import type { Descriptor } from '../../domain/manifest.ts';
import { MirrorError } from '../../errors.ts';
import type { HostPlace } from '../host-limits.ts';
import { headerOf } from '../http.ts';
import { uploadAddress } from '../upload-address.ts';
import { createPieces, type Pieces } from './pieces.ts';
import { Refused, writeTo } from './refused.ts';
import {
  type BlobUpload,
  callOf,
  isPassing,
  isThrottled,
  sendBody,
  type UploadBench,
  weightOf,
} from './upload-call.ts';

/** How often in a row a chunk may break off without the registry having got any of it. */
const FRUITLESS = 6;
const PAUSE_MS = 1_000;
const RANGE = /^(?:bytes=)?0-(\d+)$/;
const LONGEST_PAUSE_MS = 10_000;

/** An upload underway: where it goes on, and how much the registry has. */
export interface Underway {
  readonly place: URL;
  readonly offset: number;
}

/** That a registry does not go on with an upload, so that it has to begin anew. */
export class UploadLost extends Error {
  constructor(what: string) {
    super(`the registry lost the upload of ${what}`);
    this.name = 'UploadLost';
  }
}

/** That a registry refused a chunk: perhaps it takes blobs only whole, perhaps the answer was a stray one. */
export class ChunksRefused extends Error {
  /** The answer, to be compared with that for another upload. */
  readonly said: string;
  /** Whether the answer says itself that chunks are not supported. */
  readonly isSure: boolean;

  constructor(host: string, { status, problem }: Refused['failure']) {
    const said = [status, problem.code].filter((part) => part !== undefined).join(' ');
    super(`${host} refused a chunk: ${said}`);
    this.name = 'ChunksRefused';
    this.said = said;
    this.isSure = status === 405 || status === 501 || problem.code === 'UNSUPPORTED';
  }
}

function damaged({ digest, size }: Descriptor, why: string): MirrorError {
  return new MirrorError(`content ${digest} came damaged: ${why} (${size} bytes were promised)`, {
    code: 'CONTENT_DAMAGED',
    origin: 'source',
    hint: 'fetch or copy it again',
  });
}

/**
 * How much of an upload the registry has: OCI distribution-spec, "Pushing a blob in chunks", `Range: 0-<end>`. Undefined when
 * it does not say, or knows no such upload.
 */
export async function statusOf(upload: BlobUpload, place: URL, bench: UploadBench): Promise<Underway | undefined> {
  const call = callOf(upload, bench);
  try {
    const { answer } = await writeTo(bench.access, { ...call, method: 'GET', target: place }, [204, 202]);
    const [, end] = RANGE.exec(headerOf(answer, 'range') ?? '') ?? [];
    if (end === undefined) return undefined;
    const next = headerOf(answer, 'location') === undefined ? place : uploadAddress(answer, call.address, call.what);
    // what has nothing yet and what has one byte look the same
    return { place: next, offset: end === '0' ? 0 : Number(end) + 1 };
  } catch (error) {
    if (error instanceof Refused && !error.isTransient) return undefined;
    throw error;
  }
}

async function* hashed(bytes: AsyncIterable<Uint8Array>, hash: Hash | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash?.update(chunk);
    yield chunk;
  }
}

/** An upload in chunks. The digest is checked here where all bytes came by here, and by the registry in any case. */
class ChunkedUpload {
  readonly #upload: BlobUpload;
  readonly #bench: UploadBench;
  #at: Underway;
  /** Of everything before the offset; undefined where an earlier run has sent some of it. */
  #hash: Hash | undefined;
  #pieces: Pieces;

  constructor(upload: BlobUpload, begun: Underway, bench: UploadBench) {
    const [algorithm = ''] = upload.blob.digest.split(':');
    this.#upload = upload;
    this.#bench = bench;
    this.#at = begun;
    this.#hash = begun.offset === 0 ? createHash(algorithm) : undefined;
    this.#pieces = createPieces(upload.read({ from: begun.offset }));
  }

  get #left(): number {
    return this.#upload.blob.size - this.#at.offset;
  }

  async #sendOne(held: HostPlace): Promise<void> {
    const { place, offset } = this.#at;
    const call = callOf(this.#upload, this.#bench);
    const length = Math.min(this.#bench.chunkBytes, this.#left);
    const hash = this.#hash?.copy();
    const headers = { 'content-range': `${offset}-${offset + length - 1}` };
    const bytes = hashed(this.#whole(length), hash);
    const answer = await sendBody(
      { ...call, method: 'PATCH', target: place, headers, place: held },
      { bytes, length },
      [202],
      this.#bench,
    );
    const [, end] = RANGE.exec(headerOf(answer, 'range') ?? '') ?? [];
    // it took less, and said so as if all were well
    if (end !== undefined && Number(end) + 1 !== offset + length) throw new UploadLost(this.#what);
    this.#at = { place: uploadAddress(answer, call.address, call.what), offset: offset + length };
    this.#hash = hash;
    this.#bench.sessions.keep(this.#key, this.#at.place);
  }

  async *#whole(length: number): AsyncGenerator<Uint8Array> {
    let seen = 0;
    for await (const piece of this.#pieces.next(length)) {
      seen += piece.length;
      yield piece;
    }
    const { blob } = this.#upload;
    if (seen < length) throw damaged(blob, `${this.#at.offset + seen} bytes came`);
  }

  get #key() {
    const { registry, repository, blob } = this.#upload;
    return { registry, repository, digest: blob.digest };
  }

  /** Asks how much of the last chunk has come, and goes on behind it. True when some of it has. */
  async #takeUp(): Promise<boolean> {
    const told = await statusOf(this.#upload, this.#at.place, this.#bench);
    const more = (told?.offset ?? -1) - this.#at.offset;
    if (told === undefined || more < 0 || more > Math.min(this.#bench.chunkBytes, this.#left))
      throw new UploadLost(this.#what);
    await this.#pieces.close();
    if (this.#hash === undefined) this.#pieces = createPieces(this.#upload.read({ from: told.offset }));
    else {
      this.#pieces = createPieces(this.#upload.read({ from: this.#at.offset }));
      // what the registry has of the chunk is read once more, for the digest
      for await (const chunk of this.#pieces.next(more)) this.#hash.update(chunk);
    }
    this.#at = told;
    return more > 0;
  }

  get #what(): string {
    return callOf(this.#upload, this.#bench).what;
  }

  async #sendAll(held: HostPlace): Promise<void> {
    const { clock } = this.#bench;
    const all = clock.now();
    for (let fruitless = 0; this.#left > 0; ) {
      const begun = { all, this: clock.now() };
      try {
        await this.#sendOne(held);
        fruitless = 0;
      } catch (error) {
        if (this.#upload.signal.aborted) throw error;
        if (error instanceof Refused && !error.isTransient) throw this.#refusal(error);
        const weight = isThrottled(error, this.#upload, this.#bench, begun) ? 0 : weightOf(error);
        if (!isPassing(error) || (fruitless >= FRUITLESS && weight > 0)) throw error;
        const pause = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** fruitless);
        await clock.sleep(pause * (0.5 + clock.random()), this.#upload.signal);
        fruitless = (await this.#takeUp()) ? 0 : fruitless + weight;
      }
    }
  }

  /** A chunk that is refused may say that chunks are; one that is not the first may also say that its upload is gone. */
  #refusal(error: Refused): Error {
    const { status, problem } = error.failure;
    if (status === 401 || status === 403 || status === 413) return error;
    const isGone = status === 404 || problem.code === 'BLOB_UPLOAD_UNKNOWN';
    if (this.#at.offset > 0 && isGone) return new UploadLost(this.#what);
    return new ChunksRefused(this.#upload.registry, error.failure);
  }

  /** @throws MirrorError CONTENT_DAMAGED, UploadLost, ChunksRefused, Refused, and what reading throws. */
  async send(): Promise<void> {
    const { blob, registry, signal } = this.#upload;
    const { address } = callOf(this.#upload, this.#bench);
    const held = await this.#bench.access.hold(address, signal);
    try {
      await this.#sendAll(held);
      // where an earlier run has sent some of it, only the registry has seen all
      if (this.#hash !== undefined)
        for await (const more of this.#pieces.next(1)) throw damaged(blob, `${more.length} bytes more came`);
    } finally {
      await this.#pieces.close();
      held.leave();
    }
    const [algorithm = ''] = blob.digest.split(':');
    const found = this.#hash === undefined ? blob.digest : `${algorithm}:${this.#hash.digest('hex')}`;
    if (found !== blob.digest) throw damaged(blob, `its bytes have the digest ${found}`);
    const target = new URL(this.#at.place);
    target.searchParams.set('digest', blob.digest);
    await this.#bench.pace.turn(registry, 'PUT', target, signal);
    const none = { bytes: this.#pieces.next(0), length: 0 };
    await sendBody({ ...callOf(this.#upload, this.#bench), method: 'PUT', target }, none, [201], this.#bench);
  }
}

/**
 * Sends what is left of a blob in chunks. A chunk that breaks off is taken up where the registry says that it ended.
 *
 * @throws MirrorError CONTENT_DAMAGED before the registry is told that it is whole, UploadLost, ChunksRefused, Refused, and what
 * reading throws.
 */
export async function sendChunks(upload: BlobUpload, begun: Underway, bench: UploadBench): Promise<void> {
  await new ChunkedUpload(upload, begun, bench).send();
}
