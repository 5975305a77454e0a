import { type AtTarget, decide, type Refusal, settledByTarget } from '../domain/preflight/decide.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import type { Lookup } from '../ports.ts';
import { destinationDenied } from './destination-denied.ts';
import { failUsers, isHidden } from './fail-users.ts';
import type { ImageItem } from './image-item.ts';
import { childFor, platformMissing } from './image-platform.ts';
import type { Run } from './run.ts';
import { sourceAbsent, sourceDenied } from './source-errors.ts';
import { heldAt, isLocked } from './target-tag.ts';

async function atTarget(image: ImageItem, run: Run): Promise<AtTarget> {
  const { destination } = image;
  const answer = heldAt(destination, run) ?? (await run.ports.registry.head(destination, 'destination', run.signal));
  switch (answer.kind) {
    case 'found':
      return { kind: 'found', digest: answer.digest, immutable: isLocked(destination, run) };
    case 'absent':
    case 'archived':
      return answer;
    case 'denied':
      throw destinationDenied(image, answer.detail);
  }
}

function digestOrThrow(source: Reference, answer: Lookup): Digest {
  switch (answer.kind) {
    case 'found':
      return answer.digest;
    case 'absent':
      throw sourceAbsent(source);
    case 'denied':
      throw sourceDenied(source, answer.detail);
  }
}

async function wantedDigest(image: ImageItem, run: Run): Promise<Digest> {
  const top = digestOrThrow(image.source, await run.ports.registry.head(image.source, 'source', run.signal));
  if (image.platform === undefined) return top;
  const child = await childFor({ ...image, source: { ...image.source, digest: top } }, image.platform, run);
  if (child !== undefined) return child;
  throw platformMissing(image, image.platform, run);
}

const REFUSAL_HINTS = {
  taken:
    'the tag moved upstream, or another image has it: --overwrite-existing replaces it, a moved rule in the catalog decides per pattern',
  immutable:
    'nothing replaces an immutable tag: pin the version that is there, mirror to another --target-prefix, or make an exception in the tag mutability of the repository',
  archived: 'restore it (aws ecr update-image-storage-class) and wait until it is active, or delete it',
} as const;

function tagRefused(image: ImageItem, why: Refusal, wanted: Digest | undefined): MirrorError {
  const at = formatReference(image.destination);
  const upstream = wanted === undefined ? '' : `, the source ${formatReference(image.source)} is ${wanted}`;
  const holds = why.kind === 'archived' ? 'is archived' : `holds ${why.digest}`;
  const locked = why.kind === 'immutable' ? ', and the tag is immutable' : '';
  return new MirrorError(`${at} ${holds}${upstream}${locked}`, {
    code: 'IMAGE_TAG_TAKEN',
    origin: 'destination',
    hint: REFUSAL_HINTS[why.kind],
  });
}

async function settle(image: ImageItem, run: Run): Promise<void> {
  const { existing, scanOnly } = run.options;
  const target: AtTarget = scanOnly ? { kind: 'absent' } : await atTarget(image, run);
  const early = image.platform === undefined ? settledByTarget(image.source, target, existing) : undefined;
  if (early?.kind === 'refuse') throw tagRefused(image, early.why, undefined);
  if (early !== undefined && target.kind === 'found') {
    image.state = { kind: 'cleared', decision: early, digest: target.digest, bytes: undefined };
    return;
  }
  const wanted = await wantedDigest(image, run);
  const decision = decide(image.source, wanted, target, existing);
  if (decision.kind === 'refuse') throw tagRefused(image, decision.why, wanted);
  const digest = decision.kind === 'kept' ? decision.digest : wanted;
  image.state = { kind: 'cleared', decision, digest, bytes: undefined };
}

/** So many images of a registry must find it unreachable before the others are not tried. */
const TRIES = 3;

/** A registry that gives no answer at all is not tried for every image; those that were not asked for say so. */
function checkReachable(image: ImageItem, run: Run): void {
  const failures = run.unreachable.get(image.source.registry) ?? [];
  const [first] = failures;
  if (first === undefined || failures.length < TRIES) return;
  throw new MirrorError(`${formatReference(image.source)} was not asked for: ${first.message}`, {
    code: 'REGISTRY_UNREACHABLE',
    origin: 'source',
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  });
}

/** An answer of status 5xx is an answer: it says nothing of other images. */
function rememberUnreachable({ source }: ImageItem, error: MirrorError, run: Run): void {
  if (error.code !== 'REGISTRY_UNREACHABLE' || error.origin !== 'source' || error.cause === undefined) return;
  run.unreachable.set(source.registry, [...(run.unreachable.get(source.registry) ?? []), error]);
}

/** Whether an error leaves an image unconfirmed in place of failing its charts. */
function isDoubtful(image: ImageItem, { code, origin }: MirrorError, { options }: Run): boolean {
  if (code === 'REGISTRY_UNREACHABLE') return options.scanOnly || (isHidden(image) && origin === 'source');
  return !image.isCertain && (code === 'IMAGE_SOURCE_ABSENT' || code === 'IMAGE_SOURCE_DENIED');
}

/**
 * Asks source and target about one image, by HEAD, and decides. A refusal fails the charts that use it. In a scan the target is
 * not asked, and a source that cannot be reached leaves the image unconfirmed instead of failing its charts; so does one that
 * does not have what only looks like an image.
 */
export async function preflightImage(image: ImageItem, run: Run): Promise<void> {
  try {
    checkReachable(image, run);
    await settle(image, run);
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    const error = toMirrorError(thrown);
    rememberUnreachable(image, error, run);
    if (isDoubtful(image, error, run)) {
      image.state = { kind: 'unconfirmed', detail: error.message };
      return;
    }
    image.state = { kind: 'failed' };
    failUsers(image, error);
    throw error;
  }
}
