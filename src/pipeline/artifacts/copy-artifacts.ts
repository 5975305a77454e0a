import { type Digest, formatReference } from '../../domain/reference.ts';
import { counted } from '../../domain/report/counted.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import { isPresent } from '../copy.ts';
import type { ImageItem } from '../image-item.ts';
import type { StepView } from '../progress.ts';
import type { Run } from '../run.ts';
import { type ArtifactItem, isThere, type ReferrersList } from './artifact-item.ts';
import { type Settling, settleList } from './settle-list.ts';

/** What artifacts are copied with. What several images share is copied once. */
export interface Copying extends Settling {
  readonly copies: Map<ArtifactItem | ReferrersList, Promise<void>>;
}

function itemsOf(image: ImageItem, { artifacts }: Run): readonly ArtifactItem[] {
  return [...artifacts.items.values()].filter(({ images }) => images.has(image));
}

function listsOf(image: ImageItem, { artifacts }: Run): readonly ReferrersList[] {
  return [...artifacts.lists.values()].filter(({ images }) => images.has(image));
}

/** Whether an image is at the target and has something that is not, or that clients may not find there. */
export function hasArtifactsToCopy(image: ImageItem, run: Run): boolean {
  if (!isPresent(image) || image.failure !== undefined) return false;
  return listsOf(image, run).length > 0 || itemsOf(image, run).some(({ state }) => state.kind === 'to-copy');
}

/** A tag is looked up again: only an equal digest counts. What has no tag is there under its digest, or nowhere. */
async function checkTag({ destination }: ArtifactItem, digest: Digest, { reads }: Copying): Promise<void> {
  if (destination.tag === undefined) return;
  const answer = await reads.head(destination, 'destination');
  if (answer.kind === 'found' && answer.digest === digest) return;
  const found = answer.kind === 'found' ? answer.digest : answer.kind;
  throw new MirrorError(`${formatReference(destination)} is ${found} after the copy, ${digest} was copied`, {
    code: 'IMAGE_DIGEST_DIFFERS',
    origin: 'destination',
    hint: 'somebody else pushed this tag at the same time, or the registry rewrites manifests: run again',
  });
}

async function copyItem(item: ArtifactItem, copying: Copying): Promise<void> {
  const { run } = copying;
  const { source, destination, digest, state, parent } = item;
  // what refers to an artifact that did not arrive would refer to nothing
  if (state.kind !== 'to-copy' || digest === undefined || (parent !== undefined && !isThere(parent))) return;
  let moved = 0;
  const count = (more: number): void => {
    moved += more;
  };
  try {
    await run.ports.copier.copy({ source: { ...source, digest }, destination }, count, run.signal);
    await checkTag(item, digest, copying);
    item.state = { kind: 'copied', replaced: state.replaces, moved };
  } catch (thrown) {
    run.signal.throwIfAborted();
    item.state = { kind: 'failed', error: toMirrorError(thrown) };
  }
}

function once(of: ArtifactItem | ReferrersList, work: () => Promise<void>, { copies }: Copying): Promise<void> {
  const under = copies.get(of) ?? work();
  copies.set(of, under);
  return under;
}

/**
 * Copies everything that belongs to an image and is not at the target, each artifact behind the one that it is about, and then
 * sees to the lists by which clients find them.
 *
 * @throws MirrorError of the first that failed, when all was tried: the image is no worse for it.
 */
export async function copyArtifacts(image: ImageItem, view: StepView, copying: Copying): Promise<void> {
  const items = itemsOf(image, copying.run).filter(({ state }) => state.kind === 'to-copy');
  for (const item of items) await once(item, () => copyItem(item, copying), copying);
  const lists = listsOf(image, copying.run);
  for (const list of lists) await once(list, () => settleList(list, copying), copying);
  const copied = items.filter(({ state }) => state.kind === 'copied').length;
  if (copied > 0) view.update(`${counted(copied, 'artifact', 'artifacts')} copied`);
  const [error] = [...items, ...lists].flatMap(({ state }) => (state.kind === 'failed' ? [state.error] : []));
  if (error !== undefined) throw error;
}
