import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  parseDocument,
  type Scalar,
  type YAMLParseError,
} from 'yaml';
import { MirrorError, oneLine } from '../../errors.ts';
import { pushContinuations } from './continuation-lines.ts';
import { keyOfPlain, kindOfPlain } from './plain-scalar.ts';
import { EMPTY_MAP, type ValueNode, type ValueOrigin, type ValuePath } from './values-tree.ts';

const TAGS = 'tag:yaml.org,2002:';

function unreadable(name: string, why: string, hint: string, cause?: unknown): MirrorError {
  return new MirrorError(`${name} is not readable YAML: ${why}`, {
    code: 'RENDER_FAILED',
    origin: 'source',
    hint,
    cause,
  });
}

function isEmpty(document: Document): boolean {
  const { contents } = document;
  return contents === null || (isScalar(contents) && contents.source === '' && contents.tag === undefined);
}

const OPTIONS = { version: '1.1', schema: 'failsafe', uniqueKeys: false, strict: false } as const;

function firstError(documents: readonly Document[]): YAMLParseError | undefined {
  return documents.flatMap((document) => document.errors)[0];
}

function parseAll(text: string): readonly Document[] {
  return parseAllDocuments(text, OPTIONS);
}

interface ReadText {
  readonly text: string;
  readonly documents: readonly Document[];
}

function readAll(text: string): ReadText {
  const documents = parseAll(text);
  if (firstError(documents) === undefined) return { text, documents };
  const pushed = pushContinuations(text);
  const again = parseAll(pushed);
  return firstError(again) === undefined ? { text: pushed, documents: again } : { text, documents };
}

/** So many texts are kept with their documents: the same values are looked at for many reasons, one after the other. */
const LATEST = 8;
const latest = new Map<string, ReadText>();

/** What `readAll` says of a text, of the latest ones as it said before: nobody changes a document. */
function readLatest(text: string): ReadText {
  const read = latest.get(text) ?? readAll(text);
  latest.delete(text);
  latest.set(text, read);
  const [oldest] = latest.keys();
  if (latest.size > LATEST && oldest !== undefined) latest.delete(oldest);
  return read;
}

/** Values that were read. `text` is what the places in `document` count in. */
export interface ReadValues {
  readonly text: string;
  readonly document: Document;
}

/**
 * Reads values as helm does (sigs.k8s.io/yaml over go-yaml 2): the last of two equal keys, merge keys, comments close to
 * other words, lines of quoted texts and brackets wherever they begin. Scalars stay texts: `valuesOf` tells their meaning.
 * The text comes back as it is, or with the lines pushed to the right that helm reads wherever they begin
 * (`pullContinuations` brings them back).
 *
 * @throws MirrorError RENDER_FAILED when it is not YAML, or more than one document. Helm merges several documents of one
 * file; no chart known here has them.
 */
export function readValues(given: string, name: string): ReadValues {
  const { text, documents } = readLatest(given);
  const error = firstError(documents);
  if (error !== undefined) {
    const why = oneLine(error.message);
    throw unreadable(name, why, 'write this line as YAML 1.2 asks; helm itself may be less strict', error);
  }
  const filled = documents.filter((document) => !isEmpty(document));
  if (filled.length > 1)
    throw unreadable(name, `it holds ${filled.length} documents`, 'join its documents into one: values are one map');
  return { text, document: filled[0] ?? documents[0] ?? parseDocument(given, OPTIONS) };
}

/** The document of `readValues`: for a text that it gave back, or where places do not matter. */
export function parseValues(text: string, name: string): Document {
  return readValues(text, name).document;
}

/** What a scalar is to helm; `source` is its own spelling where it is neither a string nor null. */
export type ScalarValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'plain'; readonly source: string }
  | { readonly kind: 'null' };

function textOf(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
}

