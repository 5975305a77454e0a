import { Readable } from 'node:stream';
import type { Descriptor } from '../domain/manifest.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { BlobReading, BlobSource } from '../ports/contents.ts';
import type { Side } from '../ports/registry.ts';
import { resumedStream } from './blob-stream.ts';
import { connectionFailure } from './connection-failure.ts';
import { headerOf } from './http.ts';
import type { Clock } from './http-retry.ts';
import type { KeptBlobs } from './kept-blobs.ts';
import type { RegistryAccess } from './registry-access.ts';
import { describeAnswer, invalidAnswer, reaching, unexpectedStatus } from './registry-errors.ts';
import type { OpenReply } from './requests.ts';
import { addressOf } from './source-mirrors.ts';

/** What the source of blobs is made of. */
export interface BlobSourceOptions {
  readonly access: RegistryAccess;
  readonly settings: NetworkSettings;
  readonly clock: Clock;
  /** Whose blobs are read: those of sources, unless it is said. */
  readonly side?: Side;
  /** Whether others have them, too: what does not open is then not asked for again and again. */
  readonly hasty?: boolean;
  /** Blobs that were read already. */
  readonly kept?: KeptBlobs;
}

/** How often in a row a connection may break off with hardly a byte: some bring a few each time, and would go on for ever. */
const FRUITLESS = 5;
const WORTHWHILE_BYTES = 16 * 1024;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** A blob on its way. */
interface Fetch {
  readonly repository: Reference;
  readonly blob: Descriptor;
  readonly host: string;
  readonly side: Side;
  readonly what: string;
  readonly signal: AbortSignal;
}

function denied({ what, side }: Fetch, detail: string): MirrorError {
  return new MirrorError(`${what} may not be read: ${detail}`, {
    code: side === 'source' ? 'IMAGE_SOURCE_DENIED' : 'IMAGE_DESTINATION_DENIED',
    origin: side,
    hint: 'log in to this registry with docker login',
  });
}

function lost({ what, side, host }: Fetch): MirrorError {
  return new MirrorError(`${what} is not at ${host}`, {
    code: side === 'source' ? 'IMAGE_SOURCE_ABSENT' : 'IMAGE_COPY_FAILED',
    origin: side,
    hint: `${host} lost it after it was planned: check that registry, or choose another version`,
  });
}

/** The byte that an answer to a ranged request begins with; registries that know no ranges send everything. */
function firstByte(fetch: Fetch, answer: OpenReply, wanted: number): number {
  if (answer.status === 200) return 0;
  const said = headerOf(answer, 'content-range') ?? '';
  const [, start] = /^bytes (\d+)-/.exec(said) ?? [];
  if (answer.status === 206 && start !== undefined && Number(start) === wanted) return wanted;
  answer.body.destroy();
  throw invalidAnswer(fetch.host, fetch.what, `it was asked from byte ${wanted} on and sent "${said}"`, fetch.side);
}

function checkStatus(fetch: Fetch, { status, text, body }: OpenReply, access: string): void {
  if (status === 200 || status === 206) return;
  body.destroy();
  if (status === 401 || status === 403) throw denied(fetch, `${describeAnswer(status, text)}; ${access}`);
  if (status === 404) throw lost(fetch);
  throw unexpectedStatus(fetch.host, fetch.what, status, text, fetch.side);
}

/** Whether a failure may be gone a moment later: a connection that broke off, or a registry that is not well. */
function isPassing(error: unknown): boolean {
  return error instanceof MirrorError && error.code === 'REGISTRY_UNREACHABLE';
}

/** Ends what a stream has under way when the run does, and when nobody reads the stream any more. */
function tie(stream: Readable, own: AbortController, signal: AbortSignal): Readable {
  const stop = (): void => own.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return stream.once('close', () => {
    signal.removeEventListener('abort', stop);
    if (!stream.readableEnded) own.abort();
  });
}

/** Streams blobs by the OCI distribution-spec, "Pulling blobs": ranges where a connection breaks off. */
export function createBlobSource({
  access,
  settings,
  clock,
  side = 'source',
  kept,
  hasty = false,
}: BlobSourceOptions): BlobSource {
  async function ask(fetch: Fetch, from: number): Promise<OpenReply> {
    const { repository, blob, signal, what } = fetch;
    const address = addressOf(settings, side, repository.registry, repository.repository);
    // some registries want to be told the end as well
    const headers = from === 0 ? {} : { range: `bytes=${from}-${blob.size - 1}` };
    const call = { method: 'GET', address, target: `blobs/${blob.digest}`, headers, actions: 'pull' } as const;
    const asked = await access.open({ ...call, side, signal, what });
    const isRangeRefused = from > 0 && asked.kind === 'answer' && asked.answer.status === 416;
    if (isRangeRefused) asked.answer.body.destroy();
    const result = isRangeRefused ? await access.open({ ...call, headers: {}, side, signal, what }) : asked;
    if (result.kind === 'refused') throw denied(fetch, result.detail);
    checkStatus(fetch, result.answer, result.access);
    return result.answer;
  }

  /** A connection that broke off, in the words of a failure to reach the registry. */
  function brokenOff({ host, what }: Fetch, error: unknown, at: string): Promise<never> {
    return reaching(host, what, side, () => Promise.reject(connectionFailure(error, at, undefined)));
  }

  /** Waits until a stream that broke off may be asked for again, or throws why not. */
  function createPatience({ signal }: Fetch): (error: unknown, brought: number) => Promise<void> {
    let fruitless = 0;
    return async (error, brought) => {
      if (signal.aborted || !isPassing(error)) throw error;
      fruitless = brought >= WORTHWHILE_BYTES ? 1 : fruitless + 1;
      if (fruitless === FRUITLESS) throw error;
      await clock.sleep(clock.random() * Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** fruitless), signal);
    };
  }

  function open(
    repository: Reference,
    blob: Descriptor,
    signal: AbortSignal,
    { from = 0, watch }: BlobReading = {},
  ): Readable {
    const { host } = addressOf(settings, side, repository.registry, repository.repository);
    const what = `blob ${blob.digest} of ${formatReference(repository)}`;
    const own = new AbortController();
    const fetch: Fetch = { repository, blob, host, side, what, signal: own.signal };
    const known = kept?.get(blob.digest);
    const wait = createPatience(fetch);
    // after redirects, whose connection it was
    let at = host;
    let isOpen = false;
    const stream = resumedStream({
      ...{ from, size: blob.size, watch },
      async ask(first) {
        if (known !== undefined) return { body: Readable.from([known]), first: 0 };
        const answer = await ask(fetch, first);
        at = answer.url.host;
        isOpen = true;
        return { body: answer.body, first: firstByte(fetch, answer, first) };
      },
      async failed(error, brought) {
        own.signal.throwIfAborted();
        if (hasty && !isOpen) throw error;
        const isTold = error instanceof MirrorError;
        await wait(isTold ? error : await brokenOff(fetch, error, at).catch((told: unknown) => told), brought);
      },
    });
    return tie(stream, own, signal);
  }

  return { open };
}
