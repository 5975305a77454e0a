import { decideMovedTag } from '../../domain/artifacts/moved-tag.ts';
import { artifactTypeOf } from '../../domain/artifacts/referrers-list.ts';
import { type Manifest, parseManifest } from '../../domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import type { FetchedManifest, Lookup } from '../../ports/registry.ts';
import type { Run } from '../run.ts';
import { heldAt, isLocked } from '../target-tag.ts';
import type { ArtifactItem, ArtifactState } from './artifact-item.ts';
import type { ArtifactReads } from './artifact-reads.ts';

/** What planning is done with. */
export interface Planning {
  readonly run: Run;
  readonly reads: ArtifactReads;
}

type Missing = Exclude<Lookup, { kind: 'found' }>;

function isTagged(reference: Reference): reference is Reference & { readonly tag: string } {
  return reference.tag !== undefined;
}

/** Something that a list names and its source does not show: nobody can bring it. */
function notShown({ source }: ArtifactItem, answer: Missing): ArtifactState {
  const name = formatReference(source);
  const why = answer.kind === 'absent' ? 'is not at its source' : `may not be read: ${answer.detail}`;
  return { kind: 'unconfirmed', reason: `${name} ${why}` };
}

function below(digest: Digest, manifest: Manifest | undefined): readonly Digest[] {
  return manifest?.kind === 'index' ? [digest, ...manifest.manifests.map((child) => child.digest)] : [digest];
}

/** Remembers what a manifest tells of an artifact. */
function note(item: ArtifactItem, { bytes, mediaType, digest }: FetchedManifest): Manifest | undefined {
  const manifest = parseManifest(bytes, mediaType);
  item.digest = digest;
  item.artifactType = artifactTypeOf(bytes);
  item.below = below(digest, manifest);
  if (manifest?.kind === 'image')
    item.bytes = [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, 0);
  return manifest;
}

async function atTarget({ destination }: ArtifactItem, { run, reads }: Planning): Promise<Lookup> {
  if (isTagged(destination) && heldAt(destination, run)?.kind === 'absent') return { kind: 'absent' };
  const answer = await reads.head(destination, 'destination');
  if (answer.kind !== 'denied') return answer;
  throw new MirrorError(`${formatReference(destination)} may not be looked up: ${answer.detail}`, {
    code: 'IMAGE_DESTINATION_DENIED',
    origin: 'destination',
    hint: 'the credentials of the target need to read and write this repository',
  });
}

/** What the target lacks is read at its source, where the copy then has it from. */
async function planNew(item: ArtifactItem, { reads }: Planning): Promise<ArtifactState> {
  const answer = await reads.manifest(item.source, 'source');
  if (answer.kind !== 'found') return notShown(item, answer);
  if (note(item, answer) !== undefined) return { kind: 'to-copy', replaces: false };
  const reason = `${formatReference(item.source)} is a manifest of a kind that registries do not take (${answer.mediaType})`;
  return { kind: 'unconfirmed', reason };
}

async function planPresent(
  item: ArtifactItem,
  there: Extract<Lookup, { kind: 'found' }>,
  { reads }: Planning,
): Promise<ArtifactState> {
  item.digest = there.digest;
  item.below = [there.digest];
  // only an index has something below; it is read where that costs no quota
  if (/index|manifest\.list/.test(there.mediaType)) {
    const answer = await reads.manifest({ ...item.destination, tag: undefined, digest: there.digest }, 'destination');
    if (answer.kind === 'found') note(item, answer);
  }
  return { kind: 'present' };
}

async function planMoved(
  item: ArtifactItem,
  there: Digest,
  wanted: Digest,
  { run, reads }: Planning,
): Promise<ArtifactState> {
  const { source, destination } = item;
  if (!isTagged(destination)) throw new RangeError('a digest does not move');
  const own = await reads.manifest({ ...source, tag: undefined, digest: wanted }, 'source');
  if (own.kind !== 'found') return notShown(item, own);
  const held = await reads.manifest({ ...destination, tag: undefined, digest: there }, 'destination');
  const content = held.kind === 'found' ? held : { bytes: new Uint8Array(), mediaType: '', digest: there };
  const decision = decideMovedTag({
    tag: destination.tag,
    source: own,
    target: content,
    isLocked: isLocked(destination, run),
    overwrite: run.options.existing.overwrite,
  });
  if (decision.kind === 'replace') {
    note(item, own);
    return { kind: 'to-copy', replaces: true };
  }
  item.digest = there;
  return { kind: 'kept', reason: decision.reason };
}

/** In a scan the target is not asked, and manifests are not read. */
async function planInScan(item: ArtifactItem, { reads }: Planning): Promise<ArtifactState> {
  if (item.digest === undefined) {
    const answer = await reads.head(item.source, 'source');
    if (answer.kind !== 'found') return notShown(item, answer);
    item.digest = answer.digest;
  }
  item.below = [item.digest];
  return { kind: 'to-copy', replaces: false };
}

async function planned(item: ArtifactItem, planning: Planning): Promise<ArtifactState> {
  if (planning.run.options.scanOnly) return planInScan(item, planning);
  const there = await atTarget(item, planning);
  if (there.kind !== 'found') return planNew(item, planning);
  if (!isTagged(item.destination)) return planPresent(item, there, planning);
  const wanted = await planning.reads.head(item.source, 'source');
  if (wanted.kind !== 'found') return notShown(item, wanted);
  if (wanted.digest === there.digest) return planPresent(item, there, planning);
  return planMoved(item, there.digest, wanted.digest, planning);
}

/** Decides what is to be done with an artifact. A failure is its own; only an interrupt is thrown. */
export async function planArtifact(item: ArtifactItem, planning: Planning): Promise<void> {
  try {
    item.state = await planned(item, planning);
  } catch (thrown) {
    planning.run.signal.throwIfAborted();
    const error = toMirrorError(thrown);
    const isDoubtful = planning.run.options.scanOnly && error.code === 'REGISTRY_UNREACHABLE';
    item.state = isDoubtful ? { kind: 'unconfirmed', reason: error.message } : { kind: 'failed', error };
  }
}
