import type { Digest } from '../domain/reference.ts';
import type { FetchedManifest, Side } from '../ports/registry.ts';

/** Manifests that were read, so that none is read twice while somebody may need it. */
export interface KeptManifests {
  get(side: Side, digest: Digest): FetchedManifest | undefined;
  keep(side: Side, manifest: FetchedManifest): void;
  /** Nobody needs these any more. */
  release(side: Side, digests: readonly Digest[]): void;
  of(side: Side): readonly FetchedManifest[];
}

/** None yet. */
export function createKeptManifests(): KeptManifests {
  const kept: Readonly<Record<Side, Map<Digest, FetchedManifest>>> = { source: new Map(), destination: new Map() };
  return {
    get: (side, digest) => kept[side].get(digest),
    keep(side, { kind, bytes, digest, mediaType }) {
      // in memory of its own: a small buffer is part of a larger one, which would stay as long
      const own = Buffer.from(new Uint8Array(bytes).buffer);
      kept[side].set(digest, { kind, bytes: own, digest, mediaType });
    },
    release(side, digests) {
      for (const digest of digests) kept[side].delete(digest);
    },
    of: (side) => [...kept[side].values()],
  };
}
