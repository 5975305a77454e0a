import type { Digest } from '../reference.ts';

/** One manifest as a list of its repository shows it. */
export interface ListedEntry {
  readonly digest: Digest;
  readonly tags: readonly string[];
  readonly isArchived: boolean;
}

/** What a plan was made from: the entries that count, by repository. */
export type Listing = ReadonlyMap<string, readonly ListedEntry[]>;

function lineOf({ digest, tags, isArchived }: ListedEntry): string {
  return [digest, isArchived ? 'archived' : '', ...tags.toSorted()].join(' ');
}

/**
 * The first repository in which something is not as it was: a manifest more or less, another tag, something archived or
 * restored. Undefined when all is the same.
 */
export function changedRepository(before: Listing, after: Listing): string | undefined {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.find((name) => {
    const [old, young] = [before.get(name) ?? [], after.get(name) ?? []].map((entries) => entries.map(lineOf).sort());
    return old?.join('\n') !== young?.join('\n');
  });
}
