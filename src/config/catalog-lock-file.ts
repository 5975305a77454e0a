import { isNode } from 'yaml';
import type { CatalogLock } from '../domain/catalog-lock/catalog-lock.ts';
import { parseReference } from '../domain/reference.ts';
import { readDocument } from './documents.ts';
import { plainData } from './plain-data.ts';
import { type Problem, problemAt, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { placeOf } from './yaml-nodes.ts';

/** A lock; or all that is wrong with it. */
export type CatalogLockReading =
  | { readonly kind: 'lock'; readonly lock: CatalogLock }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** Reads the lock of a catalog by its schema. `file` is the name to show. */
export async function readCatalogLock(files: InputFiles, path: string, file: string): Promise<CatalogLockReading> {
  const read = await readDocument(files, path, file, 'catalog-lock');
  const place = { file, line: 1, column: 1 };
  const instead = 'write it with airgap-charts catalog lock';
  if (read.kind === 'empty')
    return { kind: 'problems', problems: [problemAt(place, { what: 'the lock is empty', instead })] };
  if (read.kind === 'problems') return read;
  const { source, root, problems } = read.document;
  if (problems.length > 0) return { kind: 'problems', problems };
  // a checked boundary: the schema has just been met
  const lock = plainData(source, root).data as CatalogLock;
  const wrong = lock.images.flatMap(({ image }, index) => {
    if (parseReference(image) !== undefined) return [];
    const node = source.document.getIn(['images', index, 'image'], true);
    const at = isNode(node) ? placeOf(source, node) : place;
    return [problemAt(at, { what: `${shown(image)} is no reference`, instead })];
  });
  return wrong.length > 0 ? { kind: 'problems', problems: wrong } : { kind: 'lock', lock };
}
