import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, type YAMLSeq } from 'yaml';
import { readScalar } from '../chart/values-document.ts';

/** An item of an image list, and where its map stands in the text. */
export interface ListItem {
  readonly name: string | undefined;
  /** The text of `image`, which need not be a reference. */
  readonly image: string;
  readonly start: number;
  readonly end: number;
  /** Behind the comments that belong to it. */
  readonly after: number;
}

/** A list of images as it stands in a text. `list` is undefined where the text is empty or null, `node` where it is empty. */
export interface ImageList {
  readonly node: Node | undefined;
  readonly list: YAMLSeq | undefined;
  readonly items: readonly ListItem[];
}

type Text = { readonly kind: 'none' } | { readonly kind: 'text'; readonly text: string } | { readonly kind: 'other' };

function target(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** The text of one key of a map; the spelling of what is no text. */
function textOf(document: Document, map: unknown, key: string): Text {
  const value = isMap(map) ? target(document, map.get(key, true)) : undefined;
  if (value === undefined || value === null) return { kind: 'none' };
  if (!isScalar(value)) return { kind: 'other' };
  const read = readScalar(value);
  if (read.kind === 'null') return { kind: 'none' };
  return { kind: 'text', text: read.kind === 'string' ? read.value : read.source };
}

function readItem(document: Document, node: unknown): readonly ListItem[] {
  const map = target(document, node);
  const [name, image] = [textOf(document, map, 'name'), textOf(document, map, 'image')];
  const range = (node as Node | null)?.range;
  if (name.kind === 'other' || image.kind !== 'text' || image.text === '' || !range) return [];
  const [start, end, after] = range;
  const named = name.kind === 'text' ? name.text : undefined;
  return [{ name: named, image: image.text, start, end, after }];
}

/**
 * The image list in the text of an annotation, as dt reads it: a YAML list of maps, whatever other keys they have; an empty text
 * and null are empty lists. Undefined when it is no such list, or a map has no `image`.
 */
export function readImageList(text: string): ImageList | undefined {
  const documents = parseAllDocuments(text, { version: '1.1', schema: 'failsafe' });
  const [document] = documents;
  if (document === undefined) return { node: undefined, list: undefined, items: [] };
  if (documents.length > 1 || document.errors.length > 0) return undefined;
  const node = document.contents as Node | null;
  if (node === null) return { node: undefined, list: undefined, items: [] };
  if (isScalar(node) && readScalar(node).kind === 'null') return { node, list: undefined, items: [] };
  if (!isSeq(node)) return undefined;
  const items = node.items.flatMap((item) => readItem(document, item));
  return items.length === node.items.length ? { node, list: node, items } : undefined;
}
