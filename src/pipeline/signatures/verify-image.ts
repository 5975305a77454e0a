import { signatureDuty } from '../../domain/policy/image-policy.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import { claimsIn, SIGN_PREDICATE, type SignatureClaim } from '../../domain/signatures/claims.ts';
import { attestation, contentComplaint } from '../../domain/signatures/content.ts';
import { refusalText, type SignatureResult, type Unfit } from '../../domain/signatures/result.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import type { OpenSignature, SignatureVerifier, Verification } from '../../ports/signatures.ts';
import { failUsers } from '../fail-users.ts';
import type { ImageItem } from '../image-item.ts';
import { sourceDigest } from '../preflight.ts';
import type { StepView } from '../progress.ts';
import type { Run } from '../run.ts';
import { type Finding, type FoundManifest, findSignatures, type SignaturePlace } from './find-signatures.ts';

/** What images are verified with, for all images of a run. */
export interface Verifying extends Finding {
  readonly run: Run;
  readonly verifier: SignatureVerifier;
  /** Answers under way or given, by place and digest: images that share both are looked at once. */
  readonly known: Map<string, Promise<SignatureResult>>;
}

/** The largest content of a signature that is read, in bytes: a payload has a few hundred, a bundle some thousand. */
const CONTENT_LIMIT = 1024 * 1024;
/** The most signatures in one manifest that are looked at. */
const MOST_CLAIMS = 64;

/** A reason, or a failure that may be gone the next time. */
interface Missed extends Unfit {
  readonly error?: MirrorError;
}

async function contentOf(
  { blob, size }: SignatureClaim,
  found: FoundManifest,
  { run }: Verifying,
): Promise<Uint8Array> {
  const { at, side } = found.from;
  if (size > CONTENT_LIMIT) throw new RangeError(`its content has ${size} bytes, more than are read`);
  run.signatures.requests.blobs += 1;
  return run.ports.registry.blob(at, blob, CONTENT_LIMIT, side, run.signal);
}

function opened(
  claim: SignatureClaim,
  bytes: Uint8Array,
  { verifier }: Verifying,
): ReturnType<SignatureVerifier['bundle']> {
  if (claim.kind === 'bundle') return verifier.bundle(bytes);
  const { signature, certificate, entry, timestamp } = claim;
  return verifier.simple({ payload: bytes, signature, certificate, entry, timestamp });
}

/** The bytes of the image's manifest, where a signature is over these themselves. */
async function manifestOf(
  { content }: OpenSignature,
  subject: Digest,
  { at, side }: SignaturePlace,
  { reads }: Verifying,
): Promise<Uint8Array> {
  if (content.kind !== 'manifest') return new Uint8Array();
  const answer = await reads.manifest({ ...at, digest: subject }, side);
  return answer.kind === 'found' ? answer.bytes : new Uint8Array();
}

async function judge(
  claim: SignatureClaim,
  found: FoundManifest,
  subject: Digest,
  place: SignaturePlace,
  verifying: Verifying,
): Promise<Verification> {
  if (claim.kind === 'bundle' && claim.predicate !== undefined && claim.predicate !== SIGN_PREDICATE)
    return { kind: 'unfit', reason: attestation(claim.predicate) };
  const signature = opened(claim, await contentOf(claim, found, verifying), verifying);
  if (!('content' in signature)) return signature;
  const complaint = contentComplaint(signature.content, subject);
  if (complaint !== undefined) return { kind: 'unfit', reason: complaint };
  return signature.verify(await manifestOf(signature, subject, place, verifying));
}

async function missed(
  name: string,
  work: () => Promise<Verification>,
  { run }: Verifying,
): Promise<Missed | Extract<Verification, { kind: 'signed' }>> {
  try {
    const answer = await work();
    return answer.kind === 'signed' ? answer : { signature: name, reason: answer.reason };
  } catch (thrown) {
    run.signal.throwIfAborted();
    if (thrown instanceof RangeError) return { signature: name, reason: thrown.message };
    const error = toMirrorError(thrown);
    return { signature: name, reason: error.message, error };
  }
}

/** The first good signature of a manifest, or all that was found and why none is. */
async function verifyAt(subject: Digest, place: SignaturePlace, verifying: Verifying): Promise<SignatureResult> {
  const unfit: Missed[] = [];
  for await (const found of findSignatures(place, subject, verifying)) {
    if ('reason' in found) {
      unfit.push(found);
      continue;
    }
    const name = formatReference(found.name);
    const { digest, bytes } = found.manifest;
    const claims = claimsIn(bytes).slice(0, MOST_CLAIMS);
    if (claims.length === 0) unfit.push({ signature: name, reason: 'it holds no signature of a known form' });
    for (const claim of claims) {
      const answer = await missed(name, () => judge(claim, found, subject, place, verifying), verifying);
      if ('kind' in answer) return { kind: 'verified', subject, signature: name, digest, by: answer.by };
      unfit.push(answer);
    }
  }
  const broken = unfit.find(({ error }) => error !== undefined)?.error;
  if (broken !== undefined && broken.code !== 'REGISTRY_ANSWER_INVALID') throw broken;
  return { kind: 'refused', unfit: unfit.map(({ signature, reason }) => ({ signature, reason })) };
}