/** The meaning of a scalar by its tag, its quotes and its text. */
export function readScalar(scalar: Scalar): ScalarValue {
  const value = textOf(scalar);
  if (scalar.tag === `${TAGS}binary`) return { kind: 'string', value: Buffer.from(value, 'base64').toString('utf8') };
  const typed = /^tag:yaml\.org,2002:(?:int|float|bool|null)$/.test(scalar.tag ?? '');
  if (!typed && (scalar.tag !== undefined || scalar.type !== 'PLAIN')) return { kind: 'string', value };
  switch (kindOfPlain(value)) {
    case 'null':
      return { kind: 'null' };
    case 'string':
      return { kind: 'string', value };
    case 'boolean':
    case 'integer':
    case 'float':
      return { kind: 'plain', source: value };
  }
}

/** The name of a key as templates see it: helm's keys are texts, also where the file has a number or a boolean. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return String(key);
  return key.type === 'PLAIN' && key.tag === undefined ? keyOfPlain(textOf(key)) : textOf(key);
}

/** Whether a pair is a merge (`<<: *name`). A quoted `"<<"` is a key like others. */
export function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<';
}

interface Walk {
  readonly document: Document;
  readonly originAt: (path: ValuePath) => ValueOrigin;
  readonly open: Set<Node>;
}

/** What a merge brings: of several maps the first one wins. */
function mergedEntries(value: ValueNode): ReadonlyMap<string, ValueNode> {
  const sources = value.kind === 'list' ? [...value.items].reverse() : [value];
  return new Map(sources.flatMap((source) => (source.kind === 'map' ? [...source.entries] : [])));
}

// go-yaml 2 goes through the pairs in order: a merge after a key wins over it, other than in YAML 1.1's own words
function mapEntries(items: readonly unknown[], path: ValuePath, walk: Walk): ReadonlyMap<string, ValueNode> {
  const entries = new Map<string, ValueNode>();
  for (const pair of items) {
    if (!isPair(pair)) continue;
    const value = pair.value as Node | null;
    if (isMerge(pair)) {
      for (const [key, node] of mergedEntries(nodeOf(value, path, walk))) entries.set(key, node);
      continue;
    }
    const key = keyText(pair.key);
    entries.set(key, nodeOf(value, [...path, key], walk));
  }
  return entries;
}

function scalarNode(scalar: Scalar, path: ValuePath, walk: Walk): ValueNode {
  return { ...readScalar(scalar), origin: walk.originAt(path) };
}

function nodeOf(node: Node | null, path: ValuePath, walk: Walk): ValueNode {
  if (node === null) return { kind: 'null', origin: walk.originAt(path) };
  if (isAlias(node)) {
    const target = node.resolve(walk.document);
    if (target === undefined || walk.open.has(target)) return { kind: 'null', origin: walk.originAt(path) };
    walk.open.add(target);
    const resolved = nodeOf(target, path, walk);
    walk.open.delete(target);
    return resolved;
  }
  if (isMap(node)) return { kind: 'map', entries: mapEntries(node.items, path, walk) };
  if (isSeq(node))
    return { kind: 'list', items: node.items.map((item, index) => nodeOf(item as Node, [...path, index], walk)) };
  return isScalar(node) ? scalarNode(node, path, walk) : { kind: 'null', origin: walk.originAt(path) };
}

/** The keys that a merge brings into its map. */
export function mergedKeys(document: Document, pair: Pair): ReadonlySet<string> {
  const originAt = (path: ValuePath): ValueOrigin => ({ kind: 'layer', layer: -1, path });
  const value = nodeOf(pair.value as Node | null, [], { document, originAt, open: new Set() });
  return new Set(mergedEntries(value).keys());
}

/** The values of one document as a tree. `originAt` names the origin of each path in it. Not a map: an empty one. */
export function valuesOf(document: Document, originAt: (path: ValuePath) => ValueOrigin): ValueNode {
  const contents = document.contents as Node | null;
  const node = nodeOf(contents, [], { document, originAt, open: new Set() });
  return node.kind === 'map' ? node : EMPTY_MAP;
}
