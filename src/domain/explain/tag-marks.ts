import { lastKey, type ScalarLeaf, scalarLeaves, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import type { ImageUse } from '../images/image-use.ts';

/** A value that may make tags or digests, with the text that marks it in a render. */
export interface TagMark {
  readonly id: number;
  readonly path: ValuePath;
  readonly value: string;
  readonly marked: string;
}

const TAG_KEY = /tag|version|release|suffix|variant|flavou?r|digest|^sha/i;
const HEX = /[0-9a-f]{64}/;
const ID_DIGITS = 4;

/** Whether a value may stand in one of these tags: as the whole, or as a part where its key says so. */
function mayMake({ path, value, isText }: ScalarLeaf, tags: ReadonlySet<string>): boolean {
  const named = TAG_KEY.test(lastKey(path));
  if (tags.has(value)) return isText || named;
  return named && /\d|[a-z]/i.test(value) && [...tags].some((tag) => tag.includes(value));
}

/**
 * The value with its mark: of a digest, digits in it; of a tag, an ending that leaves a version a version. A value that
 * holds other words is left alone.
 */
function markedText(value: string, id: number): string | undefined {
  const digits = id.toString(16).padStart(ID_DIGITS, '0');
  const hex = HEX.exec(value);
  if (hex !== null) return `${value.slice(0, hex.index)}da7a${digits}da7a${value.slice(hex.index + ID_DIGITS + 8)}`;
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$/.test(value) ? `${value}-zq${id}z` : undefined;
}

/** The values that may make the tags and digests of these uses, each with a mark of its own. */
export function tagMarks(values: ValueNode, uses: readonly ImageUse[]): readonly TagMark[] {
  const tags = new Set(uses.flatMap(({ reference }) => reference.tag ?? []));
  const digests = new Set(uses.flatMap(({ reference }) => reference.digest?.replace(/^[^:]*:/, '') ?? []));
  return scalarLeaves(values)
    .filter((one) => mayMake(one, tags) || digests.has(HEX.exec(one.value)?.[0] ?? '-'))
    .flatMap(({ path, value }, id) => {
      const marked = markedText(value, id);
      return marked === undefined ? [] : [{ id, path, value, marked }];
    });
}

function placeKey({ template, kind, path }: ImageUse): string {
  return [template, kind, path].join('\n');
}

function idsIn(text: string): ReadonlySet<number> {
  const tags = [...text.matchAll(/-zq(\d+)z/g)].map((match) => Number(match[1]));
  const digests = [...text.matchAll(/da7a([0-9a-f]{4})da7a/g)].map((match) => Number.parseInt(match[1] ?? '', 16));
  return new Set([...tags, ...digests]);
}

/**
 * Which marks stand in which references: the uses of a render with marks against those of the plain one, place by place, in
 * their order, since objects may have random names. Places with more or fewer uses than before tell nothing.
 */
export function marksIn(
  base: readonly ImageUse[],
  probed: readonly ImageUse[],
  marks: readonly TagMark[],
): ReadonlyMap<ImageUse, readonly TagMark[]> {
  const others = Map.groupBy(probed, placeKey);
  const found = new Map<ImageUse, readonly TagMark[]>();
  for (const [key, uses] of Map.groupBy(base, placeKey)) {
    const there = others.get(key) ?? [];
    if (there.length !== uses.length) continue;
    uses.forEach((use, index) => {
      const ids = idsIn(there[index]?.text ?? '');
      const own = marks.filter(({ id }) => ids.has(id));
      if (own.length > 0) found.set(use, own);
    });
  }
  return found;
}
