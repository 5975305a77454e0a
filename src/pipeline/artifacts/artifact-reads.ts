import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import type { Registry, Side } from '../../ports/registry.ts';
import type { Run } from '../run.ts';
import type { ArtifactRequests } from './artifact-item.ts';

/** Reads about artifacts, each of them counted. */
export interface ArtifactReads {
  head(reference: Reference, side: Side): ReturnType<Registry['head']>;
  manifest(reference: Reference, side: Side): ReturnType<Registry['manifest']>;
  tags(place: Reference, side: Side): ReturnType<Registry['tags']>;
  referrers(reference: Reference & { readonly digest: Digest }, side: Side): ReturnType<Registry['referrers']>;
}

function isFound<T extends { readonly kind: string }>(answer: T): answer is Extract<T, { kind: 'found' }> {
  return answer.kind === 'found';
}

/**
 * The registries of a run. What they are asked is added to `requests`; what a source has under a tag is asked for once, and a
 * manifest by its digest costs only once. A run that makes or keeps a plan asks by HEAD what a tag is, and reads it by its digest: that
 * is how it is found among what a plan has kept.
 */
export function countedReads(
  run: Run,
  requests: ArtifactRequests,
  registry: Registry = run.ports.registry,
): ArtifactReads {
  const { asked, signal } = run;
  const reads: ArtifactReads = {
    async head(reference, side) {
      const name = formatReference(reference);
      const known = side === 'source' ? asked.tagged.get(name) : undefined;
      if (known !== undefined) return known;
      requests.heads += 1;
      const answer = await registry.head(reference, side, signal);
      if (side === 'source' && isFound(answer)) asked.tagged.set(name, answer);
      return answer;
    },
    async manifest(reference, side) {
      const name = formatReference(reference);
      if (run.asksFirst && side === 'source' && reference.digest === undefined) {
        const said = await reads.head(reference, side);
        if (said.kind !== 'found') return said;
      }
      const known = side === 'source' ? asked.tagged.get(name) : undefined;
      const exact = known === undefined ? reference : { ...reference, tag: undefined, digest: known.digest };
      const key = `${side} ${exact.digest ?? name}`;
      if (exact.digest === undefined || !asked.read.has(key)) requests.manifests += 1;
      if (exact.digest !== undefined) asked.read.add(key);
      const answer = await registry.manifest(exact, side, signal);
      if (side === 'source' && isFound(answer)) {
        const { digest, mediaType, bytes } = answer;
        asked.tagged.set(name, { kind: 'found', digest, mediaType, size: bytes.length });
        asked.read.add(`${side} ${digest}`);
      }
      return answer;
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
  return reads;
}
