import {
  type ArtifactChoice,
  chosenTags,
  isChosenType,
  referrersTag,
  usualTags,
} from '../../domain/artifacts/artifact-choice.ts';
import { artifactTypeOf, readReferrersList } from '../../domain/artifacts/referrers-list.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import { type MirrorError, toMirrorError } from '../../errors.ts';
import type { FetchedManifest, ReferrerList, TagList } from '../../ports/registry.ts';
import type { Run } from '../run.ts';
import type { SearchRefusal } from './artifact-item.ts';
import type { ArtifactReads } from './artifact-reads.ts';
import { createLookups } from './lookups.ts';

/** A repository at its source, and where it is at the target: both without tag and digest. */
export interface SearchPlace {
  readonly source: Reference;
  readonly destination: Reference;
}

/** What belongs to one manifest itself. */
export interface Direct {
  readonly tags: readonly string[];
  readonly referrers: readonly Digest[];
  /** What the source has under the tag for the list of referrers. */
  readonly list: FetchedManifest | undefined;
  readonly refusals: readonly SearchRefusal[];
}

/** Finds what belongs to manifests: each repository is asked for its tags once, each manifest for its referrers once. */
export interface ArtifactSearch {
  /** Never throws for what a registry says or does; only when interrupted. */
  direct(place: SearchPlace, subject: Digest, choice: ArtifactChoice): Promise<Direct>;
  /**
   * Whether anything can be found in a repository at all, as far as its tags and the API tell: else nobody need know what is below
   * an index.
   */
  hasAny(source: Reference): Promise<boolean>;
}

type Told<T> = Exclude<T, { kind: 'denied' }> | { readonly kind: 'refused'; readonly refusal: SearchRefusal };

/** What stands under the tag of a list, and the entries if it is one. */
interface FoundList {
  readonly manifest: FetchedManifest;
  readonly entries: ReturnType<typeof readReferrersList>;
}

