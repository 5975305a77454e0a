import { isIndexType } from '../domain/manifest.ts';
import { type AtTarget, type Decision, decide, type Refusal, settledByTarget } from '../domain/preflight/decide.ts';
import { type Digest, DOCKER_HUB, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import type { Lookup } from '../ports/registry.ts';
import { applyPolicy } from './apply-policy.ts';
import { destinationDenied } from './destination-denied.ts';
import { failUsers, isHidden } from './fail-users.ts';
import type { ImageItem } from './image-item.ts';
import { childFor, platformMissing } from './image-platform.ts';
import { lockedDigest } from './locked/locked-digest.ts';
import type { StepView } from './progress.ts';
import type { Run } from './run.ts';
import { heldByPlan, rulesFor } from './run-plan/planned-decision.ts';
import { doubtBehind, sourceAbsent, sourceDenied } from './source-errors.ts';
import { heldAt, isLocked } from './target-tag.ts';
import { checkReachable, noteReached, rememberUnreachable } from './unreachable.ts';

async function atTarget(image: ImageItem, run: Run): Promise<AtTarget> {
  const { destination } = image;
  const noted = run.options.trustJournal
    ? run.ports.journal?.earlier.images.get(formatReference(destination))
    : undefined;
  if (noted !== undefined) return { kind: 'found', digest: noted, immutable: isLocked(destination, run) };
  const answer = heldAt(destination, run) ?? (await run.ports.registry.head(destination, 'destination', run.signal));
  noteReached(run);
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

function digestOrThrow(
  source: Reference,
  answer: Pick<Extract<Lookup, { kind: 'found' }>, 'kind' | 'digest'> | Exclude<Lookup, { kind: 'found' }>,
): Digest {
  switch (answer.kind) {
    case 'found':
      return answer.digest;
    case 'absent':
      throw sourceAbsent(source, answer.file);
    case 'denied':
      throw sourceDenied(source, answer.detail);
  }
}

/**
 * A listed image that the target lacks is copied whatever becomes of others: its manifest is read at once, but not where manifests
 * are known to count against a quota: it would be used up before the first image is whole. Images of charts wait until HEAD
 * requests have refused what they can.
 */
function isReadAtOnce({ listed, source }: ImageItem, target: AtTarget['kind'], { options, asksFirst, ports }: Run) {
  if (listed.length === 0 || target !== 'absent' || options.scanOnly || asksFirst) return false;
  return source.registry !== DOCKER_HUB && (ports.quota?.leftOf(source.registry) ?? null) === null;
}

async function askSource(image: ImageItem, target: AtTarget['kind'], run: Run): Promise<Digest> {
  const { source, platform } = image;
  const { registry } = run.ports;
  // what is pinned can be nothing else, but for what a file has under a digest of its own; a source that lacks it says so when its
  // manifest is read
  if (source.digest !== undefined && platform === undefined && !run.options.scanOnly && image.isCertain)
    return run.copiedDigests.get(formatReference(source)) ?? source.digest;
  const locked = lockedDigest(image, run);
  const asked = locked === undefined ? source : { ...source, digest: locked };
  const answer = isReadAtOnce(image, target, run)
    ? await registry.manifest(asked, 'source', run.signal)
    : await registry.head(asked, 'source', run.signal);
  const top = digestOrThrow(asked, answer);
  if (answer.kind === 'found' && isIndexType(answer.mediaType)) run.sourceIndexes.add(top);
  if (platform === undefined) return top;
  run.wholeDigests.set(image, top);
  const child = await childFor({ ...image, source: { ...source, digest: top } }, platform, run);
  if (child !== undefined) return child;
  throw platformMissing(image, platform, run);
}

/**
 * The digest that the source has for an image, or for its one platform. Each image is asked for once in a run. `target` is what
 * is known of the other side.
 */
export function sourceDigest(image: ImageItem, run: Run, target: AtTarget['kind'] = 'found'): Promise<Digest> {
  const asked = run.sourceDigests.get(image) ?? askSource(image, target, run);
  run.sourceDigests.set(image, asked);
  return asked;
}

const REFUSAL_HINTS = {
  taken:
    'the tag moved upstream, or another image has it: --overwrite-existing replaces it, a moved rule in catalog or configuration decides per pattern',
  immutable:
    'nothing replaces an immutable tag: pin the version that is there, mirror to another --target-prefix, or make an exception in the tag mutability of the repository',
  planned:
    'it was taken after the plan was made: look at what is there, and plan again: --overwrite-existing then replaces it',
  archived: 'restore it (aws ecr update-image-storage-class) and wait until it is active, or delete it',
} as const;

function tagRefused(image: ImageItem, why: Refusal, wanted: Digest | undefined, { plan }: Run): MirrorError {
  const at = formatReference(image.destination);
  const upstream = wanted === undefined ? '' : `, the source ${formatReference(image.source)} is ${wanted}`;
  const holds = why.kind === 'archived' ? 'is archived' : `holds ${why.digest}`;
  const locked = why.kind === 'immutable' ? ', and the tag is immutable' : '';
  return new MirrorError(`${at} ${holds}${upstream}${locked}`, {
    code: 'IMAGE_TAG_TAKEN',
    origin: 'destination',
    // beside a plan there is no --overwrite-existing: the plan has decided what is replaced
    hint: REFUSAL_HINTS[why.kind === 'taken' && plan !== undefined ? 'planned' : why.kind],
  });
}

/** What is to be done with an image, and the digest that the target then has. */
export interface Decided {
  readonly decision: Decision;
  readonly digest: Digest;
}

/**
 * Asks source and target about an image, by HEAD, and decides. In a scan the target counts as empty. Where the target has what a
 * plan promised, the source is not asked: it may have moved on.
 *
 * @throws MirrorError IMAGE_TAG_TAKEN when its tag may not be replaced, or what the registries say.
 */
export async function decisionFor(image: ImageItem, run: Run): Promise<Decided> {
  const { scanOnly } = run.options;
  const existing = rulesFor(image, run);
  const target: AtTarget = scanOnly ? { kind: 'absent' } : await atTarget(image, run);
  const held = heldByPlan(image, target, run);
  if (held !== undefined && target.kind === 'found') return { decision: held, digest: target.digest };
  const early = image.platform === undefined ? settledByTarget(image.source, target, existing) : undefined;
  if (early?.kind === 'refuse') throw tagRefused(image, early.why, undefined, run);
  if (early !== undefined && target.kind === 'found') return { decision: early, digest: target.digest };
  const wanted = await sourceDigest(image, run, target.kind);
  const decision = decide(image.source, wanted, target, existing);
  if (decision.kind === 'refuse') throw tagRefused(image, decision.why, wanted, run);
  return { decision, digest: decision.kind === 'kept' ? decision.digest : wanted };
}

/** A chart that names a digest must find that one at the target. */
function checkPinned(image: ImageItem, digest: Digest, run: Run): void {
  const pinned = run.pinDigests.get(formatReference(image.source));
  const namers = image.users.filter(({ chart }) =>
    [...(chart.relocated?.pinned.values() ?? [])].some(({ image: named }) => named === formatReference(image.source)),
  );
  if (pinned === undefined || pinned === digest || namers.length === 0) return;
  throw new MirrorError(
    `${formatReference(image.destination)} is to be ${digest} now, its charts were rewritten for ${pinned} in this run`,
    {
      code: 'IMAGE_DIGEST_DIFFERS',
      origin: 'destination',
      hint: 'somebody else pushed this tag meanwhile: run again',
    },
  );
}

/** Notes for the next run that an image is at the target. */
export function noteImage({ destination }: ImageItem, digest: Digest, { ports }: Run): void {
  if (ports.journal?.earlier.images.get(formatReference(destination)) === digest) return;
  ports.journal?.note({ kind: 'image', at: { ...destination, digest } });
}

async function settle(image: ImageItem, run: Run): Promise<void> {
  const { decision, digest } = await decisionFor(image, run);
  checkPinned(image, digest, run);
  image.state = { kind: 'cleared', decision, digest, bytes: undefined };
  if (decision.kind === 'present' && decision.verified) noteImage(image, digest, run);
}

/** Errors that leave an image unconfirmed of which it is not certain that it is one. */
const DOUBTS: ReadonlySet<MirrorError['code']> = new Set(['IMAGE_SOURCE_ABSENT', 'IMAGE_SOURCE_DENIED', 'LOCK_MOVED']);

/** Whether an error leaves an image unconfirmed in place of failing its charts. */
function isDoubtful(image: ImageItem, { code, origin }: MirrorError, { options }: Run): boolean {
  if (code === 'REGISTRY_UNREACHABLE') return options.scanOnly || (isHidden(image) && origin === 'source');
  return !image.isCertain && DOUBTS.has(code);
}

/**
 * What a failed question means: an image that is only doubtful is unconfirmed; any other fails, with the charts that use it,
 * and the error is thrown on.
 */
export function settleFailure(image: ImageItem, thrown: unknown, run: Run): void {
  if (run.signal.aborted) throw thrown;
  const error = toMirrorError(thrown);
  rememberUnreachable(image, error, run);
  if (isDoubtful(image, error, run)) {
    image.state = { kind: 'unconfirmed', reason: error.message };
    return;
  }
  image.state = { kind: 'failed' };
  failUsers(image, error);
  throw error;
}

/** Says behind an image's name why it is not confirmed. Those of a registry that others have found silent are not said again. */
export function tellDoubt({ state, source }: ImageItem, view: StepView): void {
  if (state.kind !== 'unconfirmed') return;
  const name = formatReference(source);
  if (!state.reason.startsWith(`${name} was not asked for`)) view.update(doubtBehind(name, state.reason));
}

/**
 * Asks source and target about one image, by HEAD, and decides. A refusal fails the charts that use it. In a scan the target is
 * not asked, and a source that cannot be reached leaves the image unconfirmed instead of failing its charts; so does one that
 * does not have what only looks like an image.
 */
export async function preflightImage(image: ImageItem, run: Run): Promise<void> {
  try {
    applyPolicy(image.source, run.options.policy);
    checkReachable(image, run);
    await settle(image, run);
  } catch (thrown) {
    settleFailure(image, thrown, run);
  }
}
