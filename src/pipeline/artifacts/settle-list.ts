import {
  type ListEntry,
  listEntry,
  mergedList,
  newList,
  readReferrersList,
} from '../../domain/artifacts/referrers-list.ts';
import { type Digest, formatReference } from '../../domain/reference.ts';
import type { ShelvedManifest } from '../../domain/shelf/shelf.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import type { FetchedManifest } from '../../ports/registry.ts';
import type { Run } from '../run.ts';
import { isLocked } from '../target-tag.ts';
import { type ArtifactItem, isThere, type ListState, type ReferrersList } from './artifact-item.ts';
import type { ArtifactReads } from './artifact-reads.ts';

/** What lists are settled with. */
export interface Settling {
  readonly run: Run;
  readonly reads: ArtifactReads;
  /** Whether registries list what refers to a manifest, as far as that is known. */
  readonly api: Map<string, boolean>;
}

function refused({ destination }: ReferrersList, detail: string): MirrorError {
  return new MirrorError(`${formatReference(destination)} cannot be written: ${detail}`, {
    code: 'IMAGE_COPY_FAILED',
    origin: 'destination',
    hint: 'without this list clients do not find what refers to the image: run again, or look at what the registry takes',
  });
}

/** Whether the target itself tells of everything that was brought, so that no list has to be kept under a tag. */
async function isListed(
  list: ReferrersList,
  there: readonly ArtifactItem[],
  { reads, api }: Settling,
): Promise<boolean> {
  const { registry } = list.destination;
  const known = api.get(registry);
  // where nothing was brought, there is nothing that it could have missed
  if (known === false || (known === true && there.every(({ state }) => state.kind === 'present'))) return known;
  const answer = await reads.referrers({ ...list.destination, tag: undefined, digest: list.subject }, 'destination');
  if (answer.kind === 'denied') throw refused(list, `what refers to the image may not be listed: ${answer.detail}`);
  api.set(registry, answer.kind !== 'unsupported');
  if (answer.kind !== 'found') return false;
  const listed = new Set(answer.digests);
  return there.every(({ digest }) => digest === undefined || listed.has(digest));
}

async function entryOf(item: ArtifactItem, { reads }: Settling): Promise<ListEntry> {
  const side = item.state.kind === 'copied' ? 'source' : 'destination';
  const answer = await reads.manifest(side === 'source' ? item.source : item.destination, side);
  if (answer.kind === 'found') return listEntry(answer);
  throw new MirrorError(`${formatReference(item.destination)} is not there any more`, {
    code: 'IMAGE_DIGEST_DIFFERS',
    origin: side,
    hint: 'somebody removed it meanwhile: run again',
  });
}

/** The source's own list, when it names exactly what is there. */
function wholeOriginal({ original }: ReferrersList, digests: ReadonlySet<Digest>): FetchedManifest | undefined {
  const entries = original === undefined ? undefined : readReferrersList(original.bytes);
  const named = new Set(entries?.map(({ digest }) => digest));
  const isWhole = named.size === digests.size && [...digests].every((digest) => named.has(digest));
  return isWhole ? original : undefined;
}

/** What the target's list has to become; undefined when it is that already. */
async function wantedList(
  list: ReferrersList,
  there: readonly ArtifactItem[],
  held: FetchedManifest | undefined,
  settling: Settling,
): Promise<ShelvedManifest | undefined> {
  const original = wholeOriginal(list, new Set(there.flatMap(({ digest }) => digest ?? [])));
  if (original !== undefined && (held === undefined || held.digest === original.digest))
    return held === undefined ? original : undefined;
  const named = new Set(held === undefined ? [] : readReferrersList(held.bytes)?.map(({ digest }) => digest));
  const lacking = there.filter(({ digest }) => digest === undefined || !named.has(digest));
  if (lacking.length === 0) return undefined;
  const entries = await Promise.all(lacking.map((item) => entryOf(item, settling)));
  return held === undefined ? newList(entries) : mergedList(held.bytes, entries);
}

async function write(list: ReferrersList, wanted: ShelvedManifest, { run }: Settling): Promise<void> {
  const { digest, mediaType, bytes } = wanted;
  const artifact = { digest, mediaType, manifest: bytes, blobs: [] };
  const answer = await run.ports.artifacts.push(list.destination, artifact, run.signal).catch((thrown: unknown) => {
    run.signal.throwIfAborted();
    const error = toMirrorError(thrown);
    throw error.code === 'CHART_PUSH_FAILED' ? refused(list, error.message) : error;
  });
  if (answer.kind === 'refused') throw refused(list, answer.detail);
}

async function settled(list: ReferrersList, settling: Settling): Promise<ListState> {
  const { run, reads } = settling;
  const there = [...list.referrers].filter(isThere);
  if (there.length === 0) return { kind: 'unneeded' };
  if (list.original === undefined && (await isListed(list, there, settling))) return { kind: 'unneeded' };
  const answer = await reads.manifest(list.destination, 'destination');
  if (answer.kind === 'denied') throw refused(list, answer.detail);
  const held = answer.kind === 'found' ? answer : undefined;
  if (held !== undefined && readReferrersList(held.bytes) === undefined)
    return { kind: 'kept', reason: 'the target has something else under this tag, which is no list of referrers' };
  const wanted = await wantedList(list, there, held, settling);
  if (wanted === undefined && held !== undefined) return { kind: 'present', digest: held.digest };
  if (wanted === undefined) return { kind: 'unneeded' };
  if (held !== undefined && isLocked(list.destination, run))
    return { kind: 'kept', reason: 'the tag is immutable, and does not name everything that refers to the image' };
  await write(list, wanted, settling);
  return { kind: 'copied', digest: wanted.digest, replaced: held !== undefined };
}

/**
 * Sees to it that clients find what was brought: where the target does not list what refers to a manifest, the list under its tag
 * names it, beside everything that it named before. Where the source has such a list, the target gets one, too. A failure is the
 * list's own; only an interrupt is thrown.
 */
export async function settleList(list: ReferrersList, settling: Settling): Promise<void> {
  try {
    list.state = await settled(list, settling);
  } catch (thrown) {
    settling.run.signal.throwIfAborted();
    list.state = { kind: 'failed', error: toMirrorError(thrown) };
  }
}
