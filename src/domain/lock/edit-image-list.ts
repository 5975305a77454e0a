import type { YAMLSeq } from 'yaml';
import { applyEdits, type ValueEdit } from '../overlay/scalar-text.ts';
import { formatReference, parseReference } from '../reference.ts';
import { imageInBraces, imageLines, type NamedImage } from './image-list.ts';
import { type ImageList, type ListItem, readImageList } from './read-image-list.ts';

/** What is to become of a list: which of its items stay, in their order, and what is put behind them. */
interface Change {
  readonly keep: readonly boolean[];
  readonly added: readonly NamedImage[];
}

/** Two spellings of one reference are one image. */
function identity(image: string): string {
  const reference = parseReference(image);
  return reference === undefined ? image : formatReference(reference);
}

function changeOf(items: readonly ListItem[], images: readonly NamedImage[], exact: boolean): Change {
  const given = new Map<string, NamedImage>();
  for (const image of images) {
    if (!given.has(identity(image.image))) given.set(identity(image.image), image);
  }
  const keep = items.map(({ image }) => !exact || given.has(identity(image)));
  for (const { image } of items) given.delete(identity(image));
  return { keep, added: [...given.values()] };
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function lineAfter(text: string, offset: number): number {
  if (offset === 0 || text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function linesAt(images: readonly NamedImage[], pad: string): string {
  return images
    .flatMap(imageLines)
    .map((line) => `${pad}${line}\n`)
    .join('');
}

/** A list with dashes: each item goes or stays with the comments above it, but those above the first stay. */
function editDashes(text: string, start: number, items: readonly ListItem[], { keep, added }: Change): string {
  const column = columnOf(text, start);
  const pad = ' '.repeat(column);
  const cuts = [start - column, ...items.map(({ after }) => lineAfter(text, after))];
  const kept = keep.flatMap((stays, index) => (stays ? [text.slice(cuts[index], cuts[index + 1])] : []));
  const before = text.slice(0, cuts[0]) + kept.join('');
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  const lines = kept.length + added.length === 0 ? `${pad}[]\n` : linesAt(added, pad);
  const after = `${before}${gap}${lines}${text.slice(cuts.at(-1))}`;
  return text.endsWith('\n') ? after : after.replace(/\n$/, '');
}

/** What stands between two items of a list in brackets: they stand on lines of their own where the last one does. */
function separator(text: string, item: ListItem): string {
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, item.start))?.[1];
  return indent === undefined ? ', ' : `,\n${indent}`;
}

/** A list in brackets. */
function editBrackets(text: string, list: YAMLSeq, items: readonly ListItem[], { keep, added }: Change): string {
  const last = keep.lastIndexOf(true);
  const anchor = items[last];
  const [start, end] = list.range ?? [0, 0];
  if (anchor === undefined) return `${text.slice(0, start)}[${added.map(imageInBraces).join(', ')}]${text.slice(end)}`;
  const more = added.map((image) => `${separator(text, anchor)}${imageInBraces(image)}`).join('');
  const gone = items.flatMap((item, index): readonly ValueEdit[] => {
    const next = items[index + 1];
    if (keep[index] === true || next === undefined || index > last) return [];
    return [{ offset: item.start, length: next.start - item.start, text: '' }];
  });
  const rest = (items.at(-1)?.end ?? anchor.end) - anchor.end;
  return applyEdits(text, [...gone, { offset: anchor.end, length: rest, text: more }]);
}

/** Images where there were none: below the comments of a text without a list, or in place of `[]` or null. */
function fill(text: string, { node }: ImageList, added: readonly NamedImage[]): string {
  if (node === undefined) {
    const before = text.trimEnd();
    const after = `${before}${before === '' ? '' : '\n'}${linesAt(added, '')}`;
    return text === '' || text.endsWith('\n') ? after : after.replace(/\n$/, '');
  }
  const [start, end] = node.range ?? [0, 0];
  const lines = linesAt(added, ' '.repeat(columnOf(text, start))).trim();
  return `${text.slice(0, start)}${lines}${text.slice(end)}`;
}

function apply(text: string, read: ImageList, change: Change): string {
  const { list, items } = read;
  if (list === undefined || items.length === 0) return fill(text, read, change.added);
  return list.flow === true
    ? editBrackets(text, list, items, change)
    : editDashes(text, list.range?.[0] ?? 0, items, change);
}

/** What an item says, and its very words. */
function words(text: string, { name, image, start, end }: ListItem): string {
  return JSON.stringify([name, image, text.slice(start, end).trim()]);
}

/** Whether a text lists what stays, word for word, and then what was added. */
function says(text: string, kept: readonly string[], added: readonly NamedImage[]): boolean {
  const items = readImageList(text)?.items;
  if (items === undefined || items.length !== kept.length + added.length) return false;
  const fresh = items.slice(kept.length);
  return (
    items.slice(0, kept.length).every((item, index) => words(text, item) === kept[index]) &&
    added.every(({ name, image }, index) => fresh[index]?.name === name && fresh[index]?.image === image)
  );
}

/**
 * The text of an image list that also names the given images: those that it lists already, in any spelling of the reference,
 * stay as they are, the others come behind them in the style of the list, each once. With `exact`, what is listed and not
 * given goes. Everything else of the text stays, and all of it where nothing changes. Undefined when the text is no
 * such list, or would not say that afterwards.
 */
export function editImageList(text: string, images: readonly NamedImage[], exact: boolean): string | undefined {
  const read = readImageList(text);
  if (read === undefined) return undefined;
  const change = changeOf(read.items, images, exact);
  if (change.added.length === 0 && change.keep.every((stays) => stays)) return text;
  const after = apply(text, read, change);
  const kept = read.items.flatMap((item, index) => (change.keep[index] === true ? [words(text, item)] : []));
  return says(after, kept, change.added) ? after : undefined;
}
