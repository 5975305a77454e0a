import { join } from 'node:path';
import type { ValuesLayer } from '../../domain/addon.ts';
import { shown } from '../problems.ts';
import { closedTree } from './fill-tree.ts';
import type { Subject } from './findings.ts';
import { fileLayer, type InputContext, inlineLayer, treesOf } from './input-context.ts';
import { itemsAt, type Tree, type TreeMap, textAt, textOf, valueAt } from './tree.ts';
import { mergedMaps, setSteps, setValue, withValueAt } from './tree-merge.ts';

/** A release of a helmfile, its templates filled in as far as they could be. */
export interface HelmfileRelease {
  readonly subject: Subject;
  readonly tree: TreeMap;
  readonly directory: string;
}

/** Values from one item of `values`: a file, or a map. */
type Piece = { readonly kind: 'file'; readonly layer: ValuesLayer } | { readonly kind: 'map'; readonly tree: TreeMap };

async function fileText(context: InputContext, path: string): Promise<string> {
  return (await context.files.kindOf(path)) === 'file' ? context.files.readText(path) : '';
}

async function pieceOf(context: InputContext, release: HelmfileRelease, item: Tree): Promise<Piece | undefined> {
  const { subject, directory, tree } = release;
  const { findings } = context;
  if (item.kind === 'map') {
    const closed = closedTree(item);
    for (const { key, at, reason } of closed.left)
      findings.leaveOut(subject, at, `the value ${key} is left out: ${reason}`);
    return { kind: 'map', tree: closed.tree };
  }
  const named = textOf(item);
  if (named === undefined) return undefined;
  const path = join(directory, named);
  const isTemplate = named.endsWith('.gotmpl') && (await fileText(context, path)).includes('{{');
  const isElsewhere = /[*?]|\{\{|:\/\/|^git::/.test(named);
  if (isTemplate || isElsewhere) {
    const why = isTemplate || named.includes('{{') ? 'a template' : 'no plain path';
    findings.leaveOut(subject, item.at, `the values ${shown(named)} are not read: this is ${why}`);
    return undefined;
  }
  const isMissing = (await context.files.kindOf(path)) === 'absent';
  const handler = textAt(tree, 'missingFileHandler');
  if (isMissing && handler !== undefined && handler !== 'Error') return undefined;
  const layer = await fileLayer(context, subject, item.at, path);
  return layer === undefined ? undefined : { kind: 'file', layer };
}

function withSets(
  context: InputContext,
  { subject, tree }: HelmfileRelease,
  under: TreeMap | undefined,
): TreeMap | undefined {
  let values = under;
  for (const [key, asText] of [
    ['set', false],
    ['setString', true],
  ] as const) {
    for (const item of itemsAt(tree, key)) {
      const name = textAt(item, 'name') ?? '';
      const value = valueAt(item, 'value');
      const steps = setSteps(name);
      if (steps === undefined || value?.kind !== 'scalar' || value.open !== undefined) {
        const why = value?.kind === 'scalar' && value.open !== undefined ? value.open : 'it is no plain value';
        context.findings.leaveOut(subject, item.at, `${key} ${shown(name)} is left out: ${why}`);
        continue;
      }
      const text = typeof value.value === 'string' ? value.value : value.written;
      values = withValueAt(values, steps, setValue(item.at, text, asText));
    }
  }
  return values;
}

function isIndexed(tree: TreeMap): boolean {
  return ['set', 'setString'].some((key) =>
    itemsAt(tree, key).some((item) => textAt(item, 'name')?.includes('[') === true),
  );
}

/**
 * The values of a release, in helmfile's order. Where a file comes after values that are written in the helmfile, which a
 * catalog cannot say, all are written out.
 */
export async function helmfileLayers(context: InputContext, release: HelmfileRelease): Promise<readonly ValuesLayer[]> {
  const pieces: Piece[] = [];
  for (const item of itemsAt(release.tree, 'values')) {
    const piece = await pieceOf(context, release, item);
    if (piece !== undefined) pieces.push(piece);
  }
  const firstMap = pieces.findIndex(({ kind }) => kind === 'map');
  const isOrdered = firstMap < 0 || pieces.slice(firstMap).every(({ kind }) => kind === 'map');
  const asFiles = isOrdered && !isIndexed(release.tree);
  const files = asFiles ? pieces.flatMap((piece) => (piece.kind === 'file' ? [piece.layer] : [])) : [];
  const maps = pieces.flatMap((piece) => {
    if (piece.kind === 'map') return [piece.tree];
    return asFiles ? [] : treesOf([piece.layer]);
  });
  return [...files, ...inlineLayer(release.subject, withSets(context, release, mergedMaps(maps)))];
}
