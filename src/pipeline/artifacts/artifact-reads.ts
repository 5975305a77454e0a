import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import type { Registry, Side } from '../../ports/registry.ts';
import type { Run } from '../run.ts';

/** Reads about artifacts, each of them counted. */
export interface ArtifactReads {
  head(reference: Reference, side: Side): ReturnType<Registry['head']>;
  manifest(reference: Reference, side: Side): ReturnType<Registry['manifest']>;
  tags(place: Reference, side: Side): ReturnType<Registry['tags']>;
  referrers(reference: Reference & { readonly digest: Digest }, side: Side): ReturnType<Registry['referrers']>;
}

/** The registries of a run. What they are asked is added to the run's requests; a manifest by its digest costs only once. */
export function countedReads({ ports: { registry }, artifacts: { requests }, signal }: Run): ArtifactReads {
  const read = new Set<string>();
  return {
    head(reference, side) {
      requests.heads += 1;
      return registry.head(reference, side, signal);
    },
    manifest(reference, side) {
      const key = `${side} ${reference.digest ?? formatReference(reference)}`;
      if (reference.digest === undefined || !read.has(key)) requests.manifests += 1;
      read.add(key);
      return registry.manifest(reference, side, signal);
    },
    async tags(place, side) {
      requests.tags += 1;
      const list = await registry.tags(place.registry, place.repository, side, signal);
      if (list.kind === 'found') requests.tags += Math.max(0, (list.pages ?? 1) - 1);
      return list;
    },
    async referrers(reference, side) {
      requests.referrers += 1;
      const list = await registry.referrers(reference, undefined, side, signal);
      if (list.kind === 'found') requests.referrers += Math.max(0, (list.pages ?? 1) - 1);
      return list;
    },
  };
}
