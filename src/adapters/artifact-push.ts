import { digestOf } from '../domain/manifest.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { ArtifactPush, ArtifactPusher } from '../ports/registry.ts';
import type { DestinationPace } from './destination-pace.ts';
import { type Clock, PASSING_STATUSES } from './http-retry.ts';
import type { RegistryAccess, RegistryCall } from './registry-access.ts';
import type { Authorized } from './registry-auth.ts';
import { describeAnswer, unexpectedStatus } from './registry-errors.ts';
import type { Reply } from './requests.ts';
import { addressOf, type RegistryAddress } from './source-mirrors.ts';
import { uploadAddress } from './upload-address.ts';

/** What the pusher is made of. */
export interface ArtifactPusherOptions {
  readonly access: RegistryAccess;
  readonly settings: NetworkSettings;
  readonly pace: DestinationPace;
  readonly clock: Clock;
}

/** One push on its way. */
interface Push {
  readonly address: RegistryAddress;
  readonly registry: string;
  /** What is pushed, in the words of messages. */
  readonly what: string;
  readonly signal: AbortSignal;
}

const ANSWER_LIMIT = 64 * 1024;
const UPLOADS = 6;
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
// what registries answer to a manifest of a kind that they do not take
const NOT_TAKEN: ReadonlySet<number> = new Set([400, 405, 406, 415, 422, 501]);

function notWritten(what: string, detail: string): MirrorError {
  return new MirrorError(`${what} cannot be written: ${detail}`, {
    code: 'CHART_PUSH_FAILED',
    origin: 'destination',
    hint: 'the credentials of the target need to read and write this repository',
  });
}

/** What a refusal means: a right that is missing is CHART_PUSH_FAILED. */
function refusalOf(result: Authorized<Reply>, push: Push): MirrorError {
  if (result.kind === 'refused') return notWritten(push.what, result.detail);
  const { status, text } = result.answer;
  if (status === 401 || status === 403 || status === 404)
    return notWritten(push.what, `${describeAnswer(status, text)}; ${result.access}`);
  return unexpectedStatus(push.address.host, push.what, status, text, 'destination');
}

/** The answer, when its status is one that `expected` names. Refusals are thrown. */
function answerOf(result: Authorized<Reply>, push: Push, expected: (status: number) => boolean): Reply {
  if (result.kind === 'answer' && expected(result.answer.status)) return result.answer;
  throw refusalOf(result, push);
}

/** Pushes small artifacts by the OCI distribution-spec: HEAD, POST and PUT of each blob, then PUT of the manifest. */
export function createArtifactPusher({ access, settings, pace, clock }: ArtifactPusherOptions): ArtifactPusher {
  async function ask(
    push: Push,
    call: Pick<RegistryCall, 'method' | 'target'> & Partial<RegistryCall>,
  ): Promise<Authorized<Reply>> {
    const { address, registry, what, signal } = push;
    await pace.turn(registry, call.method, call.target, signal);
    return access.ask({ address, actions: 'pull,push', side: 'destination', signal, what, ...call }, ANSWER_LIMIT);
  }

  /** Where a registry does not tell, it is taken to lack the blob: the upload finds out. */
  async function hasBlob(push: Push, digest: Digest): Promise<boolean> {
    const known = await ask(push, { method: 'HEAD', target: `blobs/${digest}` });
    return known.kind === 'answer' && known.answer.status === 200;
  }

  /** One upload from its beginning; the failure, where another one may succeed. */
  async function uploadOnce(push: Push, digest: Digest, bytes: Uint8Array): Promise<MirrorError | undefined> {
    const headers = { 'content-length': '0' };
    const begin = await ask(push, { method: 'POST', target: 'blobs/uploads/', headers, repeatable: true });
    const begun = answerOf(begin, push, (status) => status === 202 || status === 201);
    if (begun.status === 201) return undefined;
    const target = uploadAddress(begun, push.address, push.what);
    target.searchParams.set('digest', digest);
    const body = { headers: { 'content-type': 'application/octet-stream' }, body: bytes };
    try {
      // not repeated: the registry may have kept the bytes of the first try in the upload
      const ended = await ask(push, { method: 'PUT', target, ...body });
      const { status } = ended.kind === 'answer' ? ended.answer : { status: 0 };
      if (PASSING_STATUSES.has(status) || status === 404) return refusalOf(ended, push);
      answerOf(ended, push, (one) => one === 201);
      return undefined;
    } catch (error) {
      if (error instanceof MirrorError && error.code === 'REGISTRY_UNREACHABLE') return error;
      throw error;
    }
  }

  async function uploadBlob(push: Push, bytes: Uint8Array): Promise<void> {
    const digest = digestOf(bytes);
    for (let count = 1; !(await hasBlob(push, digest)); count += 1) {
      const failure = await uploadOnce(push, digest, bytes);
      if (failure === undefined) return;
      if (count === UPLOADS) throw failure;
      const pause = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (count - 1));
      await clock.sleep(pause * (0.5 + clock.random()), push.signal);
    }
  }

  async function push(
    destination: Reference,
    artifact: Parameters<ArtifactPusher['push']>[1],
    signal: AbortSignal,
  ): Promise<ArtifactPush> {
    const { registry, repository, tag } = destination;
    const named = { registry, repository, tag, digest: tag === undefined ? artifact.digest : undefined };
    const what = formatReference(named);
    const address = addressOf(settings, 'destination', registry, repository);
    const own: Push = { address, registry, what, signal };
    for (const blob of artifact.blobs) await uploadBlob(own, blob);
    const result = await ask(own, {
      method: 'PUT',
      target: `manifests/${tag ?? artifact.digest}`,
      headers: { 'content-type': artifact.mediaType },
      body: artifact.manifest,
      repeatable: true,
    });
    if (result.kind === 'answer' && NOT_TAKEN.has(result.answer.status))
      return { kind: 'refused', detail: describeAnswer(result.answer.status, result.answer.text) };
    answerOf(result, own, (status) => status === 201 || status === 200);
    return { kind: 'pushed' };
  }

  return { push };
}
