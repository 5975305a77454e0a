import { type Inventory, inventoriedBlobs } from '../domain/bundle/inventory.ts';
import { counted } from '../domain/report/counted.ts';

/** What an inventory has, for people; of an empty one, what that means. `place` is the registry with its path. */
export function inventorySummary(inventory: Inventory, place: string): string {
  const { repositories } = inventory;
  if (repositories.length === 0)
    return `${place}: NO repository is listed, so a bundle made with this inventory leaves nothing out; where there are some, name them with --repository`;
  const manifests = new Set(repositories.flatMap((one) => one.manifests)).size;
  const blobs = inventoriedBlobs(inventory).size;
  return `${place}: ${counted(repositories.length, 'repository', 'repositories')}, ${counted(manifests, 'manifest', 'manifests')}, ${counted(blobs, 'blob', 'blobs')}`;
}
