import { type ArtifactChoice, referrersTag } from '../../domain/artifacts/artifact-choice.ts';
import { parseManifest } from '../../domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import { counted } from '../../domain/report/counted.ts';
import { toMirrorError } from '../../errors.ts';
import type { ImageItem } from '../image-item.ts';
import { isNeeded } from '../image-item.ts';
import type { StepView } from '../progress.ts';
import type { Run } from '../run.ts';
import type { ArtifactItem, ReferrersList } from './artifact-item.ts';
import type { ArtifactReads } from './artifact-reads.ts';
import { planArtifact } from './plan-artifact.ts';
import type { ArtifactSearch, Direct, SearchPlace } from './search.ts';

/** What artifacts are looked for with, for all images of a run. */
export interface Looking {
  readonly run: Run;
  readonly reads: ArtifactReads;
  readonly search: ArtifactSearch;
  /** Decisions under way, by the text of the reference at the target. */
  readonly planned: Map<string, Promise<void>>;
}

/** The same, for one image. */
interface ImageLooking extends Looking {
  readonly image: ImageItem;
  readonly place: SearchPlace;
}

/** Something that artifacts can be about. */
interface Subject {
  readonly digest: Digest;
  readonly choice: ArtifactChoice;
  readonly parent: ArtifactItem | undefined;
}

/**
 * Whether what belongs to an image is looked for: it is to be copied, or the target has the same. What a moved tag is kept as, or
 * what nobody compared, need not be what the source has signed.
 */
export function isToLookFor(image: ImageItem, { options }: Run): boolean {
  const { state } = image;
  if (options.artifacts === 'none' || state.kind !== 'cleared' || !isNeeded(image)) return false;
  return state.decision.kind === 'copy' || (state.decision.kind === 'present' && state.decision.verified);
}

/**
 * The digests that artifacts of an image can be about: its own and those below its index. What is to be copied was read before,
 * and comes from memory; what is present is read at the target, where the source can have anything at all. A scan reads no
 * manifests, and knows the first only.
 */
async function digestsOf(
  { source, destination, state }: ImageItem,
  { run, reads, search }: Looking,
): Promise<readonly Digest[]> {
  if (state.kind !== 'cleared') return [];
  const { digest } = state;
  if (run.options.scanOnly) return [digest];
  await search.direct(placeOf({ source, destination }), digest, run.options.artifacts);
  if (!(await search.hasAny(bare(source)))) return [digest];
  const answer =
    state.decision.kind === 'copy'
      ? await run.ports.registry.manifest({ ...source, digest }, 'source', run.signal)
      : await reads.manifest({ ...destination, tag: undefined, digest }, 'destination');
  const manifest = answer.kind === 'found' ? parseManifest(answer.bytes, answer.mediaType) : undefined;
  return manifest?.kind === 'index' ? [digest, ...manifest.manifests.map((child) => child.digest)] : [digest];
}

function bare(reference: Reference): Reference {
  return { ...reference, tag: undefined, digest: undefined };
}

function placeOf({ source, destination }: Pick<ImageItem, 'source' | 'destination'>): SearchPlace {
  return { source: bare(source), destination: bare(destination) };
}

/** As `digestsOf`; where the index cannot be read, what is below it cannot be looked for. */
async function subjectsOf(image: ImageItem, looking: Looking): Promise<readonly Digest[]> {
  const { run } = looking;
  try {
    return await digestsOf(image, looking);
  } catch (thrown) {
    run.signal.throwIfAborted();
    const error = toMirrorError(thrown);
    const { registry, repository } = image.destination;
    const common = { registry, repository, what: 'manifests', reason: error.message, error } as const;
    const key = `${formatReference(image.destination)} manifests`;
    run.artifacts.refusals.set(key, { ...common, images: new Set([image]) });
    return image.state.kind === 'cleared' ? [image.state.digest] : [];
  }
}

