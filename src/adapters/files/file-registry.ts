import { identifierOf, type Reference } from '../../domain/reference.ts';
import type { Shelf, ShelvedManifest } from '../../domain/shelf/shelf.ts';
import { MirrorError } from '../../errors.ts';
import type { Contents } from '../../ports/contents.ts';
import type { FetchedManifest, Registry } from '../../ports/registry.ts';

const ABSENT = { kind: 'absent', file: true } as const;

function isIn(reference: Reference, one: Reference): boolean {
  return reference.registry === one.registry && reference.repository === one.repository;
}

function found({ bytes, digest, mediaType }: ShelvedManifest): FetchedManifest {
  return { kind: 'found', bytes, digest, mediaType };
}

/**
 * A registry whose source side is a file: what is not in it is absent, and nobody else is asked. A reference by the digest of
 * an index that the file has only anew is answered with that one. The destination side is the registry that is given.
 */
export function createFileRegistry(shelf: Shelf, contents: Contents, destination: Registry): Registry {
  function topOf(reference: Reference): ShelvedManifest | undefined {
    const own = shelf.images.filter((one) => isIn(reference, one.reference));
    const { digest } = reference;
    if (digest === undefined) {
      const wanted = identifierOf(reference);
      // what the file has by its digest alone stands under no tag
      const tagged = own.filter((one) => one.reference.tag !== undefined || one.reference.digest === undefined);
      return tagged.find((one) => identifierOf({ ...one.reference, digest: undefined }) === wanted)?.top;
    }
    const known = own.length === 0 ? undefined : shelf.manifests.get(digest);
    return known ?? own.find(({ original }) => original === digest)?.top;
  }

  return {
    async head(reference, side, signal) {
      if (side === 'destination') return destination.head(reference, side, signal);
      const top = topOf(reference);
      if (top === undefined) return ABSENT;
      return { kind: 'found', digest: top.digest, mediaType: top.mediaType, size: top.bytes.length };
    },
    async manifest(reference, side, signal) {
      if (side === 'destination') return destination.manifest(reference, side, signal);
      const top = topOf(reference);
      return top === undefined ? ABSENT : found(top);
    },
    async tags(registry, repository, side, signal) {
      if (side === 'destination') return destination.tags(registry, repository, side, signal);
      const own = shelf.images.filter(({ reference }) =>
        isIn(reference, { registry, repository, tag: undefined, digest: undefined }),
      );
      const tags = own.flatMap(({ reference: { tag } }) => tag ?? []);
      return own.length === 0 ? ABSENT : { kind: 'found', tags };
    },
    async referrers(reference, artifactType, side, signal) {
      if (side === 'destination') return destination.referrers(reference, artifactType, side, signal);
      return { kind: 'unsupported' };
    },
    async blob(reference, digest, limit, side, signal) {
      if (side === 'destination') return destination.blob(reference, digest, limit, side, signal);
      const size = await contents.size(digest);
      if (size !== undefined && size <= limit) return contents.read(digest, limit);
      const why = size === undefined ? 'is not in the file' : `has ${size} bytes, more than ${limit}`;
      throw new MirrorError(`blob ${digest} ${why}`, {
        code: 'FILE_REFUSED',
        origin: 'source',
        hint: 'a bundle that was made with --since is for the registry of that inventory: make one without',
      });
    },
  };
}
