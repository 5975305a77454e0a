import { isChosenType, referrersTag } from '../../domain/artifacts/artifact-choice.ts';
import { readReferrersList } from '../../domain/artifacts/referrers-list.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import type { Unfit } from '../../domain/signatures/result.ts';
import type { FetchedManifest, Side } from '../../ports/registry.ts';
import type { ArtifactReads } from '../artifacts/artifact-reads.ts';
import type { Lookups } from '../artifacts/lookups.ts';

/** Where signatures of a manifest are looked for. */
export interface SignaturePlace {
  /** Without tag and digest. */
  readonly at: Reference;
  readonly side: Side;
  /** Another repository that may have the same manifests, and where reading them costs no quota. */
  readonly copy: Reference | undefined;
}

/** A manifest that may hold signatures. */
export interface FoundManifest {
  /** By its tag, or else by its digest, where it was found. */
  readonly name: Reference;
  /** Where it was read. */
  readonly from: { readonly at: Reference; readonly side: Side };
  readonly manifest: FetchedManifest;
}

/** What reads signatures. */
export interface Finding {
  readonly lookups: Lookups;
  readonly reads: ArtifactReads;
}

/** Manifests that refer to an image and may be signatures; what lies beyond is not looked at. */
const MOST_REFERRERS = 64;

type Answer = Awaited<ReturnType<ArtifactReads['manifest']>>;

async function fromCopy(copy: Reference | undefined, digest: Digest, { reads }: Finding): Promise<Answer | undefined> {
  if (copy === undefined) return undefined;
  // whatever is wrong there, the source is asked
  const answer = await reads.manifest({ ...copy, digest }, 'destination').catch(() => undefined);
  return answer?.kind === 'found' ? answer : undefined;
}

async function read(
  { at, side, copy }: SignaturePlace,
  name: Pick<Reference, 'tag' | 'digest'>,
  finding: Finding,
): Promise<FoundManifest | Unfit | undefined> {
  const full = { ...at, ...name };
  const looked = copy !== undefined && name.digest === undefined ? await finding.reads.head(full, side) : undefined;
  if (looked?.kind === 'absent') return undefined;
  const digest = name.digest ?? (looked?.kind === 'found' ? looked.digest : undefined);
  const copied = digest === undefined ? undefined : await fromCopy(copy, digest, finding);
  if (copied?.kind === 'found' && copy !== undefined)
    return { name: full, from: { at: copy, side: 'destination' }, manifest: copied };
  const answer = await finding.reads.manifest(full, side);
  if (answer.kind === 'found') return { name: full, from: { at, side }, manifest: answer };
  if (answer.kind === 'absent' && name.tag !== undefined) return undefined;
  const why = answer.kind === 'denied' ? `it may not be read: ${answer.detail}` : 'it is named, and not there';
  return { signature: formatReference(full), reason: why };
}

/** What refers to a manifest by the registry's own list, and by the one that clients keep under a tag. */
async function* referring(
  place: SignaturePlace,
  subject: Digest,
  hasList: boolean,
  finding: Finding,
): AsyncGenerator<readonly (readonly [Digest, string | undefined])[] | Unfit> {
  const { at, side } = place;
  const list = await finding.lookups.referrers(at, subject, side);
  if (list.kind === 'found') yield list.digests.map((digest) => [digest, list.types?.get(digest)] as const);
  if (list.kind === 'denied')
    yield {
      signature: formatReference({ ...at, digest: subject }),
      reason: `its referrers may not be listed: ${list.detail}`,
    };
  if (!hasList) return;
  const kept = await read(place, { tag: referrersTag(subject), digest: undefined }, finding);
  if (kept === undefined) return;
  if ('reason' in kept) yield kept;
  else yield (readReferrersList(kept.manifest.bytes) ?? []).map((one) => [one.digest, one.artifactType] as const);
}

/**
 * Everything that may be a signature of a manifest, or why it cannot be told, one by one: who has found one that is good asks no
 * further. First what cosign leaves under a tag, then what refers to the manifest. Where tags may not be listed, they are tried.
 *
 * @throws MirrorError for registries that give no answer.
 */
export async function* findSignatures(
  place: SignaturePlace,
  subject: Digest,
  finding: Finding,
): AsyncGenerator<FoundManifest | Unfit> {
  const stem = referrersTag(subject);
  const list = await finding.lookups.tags(place.at, place.side);
  const mayHave = (tag: string): boolean => list.kind !== 'found' || list.tags.includes(tag);
  if (mayHave(`${stem}.sig`)) {
    const found = await read(place, { tag: `${stem}.sig`, digest: undefined }, finding);
    if (found !== undefined) yield found;
  }
  const seen = new Set<Digest>();
  for await (const some of referring(place, subject, mayHave(stem), finding)) {
    if ('reason' in some) {
      yield some;
      continue;
    }
    for (const [digest, type] of some) {
      if (seen.has(digest) || isChosenType(type, 'signatures') === false) continue;
      seen.add(digest);
      if (seen.size > MOST_REFERRERS) {
        yield {
          signature: formatReference({ ...place.at, digest }),
          reason: `more than ${MOST_REFERRERS} manifests refer to the image`,
        };
        return;
      }
      const found = await read(place, { tag: undefined, digest }, finding);
      if (found !== undefined) yield found;
    }
  }
}
