import {
  isBlank,
  isSettable,
  lastKey,
  mapsIn,
  nodeAt,
  type ScalarLeaf,
  scalarLeaves,
  type ValueMap,
  type ValueNode,
  type ValuePath,
} from '../chart/values-tree.ts';
import type { ImageUse } from '../images/image-use.ts';
import { valuePaths } from '../trace/candidates.ts';

/** A spot in a value where a digest may be written: `lead` and the digest take the place of `length` characters. */
export interface PinSpot {
  readonly path: ValuePath;
  /** The value it stands in; undefined where the values have none. */
  readonly value: string | undefined;
  readonly offset: number;
  readonly length: number;
  readonly lead: string;
}

/** The templates of one chart in the tree, and the path of its values. */
export interface TemplateGroup {
  readonly texts: readonly string[];
  readonly prefix: ValuePath;
}

/** The values, and what reads them. */
export interface PinGround {
  readonly values: ValueNode;
  readonly templates: readonly TemplateGroup[];
}

const DIGEST_KEY = /digest$|^sha$|sha256$/i;
const TAG_KEY = /tag|version|release|suffix|variant|flavou?r/i;
const DIGEST_KEYS: KeyKind = { empty: DIGEST_KEY, read: DIGEST_KEY, beside: DIGEST_KEY };
const TAG_KEYS: KeyKind = { empty: /tag$|^version$|imageversion$/i, read: /tag$/i, beside: /[tT]ag$|^version$/ };
const IMAGE_FIELD = /tag$|repository$|repo$|image$|imagename$/i;
const IMAGE_KEY = /image/i;

