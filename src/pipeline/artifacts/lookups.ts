import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import type { ReferrerList, Side, TagList } from '../../ports/registry.ts';
import type { ArtifactReads } from './artifact-reads.ts';
import type { AskedMemory } from './asked-memory.ts';

/** Lists, each asked for once in a run. They reject as the registry does. `place` has neither tag nor digest. */
export interface Lookups {
  tags(place: Reference, side: Side): Promise<TagList>;
  /** The first request to a registry tells whether it knows the API; where it does not, it is not asked again. */
  referrers(place: Reference, subject: Digest, side: Side): Promise<ReferrerList>;
  /** Whether a registry lists referrers; undefined where nobody has asked. */
  listsReferrers(place: Reference, side: Side): Promise<boolean> | undefined;
}

/** Lookups that share a memory. Requests are counted where they are made first. */
export function createLookups(memory: AskedMemory, reads: ArtifactReads): Lookups {
  async function ask(place: Reference, subject: Digest, side: Side): Promise<ReferrerList> {
    const key = `${side} ${place.registry}`;
    const known = memory.api.get(key);
    if (known !== undefined && !(await known)) return { kind: 'unsupported' };
    const asked = reads.referrers({ ...place, digest: subject }, side);
    if (known === undefined) {
      const isListing = asked.then(
        (list) => list.kind !== 'unsupported' || list.isOfRepository === true,
        () => true,
      );
      memory.api.set(key, isListing);
    }
    return asked;
  }

  return {
    tags(place, side) {
      const key = `${side} ${formatReference(place)}`;
      const asked = memory.tags.get(key) ?? reads.tags(place, side);
      memory.tags.set(key, asked);
      return asked;
    },
    referrers(place, subject, side) {
      const key = `${side} ${formatReference(place)} ${subject}`;
      const asked = memory.referrers.get(key) ?? ask(place, subject, side);
      memory.referrers.set(key, asked);
      return asked;
    },
    listsReferrers(place, side) {
      return memory.api.get(`${side} ${place.registry}`);
    },
  };
}
