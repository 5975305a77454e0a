import { destinationTag, flatName } from '../plan/destination.ts';
import { formatReference, type Reference } from '../reference.ts';
import type { MirroredImage } from './mirrored.ts';

/** A repository at a source, and where its images are at the target. */
export interface RepositoryMove {
  readonly registry: string;
  readonly repository: string;
  /** Where most of them are, as `host/path`. */
  readonly destination: string;
  readonly images: readonly MirroredImage[];
  /** Images of it that are elsewhere at the target. */
  readonly elsewhere: readonly MirroredImage[];
}

/** `host/path` of a reference. */
export function repositoryText({ registry, repository }: Pick<Reference, 'registry' | 'repository'>): string {
  return `${registry}/${repository}`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return groups;
}

/**
 * The images by the repository of their source. A list may send images of one repository to several places; a rule by
 * repository then holds for the place that has most of them.
 */
export function repositoryMoves(images: readonly MirroredImage[]): readonly RepositoryMove[] {
  const sources = groupBy(images, ({ source }) => repositoryText(source));
  return [...sources]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => {
      const places = [...groupBy(group, ({ destination }) => repositoryText(destination))];
      const [most] = places.toSorted(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
      const [first] = group;
      if (most === undefined || first === undefined) return [];
      const [destination, there] = most;
      const known = new Set(there.map(({ source }) => formatReference(source)));
      const { registry, repository } = first.source;
      const elsewhere = group.filter(({ source }) => !known.has(formatReference(source)));
      return [{ registry, repository, destination, images: there, elsewhere }];
    });
}

/** Whether the target does not have the content that the digest in a reference names, so that no pull by it is answered. */
export function isDigestLost({ source, isSame, digest }: MirroredImage): boolean {
  return source.digest !== undefined && !isSame && digest !== source.digest;
}

/** Whether the target has it under another tag than manifests name. */
export function isTagChanged({ source, destination }: MirroredImage): boolean {
  return source.digest === undefined && destination.tag !== destinationTag(source);
}

/**
 * How the next run keeps images of several registries apart. Whether this one has made flat names is seen at an image whose path has
 * several parts; where no image has, both ways are named.
 */
export function keptApart(images: readonly MirroredImage[]): string {
  const told = images.filter(({ source }) => source.repository.includes('/'));
  const isFlat = told.some(({ source, destination }) => destination.repository.endsWith(flatName(source.repository)));
  const known = `mirror with --image-path ${isFlat ? 'flat-host' : 'host'} to keep them apart`;
  return told.length > 0 ? known : 'mirror with --image-path host (flat-host for flat names) to keep them apart';
}

/** What a rule by repository cannot do, one line each. */
export function moveNotes(moves: readonly RepositoryMove[]): readonly string[] {
  const elsewhere = moves.flatMap((move) =>
    move.elsewhere.map(
      ({ source, destination }) =>
        `${formatReference(source)} is at ${formatReference(destination)}: no rule by repository leads there`,
    ),
  );
  const mixed = [...groupBy(moves, ({ destination }) => destination)].flatMap(([destination, group]) =>
    group.length === 1
      ? []
      : [
          `${destination} has images of ${group.map(repositoryText).join(' and ')}: a tag of one that was not mirrored may be found there as a tag of the other; ${keptApart(group.flatMap(({ images }) => images))}`,
        ],
  );
  const renamed = moves.flatMap(({ images }) => images.filter(isTagChanged)).map(tagNote);
  return [...elsewhere, ...mixed, ...renamed];
}

/** Said of an image whose tag is another at the target. */
export function tagNote({ source, destination }: MirroredImage): string {
  return `${formatReference(source)} has another tag at the target, as ${formatReference(destination)}: tags stay as they are written`;
}

/** What pulls by digest may not find at the target: one platform out of several, and what nobody has compared. */
export function digestNotes(images: readonly MirroredImage[]): readonly string[] {
  const altered = images.filter(({ isSame }) => !isSame);
  const unknown = images.filter(({ isSame, digest }) => isSame && digest === undefined);
  return [
    ...altered.map(
      ({ source }) =>
        `${formatReference(source)}: the target has one platform of it, under another digest: pulls by the digest of the source are not answered there`,
    ),
    ...unknown.map(
      ({ source }) =>
        `${formatReference(source)}: the target has its tag, and nobody has compared its digest (--no-verify-existing-digest)`,
    ),
  ];
}