/** A reference without tag and digest: where an image's signatures are. */
export function bare(reference: Reference): Reference {
  return { ...reference, tag: undefined, digest: undefined };
}

/**
 * Where the signatures of an image are looked for: at its source; and at the target for what the target keeps and nobody compared
 * with the source. What the target has from an earlier run is read there.
 */
function placeOf({ source, destination, state }: ImageItem, { options }: Run): SignaturePlace {
  const isOwn = state.kind === 'cleared' && state.decision.kind !== 'copy';
  const isCompared = state.kind === 'cleared' && state.decision.kind === 'present' && state.decision.verified;
  if (isOwn && !isCompared) return { at: bare(destination), side: 'destination', copy: undefined };
  const copy = isOwn && options.artifacts !== 'none' && !options.scanOnly ? bare(destination) : undefined;
  return { at: bare(source), side: 'source', copy };
}

/** The first good signature of a manifest, or why there is none; asked for once in a run. */
export function verifyOnce(subject: Digest, place: SignaturePlace, verifying: Verifying): Promise<SignatureResult> {
  const key = `${place.side} ${formatReference({ ...place.at, digest: subject })}`;
  const known = verifying.known.get(key) ?? verifyAt(subject, place, verifying);
  verifying.known.set(key, known);
  return known;
}

/** The index that the one platform of an image was taken from; undefined where that is not what the source has. */
async function wholeOf(image: ImageItem, digest: Digest, run: Run): Promise<Digest | undefined> {
  if (image.platform === undefined || (await sourceDigest(image, run)) !== digest) return undefined;
  const whole = run.wholeDigests.get(image);
  return whole === digest ? undefined : whole;
}

/** Who signs an index signs all that it names, so that its signature is one of each platform, too. */
async function resultFor(image: ImageItem, digest: Digest, verifying: Verifying): Promise<SignatureResult> {
  const place = placeOf(image, verifying.run);
  const own = await verifyOnce(digest, place, verifying);
  if (own.kind === 'verified' || place.side === 'destination') return own;
  const whole = await wholeOf(image, digest, verifying.run);
  if (whole === undefined) return own;
  const other = await verifyOnce(whole, place, verifying);
  return other.kind === 'verified' ? other : { kind: 'refused', unfit: [...other.unfit, ...own.unfit] };
}

/** What is told of an image that is not signed as it must be: with the rule of the policy, where one says so. `source` is with its digest. */
export function signatureRefused(source: Reference, unfit: readonly Unfit[], policy: Policy | undefined): MirrorError {
  const rule = signatureDuty(source, policy)?.rule ?? null;
  const named = rule === null ? '' : ` (${rule})`;
  return new MirrorError(`${formatReference(source)} does not verify: ${refusalText(unfit)}${named}`, {
    code: 'SIGNATURE_REFUSED',
    origin: 'source',
    hint: 'ask its publisher who signs it, and name that key or identity; or take another version',
  });
}

function refused({ source, state }: ImageItem, digest: Digest, unfit: readonly Unfit[], run: Run): MirrorError {
  const error = signatureRefused({ ...source, digest }, unfit, run.options.policy);
  const isThere = state.kind === 'cleared' && state.decision.kind !== 'copy';
  if (!isThere) return error;
  const { code, origin, hint } = error;
  return new MirrorError(error.message, {
    ...{ code, origin },
    hint: `${hint}; the target has it from before, where it stays`,
  });
}

/** Who has signed, for people. */
export function signerText(result: Extract<SignatureResult, { kind: 'verified' }>): string {
  const { by } = result;
  return by.kind === 'key' ? `signed by ${by.key.file}` : `signed by ${by.identity}`;
}

/** Whether an image is to be verified: it is to be at the target when the run ends, and the policy wants it to be signed. */
export function isToVerify({ state, failure, source }: ImageItem, { options: { policy } }: Run): boolean {
  return state.kind === 'cleared' && failure === undefined && signatureDuty(source, policy) !== undefined;
}

/**
 * Looks for a signature of the image that the policy asks for. An image without one fails, and all charts that use it: nothing of
 * it is copied.
 */
export async function verifyImage(image: ImageItem, view: StepView, verifying: Verifying): Promise<void> {
  const { run } = verifying;
  const { state } = image;
  if (state.kind !== 'cleared') return;
  try {
    const result = await resultFor(image, state.digest, verifying);
    run.signatures.results.set(image, result);
    if (result.kind === 'refused') throw refused(image, state.digest, result.unfit, run);
    view.update(signerText(result));
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    image.state = { kind: 'failed' };
    const error = toMirrorError(thrown);
    failUsers(image, error);
    throw error;
  }
}