async function itemFor(
  name: Pick<Reference, 'tag' | 'digest'>,
  { parent }: Subject,
  { image, place, run, reads, planned }: ImageLooking,
): Promise<ArtifactItem> {
  const destination = { ...place.destination, ...name };
  const key = formatReference(destination);
  const item: ArtifactItem = run.artifacts.items.get(key) ?? {
    kind: name.tag === undefined ? 'referrer' : 'tag',
    images: new Set(),
    parent,
    source: { ...place.source, ...name },
    destination,
    digest: name.digest,
    artifactType: undefined,
    bytes: undefined,
    below: [],
    state: { kind: 'to-copy', replaces: false },
  };
  run.artifacts.items.set(key, item);
  item.images.add(image);
  const planning = planned.get(key) ?? planArtifact(item, { run, reads });
  planned.set(key, planning);
  await planning;
  return item;
}

function listFor({ list, referrers }: Direct, subject: Digest, looking: ImageLooking): ReferrersList | undefined {
  if (referrers.length === 0) return undefined;
  const { run, place, image } = looking;
  const tag = referrersTag(subject);
  const destination = { ...place.destination, tag };
  const key = formatReference(destination);
  const known: ReferrersList = run.artifacts.lists.get(key) ?? {
    ...{ images: new Set(), subject, source: { ...place.source, tag }, destination, original: list },
    ...{ referrers: new Set(), state: { kind: 'waiting' } },
  };
  run.artifacts.lists.set(key, known);
  known.images.add(image);
  return known;
}

/** Everything directly about one manifest, decided. What a list of images or a catalog names by itself is an image of the run. */
async function artifactsOf(subject: Subject, looking: ImageLooking): Promise<readonly ArtifactItem[]> {
  const { image, place, run, search } = looking;
  const direct = await search.direct(place, subject.digest, subject.choice);
  for (const { images } of direct.refusals) images.add(image);
  const isOwn = (tag: string): boolean =>
    run.images.some(
      ({ destination: { repository, tag: own } }) => own === tag && repository === place.destination.repository,
    );
  const tags = direct.tags.filter((tag) => !isOwn(tag)).map((tag) => ({ tag, digest: undefined }));
  const referrers = direct.referrers.map((digest) => ({ tag: undefined, digest }));
  const items = await Promise.all([...tags, ...referrers].map((name) => itemFor(name, subject, looking)));
  const list = listFor(direct, subject.digest, looking);
  for (const item of items) if (item.kind === 'referrer') list?.referrers.add(item);
  return items;
}

/** What is not copied leads no further. */
function leadsOn({ state }: ArtifactItem): boolean {
  return state.kind === 'to-copy' || state.kind === 'present';
}

/**
 * Finds everything that belongs to an image, and what belongs to that in turn, such as the signature of a bill of materials, and
 * decides what is to be done with each. What registries refuse to tell is remembered, and no failure.
 *
 * @throws MirrorError of the first artifact or search that failed, when all has been looked for: the image is no worse for it.
 */
export async function lookForArtifacts(image: ImageItem, view: StepView, looking: Looking): Promise<void> {
  const { run } = looking;
  const place = placeOf(image);
  const seen = new Set(await subjectsOf(image, looking));
  const found = new Set<ArtifactItem>();
  let open: readonly Subject[] = [...seen].map((digest) => ({
    ...{ digest, choice: run.options.artifacts, parent: undefined },
  }));
  while (open.length > 0) {
    const items = (await Promise.all(open.map((subject) => artifactsOf(subject, { ...looking, image, place })))).flat();
    for (const item of items) found.add(item);
    const next = items.filter(leadsOn).flatMap((parent) => parent.below.map((digest) => ({ digest, parent })));
    open = next.filter(({ digest }) => !seen.has(digest)).map((one) => ({ ...one, choice: 'all' }));
    for (const { digest } of open) seen.add(digest);
  }
  if (found.size > 0) view.update(counted(found.size, 'artifact', 'artifacts'));
  const failed = [...found].flatMap(({ state }) => (state.kind === 'failed' ? [state.error] : []));
  const broken = [...run.artifacts.refusals.values()].filter(({ images }) => images.has(image));
  const [error] = [...failed, ...(run.options.scanOnly ? [] : broken.flatMap((one) => one.error ?? []))];
  if (error !== undefined) throw error;
}