function unique(paths: readonly ValuePath[]): readonly ValuePath[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

function isScalar(node: ValueNode | undefined): boolean {
  return node?.kind === 'string' || node?.kind === 'plain';
}

/** Maps that name an image: a digest or a tag may belong into them. */
function imageMaps(values: ValueNode): readonly ValueMap[] {
  return mapsIn(values).filter(({ path, entries }) => {
    const isImage = IMAGE_KEY.test(lastKey(path));
    return [...entries].some(([key, node]) => (isImage || IMAGE_FIELD.test(key)) && isScalar(node) && !isBlank(node));
  });
}

/** The last names of all fields that templates read, whatever the map goes by there. */
function fieldsRead(templates: readonly TemplateGroup[], fits: RegExp): readonly string[] {
  const fields = templates.flatMap(({ texts }) =>
    texts.flatMap((text) => [...text.matchAll(/\.([A-Za-z_]\w*)/g)].map((match) => match[1] ?? '')),
  );
  return [...new Set(fields)].filter((field) => fits.test(field)).sort();
}

/** The keys of one kind: which are told by being empty, by the path that templates read, and by standing beside an image. */
interface KeyKind {
  readonly empty: RegExp;
  readonly read: RegExp;
  readonly beside: RegExp;
}

/** Paths without a value that end in such a key. */
function emptyPaths({ values, templates }: PinGround, { empty, read, beside: field }: KeyKind): readonly ValuePath[] {
  const own = mapsIn(values).flatMap(({ path, entries }) =>
    [...entries].flatMap(([key, node]) => (isBlank(node) && empty.test(key) ? [[...path, key]] : [])),
  );
  const mined = templates
    .flatMap(({ texts, prefix }) => valuePaths(texts, prefix))
    .filter((path) => read.test(lastKey(path)));
  const fields = fieldsRead(templates, field);
  const beside = imageMaps(values).flatMap(({ path }) => fields.map((field) => [...path, field]));
  return unique([...own, ...[...mined, ...beside].filter((path) => isSettable(values, path))]);
}

function emptySpot(values: ValueNode, path: ValuePath, lead: string): PinSpot {
  return { path, value: nodeAt(values, path)?.kind === 'string' ? '' : undefined, offset: 0, length: 0, lead };
}

/** Keys for digests that are empty, or that templates read and the values do not have. */
export function digestSpots(ground: PinGround): readonly PinSpot[] {
  return emptyPaths(ground, DIGEST_KEYS).map((path) => emptySpot(ground.values, path, ''));
}

/** The end of a reference, `app:1.0`, and its tag. */
interface Ending {
  readonly text: string;
  readonly tag: string;
}

function endingOf({ text, reference: { tag } }: ImageUse): readonly Ending[] {
  return tag === undefined ? [] : [{ text: text.slice(text.lastIndexOf('/') + 1), tag }];
}

/** Where the tag of an ending begins in a longer text, each time that the ending stands there as a whole. */
function tagsIn(value: string, { text, tag }: Ending): readonly number[] {
  const places: number[] = [];
  for (let at = value.indexOf(text); at >= 0; at = value.indexOf(text, at + 1)) {
    const end = at + text.length;
    const isBegun = !/[A-Za-z0-9._-]/.test(value.charAt(at - 1));
    if (isBegun && !/^(?:[A-Za-z0-9_-]|[.:/@][A-Za-z0-9])/.test(value.slice(end))) places.push(end - tag.length);
  }
  return places;
}

const LONGEST_TEXT = 100_000;

/** The part of a value that becomes a tag and a digest, and the tag as it is to be written. */
interface TagPart {
  readonly offset: number;
  readonly length: number;
  readonly tag: string;
}

function tagParts({ path, value, isText }: ScalarLeaf, endings: readonly Ending[]): readonly TagPart[] {
  const key = lastKey(path);
  const isTagKey = TAG_KEY.test(key) && !DIGEST_KEY.test(key);
  // a number is shown in another form than 1.10 is written in
  const shown = isText ? value.trimEnd() : String(Number(value));
  const isTag = endings.some(({ tag }) => tag === shown) && (isText || isTagKey);
  if (shown === '' || shown.length > LONGEST_TEXT) return [];
  const isEnd = isTagKey && isText && endings.some(({ tag }) => tag.endsWith(shown));
  const isTemplate = shown.endsWith('}}') && (isTagKey || IMAGE_KEY.test(key));
  if (isTag || isEnd || isTemplate) return [{ offset: 0, length: isText ? shown.length : value.length, tag: shown }];
  if (!isText) return [];
  const parts = endings.flatMap((ending) =>
    tagsIn(value, ending).map((offset) => ({ offset, length: ending.tag.length, tag: ending.tag })),
  );
  return [...new Map(parts.map((part) => [part.offset, part])).values()].sort((a, b) => a.offset - b.offset);
}

/** Values that may make the tags of these uses, or their ends as a whole: a digest goes behind the tag. */
export function tagSpots(values: ValueNode, uses: readonly ImageUse[]): readonly PinSpot[] {
  const endings = [...new Map(uses.flatMap(endingOf).map((ending) => [ending.text, ending])).values()];
  return scalarLeaves(values).flatMap((leaf) =>
    tagParts(leaf, endings).map(
      ({ offset, length, tag }): PinSpot => ({ path: leaf.path, value: leaf.value, offset, length, lead: `${tag}@` }),
    ),
  );
}

/** The tag of the use whose path has a name of this map in it; else that of most uses. */
function likelyTag(values: ValueNode, path: ValuePath, uses: readonly ImageUse[]): string | undefined {
  const map = nodeAt(values, path.slice(0, -1));
  const names = map?.kind === 'map' ? [...map.entries.values()] : [];
  const named = uses.find(({ reference }) =>
    names.some((node) => {
      if (node.kind !== 'string' || node.value === '') return false;
      return `/${reference.registry}/${reference.repository}`.endsWith(`/${node.value.replace(/^\/+/, '')}`);
    }),
  );
  if (named !== undefined) return named.reference.tag;
  const counts = Map.groupBy(uses, ({ reference }) => reference.tag ?? '');
  return [...counts].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}

/** Empty and absent keys for tags, where a template then takes another: they get the tag that is rendered, and a digest. */
export function emptyTagSpots(ground: PinGround, uses: readonly ImageUse[]): readonly PinSpot[] {
  return emptyPaths(ground, TAG_KEYS).flatMap((path) => {
    const tag = likelyTag(ground.values, path, uses);
    return tag === undefined || tag === '' ? [] : [emptySpot(ground.values, path, `${tag}@`)];
  });
}