/** A search that remembers what it found; lists that others have asked for in the run are not asked for again. */
export function createArtifactSearch(run: Run, reads: ArtifactReads): ArtifactSearch {
  const lookups = createLookups(run.asked, reads);
  const direct = new Map<string, Promise<Direct>>();

  function refusal(place: Reference, what: SearchRefusal['what'], reason: string, error?: MirrorError): SearchRefusal {
    const key = `${place.registry}/${place.repository} ${what}`;
    const { registry, repository } = place;
    const known = run.artifacts.refusals.get(key) ?? { registry, repository, what, reason, error, images: new Set() };
    run.artifacts.refusals.set(key, known);
    return known;
  }

  async function told<T extends TagList | ReferrerList>(
    place: Reference,
    what: SearchRefusal['what'],
    asked: Promise<T>,
  ): Promise<Told<T>> {
    try {
      const list = await asked;
      if (list.kind === 'denied') return { kind: 'refused', refusal: refusal(place, what, list.detail) };
      return list as Exclude<T, { kind: 'denied' }>;
    } catch (thrown) {
      run.signal.throwIfAborted();
      const error = toMirrorError(thrown);
      return { kind: 'refused', refusal: refusal(place, what, error.message, error) };
    }
  }

  function tagsOf(source: Reference): Promise<Told<TagList>> {
    return told(source, 'tags', lookups.tags(source, 'source'));
  }

  async function referrersOf(source: Reference, subject: Digest): Promise<Told<ReferrerList>> {
    const before = run.artifacts.refusals.get(`${source.registry}/${source.repository} referrers`);
    if (before !== undefined) return { kind: 'refused', refusal: before };
    return told(source, 'referrers', lookups.referrers(source, subject, 'source'));
  }

  /** Where the target has the same list as the source, it is read there: that costs no quota. */
  async function listAt({ source, destination }: SearchPlace, tag: string): Promise<FoundList | undefined> {
    const [there, wanted] = [
      { ...destination, tag },
      { ...source, tag },
    ];
    const held = await reads.head(there, 'destination');
    const said = held.kind === 'found' ? await reads.head(wanted, 'source') : undefined;
    const isSame = held.kind === 'found' && said?.kind === 'found' && held.digest === said.digest;
    const answer = isSame
      ? await reads.manifest({ ...there, tag: undefined, digest: held.digest }, 'destination')
      : await reads.manifest(wanted, 'source');
    return answer.kind === 'found' ? { manifest: answer, entries: readReferrersList(answer.bytes) } : undefined;
  }

  async function isChosen(source: Reference, digest: Digest, type: string | undefined, choice: ArtifactChoice) {
    const known = isChosenType(type, choice);
    if (known !== undefined) return known;
    try {
      const answer = await reads.manifest({ ...source, digest }, 'source');
      return answer.kind === 'found' && isChosenType(artifactTypeOf(answer.bytes), choice) === true;
    } catch {
      run.signal.throwIfAborted();
      // it fails again when it is looked at by itself, and is told of there
      return true;
    }
  }

  async function listOf(place: SearchPlace, subject: Digest, tags: readonly string[], refusals: SearchRefusal[]) {
    const tag = referrersTag(subject);
    if (run.options.scanOnly || !tags.includes(tag)) return undefined;
    try {
      return await listAt(place, tag);
    } catch (thrown) {
      run.signal.throwIfAborted();
      const error = toMirrorError(thrown);
      refusals.push(refusal(place.source, 'referrers', error.message, error));
      return undefined;
    }
  }

  /** Whether the run knows a repository by a tag. One that has only digests rightly has no list of tags. */
  function isTagged({ registry, repository }: Reference): boolean {
    return run.images.some(
      ({ source }) => source.registry === registry && source.repository === repository && source.tag !== undefined,
    );
  }

  /** The tags of a list; where a registry has none of a repository with tags, those that cosign gives are asked for one by one. */
  async function knownTags(source: Reference, list: Told<TagList>, subject: Digest): Promise<readonly string[]> {
    if (list.kind === 'found') return list.tags;
    if (list.kind === 'refused' || !isTagged(source)) return [];
    const asked = usualTags(subject).map(async (tag) => [tag, await reads.head({ ...source, tag }, 'source')] as const);
    return (await Promise.all(asked)).flatMap(([tag, answer]) => (answer.kind === 'found' ? [tag] : []));
  }

  async function find(place: SearchPlace, subject: Digest, choice: ArtifactChoice): Promise<Direct> {
    const { source } = place;
    const refusals: SearchRefusal[] = [];
    const [tagList, referrers] = await Promise.all([tagsOf(source), referrersOf(source, subject)]);
    for (const one of [tagList, referrers]) if (one.kind === 'refused') refusals.push(one.refusal);
    const tags = chosenTags(await knownTags(source, tagList, subject), subject, choice);
    const list = await listOf(place, subject, tags, refusals);
    const types = new Map<Digest, string | undefined>();
    for (const { digest, artifactType } of list?.entries ?? []) types.set(digest, artifactType);
    if (referrers.kind === 'found')
      for (const digest of referrers.digests) types.set(digest, referrers.types?.get(digest));
    const chosen = await Promise.all(
      [...types].map(async ([digest, type]) => ((await isChosen(source, digest, type, choice)) ? [digest] : [])),
    );
    const isList = list?.entries !== undefined;
    return {
      tags: isList || choice === 'signatures' ? tags.filter((tag) => tag !== referrersTag(subject)) : tags,
      referrers: chosen.flat(),
      list: isList ? list.manifest : undefined,
      refusals,
    };
  }

  return {
    async hasAny(source) {
      const [tagList, isListing] = await Promise.all([tagsOf(source), lookups.listsReferrers(source, 'source')]);
      return (
        isListing !== false ||
        (tagList.kind === 'absent' && isTagged(source)) ||
        (tagList.kind === 'found' && tagList.tags.some((tag) => /^sha\d+-[0-9a-f]/.test(tag)))
      );
    },
    direct(place, subject, choice) {
      const key = `${formatReference(place.source)} ${formatReference(place.destination)} ${subject} ${choice}`;
      const found = direct.get(key) ?? find(place, subject, choice);
      direct.set(key, found);
      return found;
    },
  };
}
