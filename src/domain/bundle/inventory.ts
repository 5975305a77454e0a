import type { Digest } from '../reference.ts';

/** One repository of a registry: what is in it. */
export interface InventoriedRepository {
  readonly name: string;
  readonly manifests: readonly Digest[];
  readonly blobs: readonly Digest[];
}

/** What a registry has, as its side of a gap writes it down for the other. Names are those after the host. */
export interface Inventory {
  readonly version: 1;
  readonly registry: string;
  readonly repositories: readonly InventoriedRepository[];
}

/** Every blob of a registry, with the first repository that has it. */
export function inventoriedBlobs({ repositories }: Inventory): ReadonlyMap<Digest, string> {
  const found = new Map<Digest, string>();
  for (const { name, blobs } of repositories)
    for (const digest of blobs) if (!found.has(digest)) found.set(digest, name);
  return found;
}
