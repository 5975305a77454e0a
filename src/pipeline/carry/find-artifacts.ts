import { belongsTo, referrersTag } from '../../domain/artifacts/artifact-choice.ts';
import { listEntry, newList } from '../../domain/artifacts/referrers-list.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { TagList } from '../../ports/registry.ts';
import type { Run } from '../run.ts';
import { type ImageContents, readImage } from './read-image.ts';

/**
 * Something that belongs to an image and stands beside it in its repository: a signature, an attestation, a bill of
 * materials. Its reference has a tag, or a digest for what only refers to the image.
 */
export interface CarriedArtifact {
  readonly reference: Reference;
  readonly contents: ImageContents;
}

/** What was asked of registries already, for all images. */
export interface ArtifactSearch {
  readonly run: Run;
  readonly tags: Map<string, Promise<TagList>>;
  /** Registries that do not list what refers to a manifest. */
  readonly withoutReferrers: Set<string>;
}

/** Begins a search. */
export function startArtifactSearch(run: Run): ArtifactSearch {
  return { run, tags: new Map(), withoutReferrers: new Set() };
}

/** What artifacts can belong to: an index of which only a part is carried has another digest there, which nobody signed. */
function digestsOf({ top, isWhole, platforms, others }: ImageContents): readonly Digest[] {
  if (!isWhole) return platforms.map(({ digest }) => digest);
  return [...new Set([top, ...platforms, ...others].map(({ digest }) => digest))];
}

function tagsOf({ registry, repository }: Reference, { run, tags }: ArtifactSearch): Promise<TagList> {
  const key = `${registry}/${repository}`;
  const known = tags.get(key) ?? run.ports.registry.tags(registry, repository, 'source', run.signal);
  tags.set(key, known);
  return known;
}

function untold({ registry, repository }: Reference, what: string, detail: string): MirrorError {
  return new MirrorError(`the ${what} of ${registry}/${repository} may not be listed: ${detail}`, {
    code: 'IMAGE_SOURCE_DENIED',
    origin: 'source',
    hint: 'log in with the right to list, or carry the images without what belongs to them',
  });
}

async function byTag(reference: Reference, digest: Digest, search: ArtifactSearch): Promise<readonly Reference[]> {
  const list = await tagsOf(reference, search);
  if (list.kind === 'denied') throw untold(reference, 'tags', list.detail);
  const tags = list.kind === 'found' ? list.tags.filter((tag) => belongsTo(tag, digest)) : [];
  return tags.sort().map((tag) => ({ ...reference, tag, digest: undefined }));
}

async function byReferrers(
  reference: Reference,
  digest: Digest,
  { run, withoutReferrers }: ArtifactSearch,
): Promise<readonly Reference[]> {
  if (withoutReferrers.has(reference.registry)) return [];
  const named = { ...reference, tag: undefined, digest };
  const list = await run.ports.registry.referrers(named, undefined, 'source', run.signal);
  if (list.kind === 'unsupported') withoutReferrers.add(reference.registry);
  if (list.kind === 'denied') throw untold(reference, 'referrers', list.detail);
  return list.kind === 'found' ? list.digests.map((one) => ({ ...named, digest: one })) : [];
}

/** The list that clients keep where a registry makes none, with everything that is below it. */
function referrersList(referring: readonly CarriedArtifact[]): ImageContents {
  const ordered = [...referring].sort((a, b) => (a.contents.top.digest < b.contents.top.digest ? -1 : 1));
  const top = { ...newList(ordered.map(({ contents }) => listEntry(contents.top))), blobs: [] };
  const below = ordered.flatMap(({ contents: { platforms, others, top: own } }) => [own, ...platforms, ...others]);
  return { top, isWhole: true, platforms: [], others: [top, ...below] };
}

/** Without what is only known by its digest and is below a list: it comes with that. */
function withoutListed(artifacts: readonly CarriedArtifact[]): readonly CarriedArtifact[] {
  const below = new Set(
    artifacts
      .filter(({ reference }) => reference.tag !== undefined)
      .flatMap(({ contents: { top, others } }) => others.filter(({ digest }) => digest !== top.digest))
      .map(({ digest }) => digest),
  );
  return artifacts.filter(
    ({ reference: { tag, digest } }) => tag !== undefined || digest === undefined || !below.has(digest),
  );
}

/**
 * Everything that belongs to an image, and what belongs to that in turn, such as the signature of a bill of materials; each
 * once. What a registry lists as referring to a manifest comes with a list under the tag where it is looked for at registries
 * that make no such lists.
 *
 * @throws MirrorError IMAGE_SOURCE_DENIED where the registry does not tell, and what reading throws.
 */
export async function findArtifacts(
  source: Reference,
  contents: ImageContents,
  search: ArtifactSearch,
): Promise<readonly CarriedArtifact[]> {
  const repository = { ...source, tag: undefined, digest: undefined };
  const found = new Map<string, CarriedArtifact>();
  const seen = new Set<Digest>();
  const open = [...digestsOf(contents)];
  for (let digest = open.shift(); digest !== undefined; digest = open.shift()) {
    if (seen.has(digest)) continue;
    seen.add(digest);
    const tagged = await byTag(repository, digest, search);
    const referring: CarriedArtifact[] = [];
    const add = async (reference: Reference): Promise<CarriedArtifact> => {
      const text = formatReference(reference);
      const known = found.get(text);
      if (known !== undefined) return known;
      const artifact = { reference, contents: await readImage(reference, [], { side: 'source', run: search.run }) };
      found.set(text, artifact);
      open.push(...digestsOf(artifact.contents));
      return artifact;
    };
    for (const reference of tagged) await add(reference);
    for (const reference of await byReferrers(repository, digest, search)) referring.push(await add(reference));
    const list = { ...repository, tag: referrersTag(digest) };
    if (referring.length > 0 && !found.has(formatReference(list)))
      found.set(formatReference(list), { reference: list, contents: referrersList(referring) });
  }
  return withoutListed([...found.values()]);
}
