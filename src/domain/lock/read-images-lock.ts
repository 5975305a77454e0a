import { type Document, parseAllDocuments, visit } from 'yaml';
import { oneLine } from '../../errors.ts';
import { valuesOf } from '../chart/values-document.ts';
import { EMPTY_MAP, nodeAt, type ValueNode } from '../chart/values-tree.ts';
import { parseDigest, parseReference } from '../reference.ts';
import type { ImagesLock, LockedImage, LockedPlatform } from './images-lock.ts';

/** What was read of an `Images.lock`; or every reason why it cannot be used, each on one line. */
export type ReadImagesLock =
  | { readonly kind: 'lock'; readonly lock: ImagesLock }
  | { readonly kind: 'unreadable'; readonly reasons: readonly string[] };

interface Reading {
  readonly reasons: string[];
}

/** A scalar's own text: numbers keep their spelling. Undefined where there is none. */
function textAt(node: ValueNode | undefined, key: string): string | undefined {
  const value = node?.kind === 'map' ? node.entries.get(key) : undefined;
  if (value?.kind === 'plain') return value.source;
  return value?.kind === 'string' ? value.value : undefined;
}

const LONGEST = 120;

function shortened(text: string): string {
  const line = oneLine(text);
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

function shown(node: ValueNode | undefined): string {
  switch (node?.kind) {
    case undefined:
      return 'missing';
    case 'string':
      return shortened(JSON.stringify(node.value));
    case 'plain':
      return shortened(JSON.stringify(node.source));
    case 'null':
      return 'null';
    case 'map':
      return 'a map';
    case 'list':
      return 'a list';
  }
}

/** The text of a key that must have one. */
function wanted(reading: Reading, node: ValueNode, key: string, where: string): string {
  const text = textAt(node, key);
  if (text !== undefined && text !== '') return text;
  reading.reasons.push(`${where}: ${key} is ${shown(nodeAt(node, [key]))}, not a text`);
  return '';
}

/** A list, or nothing, which is an empty one. */
function itemsAt(reading: Reading, node: ValueNode, key: string, where: string): readonly ValueNode[] {
  const list = nodeAt(node, [key]);
  if (list === undefined || list.kind === 'null') return [];
  if (list.kind === 'list') return list.items;
  reading.reasons.push(`${where} is ${shown(list)}, not a list`);
  return [];
}

function readPlatform(reading: Reading, node: ValueNode, where: string): readonly LockedPlatform[] {
  if (node.kind !== 'map') {
    reading.reasons.push(`${where} is ${shown(node)}, not a map`);
    return [];
  }
  const text = textAt(node, 'digest') ?? '';
  const digest = parseDigest(text);
  if (digest === undefined)
    reading.reasons.push(`${where}: digest is ${shown(nodeAt(node, ['digest']))}, not a digest`);
  const arch = wanted(reading, node, 'arch', where);
  return digest === undefined ? [] : [{ digest, arch }];
}

/** `image 2 (nginx)`: an image is named by its place and by what it says of itself. */
function imageName(node: ValueNode, index: number): string {
  const said = textAt(node, 'name') ?? textAt(node, 'image');
  return `image ${index + 1}${said === undefined || said === '' ? '' : ` (${shortened(said)})`}`;
}

function readImage(reading: Reading, node: ValueNode, index: number): readonly LockedImage[] {
  const where = imageName(node, index);
  if (node.kind !== 'map') {
    reading.reasons.push(`${where} is ${shown(node)}, not a map`);
    return [];
  }
  // dt takes an entry of an annotation without a name, and writes an empty one
  const name = textAt(node, 'name') ?? '';
  const image = wanted(reading, node, 'image', where);
  if (image !== '' && parseReference(image) === undefined)
    reading.reasons.push(`${where}: image is ${shown(nodeAt(node, ['image']))}, not a reference`);
  const chart = wanted(reading, node, 'chart', where);
  const digests = itemsAt(reading, node, 'digests', `${where}: digests`).flatMap((digest, at) =>
    readPlatform(reading, digest, `${where}, digest ${at + 1}`),
  );
  return [{ name, image, chart, digests }];
}

function expectText(reading: Reading, root: ValueNode, key: string, expected: string): void {
  if (textAt(root, key) !== expected) reading.reasons.push(`${key} is ${shown(nodeAt(root, [key]))}, not ${expected}`);
}

function readRoot(root: ValueNode): ReadImagesLock {
  const reading: Reading = { reasons: [] };
  expectText(reading, root, 'apiVersion', 'v0');
  expectText(reading, root, 'kind', 'ImagesLock');
  const metadata = nodeAt(root, ['metadata']);
  const chart = nodeAt(root, ['chart']) ?? EMPTY_MAP;
  const lock: ImagesLock = {
    generatedAt: textAt(metadata, 'generatedAt') ?? '',
    generatedBy: textAt(metadata, 'generatedBy') ?? '',
    chart: {
      name: wanted(reading, chart, 'name', 'chart'),
      version: wanted(reading, chart, 'version', 'chart'),
      appVersion: textAt(chart, 'appVersion') ?? '',
    },
    images: itemsAt(reading, root, 'images', 'images').flatMap((image, index) => readImage(reading, image, index)),
  };
  const { reasons } = reading;
  return reasons.length === 0 ? { kind: 'lock', lock } : { kind: 'unreadable', reasons };
}

function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/**
 * Reads an `Images.lock`, as Go's decoder does: in any order of the keys, with keys that it does not know, and a number for its
 * own spelling where a text is wanted. What is no lock of version v0, or has an image that could not be found by
 * it, is unreadable; so are two keys of one name, aliases and several documents.
 */
export function readImagesLock(text: string): ReadImagesLock {
  const documents = parseAllDocuments(text, { version: '1.1', schema: 'failsafe' });
  const [document] = documents;
  const [error] = [...documents].flatMap((one) => one.errors);
  // below the first line of its message stands a picture of the place
  const why = error?.message.split('\n')[0]?.replace(/:$/, '');
  if (why !== undefined) return { kind: 'unreadable', reasons: [`it is not readable YAML: ${shortened(why)}`] };
  if (document === undefined || document.contents === null) return { kind: 'unreadable', reasons: ['it is empty'] };
  if (documents.length > 1) return { kind: 'unreadable', reasons: [`it holds ${documents.length} documents, not one`] };
  if (hasAlias(document)) return { kind: 'unreadable', reasons: ['it has aliases, which no lock needs'] };
  return readRoot(valuesOf(document, (path) => ({ kind: 'layer', layer: -1, path })));
}
