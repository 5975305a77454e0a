import { type Digest, parseReference } from '../reference.ts';
import { blobsOf, loadOf } from './bytes.ts';
import { isCarried, isMoved, type Plan, type PlannedImage } from './plan.ts';
import { requestsFor } from './requests.ts';
import { sealed, wholeDigest } from './seal.ts';
import { artifactsOf, shardFacts } from './shard-reads.ts';

/** How far above the mean a shard may come for the sake of bytes that it shares. */
const SPARE = 1.1;

/** Images of one repository at the target, which stay together. */
interface Group {
  readonly repository: string;
  readonly images: readonly PlannedImage[];
  readonly blobs: ReadonlyMap<Digest, number>;
  readonly bytes: number;
}

interface Part {
  readonly images: PlannedImage[];
  readonly blobs: Set<Digest>;
  bytes: number;
}

function repositoryOf({ destination }: PlannedImage): string {
  const reference = parseReference(destination);
  return reference === undefined ? destination : `${reference.registry}/${reference.repository}`;
}

/** What an image weighs of which nothing is known: as much as the others on average. */
function usualBytes(images: readonly PlannedImage[]): number {
  const known = images.filter((image) => isMoved(image) && image.bytes !== null);
  const sum = known.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  return known.length === 0 ? 1 : Math.round(sum / known.length);
}

function groupsOf(images: readonly PlannedImage[]): readonly Group[] {
  const usual = usualBytes(images);
  const together = new Map<string, PlannedImage[]>();
  for (const image of images) {
    const key = repositoryOf(image);
    together.set(key, [...(together.get(key) ?? []), image]);
  }
  const groups = [...together].map(([repository, own]): Group => {
    const { bytes, unknown } = loadOf(own);
    return { repository, images: own, blobs: blobsOf(own), bytes: bytes + unknown * usual };
  });
  return groups.sort((a, b) => b.bytes - a.bytes || (a.repository < b.repository ? -1 : 1));
}

/** The bytes of a group that a part has already. */
function shared({ blobs }: Group, part: Part): number {
  return [...blobs].reduce((sum, [digest, size]) => (part.blobs.has(digest) ? sum + size : sum), 0);
}

/**
 * The part that a group goes to: of those that stay within the bound, the one with most of its bytes; where none does, the one
 * that then has least. Of equals the lightest, then the one with the fewest images, then the first. What moves nothing is dealt
 * out by number.
 */
function placeFor(group: Group, parts: readonly [Part, ...Part[]], bound: number): Part {
  const [first, ...others] = parts.map((part) => {
    const own = shared(group, part);
    const after = part.bytes + group.bytes - own;
    return { part, own, after, fits: after <= bound };
  });
  if (first === undefined) throw new RangeError('there is no part');
  return others.reduce((best, one) => {
    if (one.fits !== best.fits) return one.fits ? one : best;
    const byShare = one.fits ? best.own - one.own : one.after - best.after;
    const byCount = one.part.images.length - best.part.images.length;
    const byLoad = one.part.bytes - best.part.bytes;
    const order = group.bytes === 0 ? byCount : byShare || byLoad || byCount;
    return order < 0 ? one : best;
  }, first).part;
}

/**
 * Parts the images of a plan: all that go to one repository together, bytes balanced with each blob counted once in each part.
 * A part is at most a tenth, or its last group, above the mean of all. The same images in any order make the same parts.
 */
function partsOf(images: readonly PlannedImage[], count: number): readonly Part[] {
  const fresh = (): Part => ({ images: [], blobs: new Set(), bytes: 0 });
  const parts: [Part, ...Part[]] = [fresh(), ...Array.from({ length: count - 1 }, fresh)];
  const groups = groupsOf(images);
  const usual = usualBytes(images);
  const { bytes, unknown } = loadOf(images);
  const bound = ((bytes + unknown * usual) / count) * SPARE;
  for (const group of groups) {
    const part = placeFor(group, parts, bound);
    part.bytes += group.bytes - shared(group, part);
    part.images.push(...group.images);
    for (const digest of group.blobs.keys()) part.blobs.add(digest);
  }
  return parts;
}

/** Splits a whole plan into disjoint plans of its images, of which each can be run by itself. Charts are left to the whole. */
export function splitPlan(plan: Plan, count: number): readonly Plan[] {
  const order = new Map(plan.images.map((image, index) => [image, index]));
  const carried = plan.images.filter(isCarried);
  const { digest: _, ...content } = plan;
  return partsOf(carried, count).map(({ images: unordered }, index) => {
    const images = unordered.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const names = new Set(images.map((image) => parseReference(image.destination)?.repository));
    const artifacts = artifactsOf(plan, images);
    return sealed({
      ...content,
      shard: { index: index + 1, of: count, plan: wholeDigest(plan) },
      inputs: null,
      charts: [],
      images,
      artifacts,
      repositories: plan.repositories?.filter(({ name }) => names.has(name)) ?? null,
      requests: requestsFor(images, shardFacts(plan, images, artifacts)),
      notes: [],
    });
  });
}

/** The bytes that leave their sources more than once because shards do not know of one another. */
export function doubledBytes(whole: Plan, shards: readonly Plan[]): number {
  const each = shards.reduce((sum, { images }) => sum + loadOf(images).bytes, 0);
  return each - loadOf(whole.images).bytes;
}
