import { resolve } from 'node:path';
import { schemaFaults } from '../config/documents.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import { type Inventory, inventoriedBlobs } from '../domain/bundle/inventory.ts';
import { type Digest, isRepositoryName } from '../domain/reference.ts';
import { oneLine } from '../errors.ts';

/** What the closed side has, and in which repository, as its inventory says; nothing where there is none. */
export interface InventoryRead {
  readonly blobs: ReadonlyMap<Digest, string>;
  readonly problems: readonly Problem[];
}

function wrong(file: string, what: string): InventoryRead {
  const instead = 'name the file that airgap-charts inventory has written';
  return { blobs: new Map(), problems: [flagProblem('--since', { what: `${shown(file)} ${what}`, instead })] };
}

/** Reads the file that `--since` names. */
export async function readInventory(file: string | undefined, cwd: string): Promise<InventoryRead> {
  if (file === undefined) return { blobs: new Map(), problems: [] };
  let value: unknown;
  try {
    value = JSON.parse(await diskFiles.readText(resolve(cwd, file)));
  } catch (error) {
    return wrong(file, `cannot be read: ${oneLine(error instanceof Error ? error.message : String(error))}`);
  }
  const [fault] = schemaFaults(value, 'inventory');
  if (fault !== undefined) return wrong(file, `is no inventory: ${fault}`);
  // a checked boundary: the schema has just been met
  const inventory = value as Inventory;
  const odd = inventory.repositories.find(({ name }) => !isRepositoryName(name));
  if (odd !== undefined) return wrong(file, `is no inventory: ${shown(odd.name)} is no repository`);
  return { blobs: inventoriedBlobs(inventory), problems: [] };
}
