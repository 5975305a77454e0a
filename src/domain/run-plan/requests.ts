import { type Digest, parseReference } from '../reference.ts';
import { isMoved, type PlannedArtifacts, type PlannedImage, type PlannedRequests } from './plan.ts';

/** What a source still answers of manifests, in a window of so many seconds. */
export type Quota = NonNullable<PlannedRequests['quota']>;

/** `76 of 100 left in this window of 6 h`. */
export function quotaText({ limit, remaining, seconds }: Quota): string {
  const of = limit === null ? '' : ` of ${limit}`;
  const window = seconds === null ? '' : seconds % 3600 === 0 ? ` of ${seconds / 3600} h` : ` of ${seconds} s`;
  return `${remaining}${of} left in this window${window}`;
}

/** Manifests of images of which not all are read: those that are at hand, and those that are known to be open. */
export interface KnownReads {
  readonly had: ReadonlySet<Digest>;
  readonly open: ReadonlySet<Digest>;
}

/** What a source registry said, and was asked, while the plan was made. */
export interface SourceFacts {
  readonly quotaOf: (registry: string) => PlannedRequests['quota'];
  /** Manifests read for other things than images: charts, signatures, and what else belongs to images. */
  readonly otherReads: ReadonlyMap<string, number>;
  /** Registries at which more may have to be read that nobody knows of. */
  readonly unsure: ReadonlySet<string>;
  /** Of the images whose manifests were not all read, by registry; left out where only the plan's rows are known. */
  readonly partly?: ReadonlyMap<string, KnownReads>;
}

/** The registry that an image comes from. */
export function registryOf({ source }: Pick<PlannedImage, 'source'>): string {
  return parseReference(source)?.registry ?? '';
}

/** The manifests of the images that are moved and were read, by their registries. */
export function manifestsOf(images: readonly PlannedImage[]): ReadonlyMap<string, ReadonlySet<Digest>> {
  const found = new Map<string, Set<Digest>>();
  for (const image of images.filter(isMoved)) {
    const own = found.get(registryOf(image)) ?? new Set<Digest>();
    for (const { digest } of image.contents?.manifests ?? []) own.add(digest);
    found.set(registryOf(image), own);
  }
  return found;
}

/** The manifests of the artifacts that are moved, by their registries. */
export function artifactManifests(artifacts: PlannedArtifacts | null): ReadonlyMap<string, ReadonlySet<Digest>> {
  const found = new Map<string, Set<Digest>>();
  for (const { decision, source, digest } of artifacts?.rows ?? []) {
    if ((decision !== 'copy' && decision !== 'replace') || digest === null) continue;
    const registry = registryOf({ source });
    found.set(registry, (found.get(registry) ?? new Set()).add(digest));
  }
  return found;
}

/** The digests of the images that are moved and of which nobody knows what is below them. */
function tops(unread: readonly PlannedImage[], registry: string): ReadonlySet<Digest> {
  const own = unread.filter((image) => registryOf(image) === registry);
  return new Set(own.flatMap(({ digest }) => digest ?? []));
}

/**
 * How many manifests a run has to read at each source registry, each digest once. Where an image was not read to its end, that is
 * what is known of it, and may be less than what is needed.
 */
export function requestsFor(images: readonly PlannedImage[], facts: SourceFacts): readonly PlannedRequests[] {
  const own = manifestsOf(images);
  const registries = [...new Set([...facts.otherReads.keys(), ...own.keys(), ...facts.unsure])].sort();
  const unread = images.filter((image) => isMoved(image) && image.contents === null);
  return registries.map((registry) => {
    const whole = own.get(registry) ?? new Set<Digest>();
    const partly = facts.partly?.get(registry) ?? { had: new Set<Digest>(), open: tops(unread, registry) };
    const kept = new Set([...whole, ...partly.had]).size + (facts.otherReads.get(registry) ?? 0);
    const more = [...partly.open].filter((digest) => !whole.has(digest)).length;
    return {
      registry,
      manifests: kept + more,
      exact: !facts.unsure.has(registry) && !unread.some((image) => registryOf(image) === registry),
      kept,
      quota: facts.quotaOf(registry),
    };
  });
}

/** How many manifests a run still has to read that has those which the plan keeps; at least so many where not all is known. */
export function readsLeft({ manifests, kept }: PlannedRequests): number {
  return manifests - kept;
}

/** Whether what the host last said it would still answer is too little: with the plan's own reads at hand, and without. */
export function shortage(requests: PlannedRequests): 'none' | 'without-kept' | 'short' {
  const left = requests.quota?.remaining;
  if (left === undefined) return 'none';
  if (readsLeft(requests) > left) return 'short';
  return requests.manifests > left ? 'without-kept' : 'none';
}
