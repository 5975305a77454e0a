import { oneLine } from '../../errors.ts';
import { kindOfPlain } from '../chart/plain-scalar.ts';
import { quoted } from '../overlay/emit-yaml.ts';
import { formatReference, parseReference, type Reference } from '../reference.ts';
import { readImageList } from './read-image-list.ts';

/** An image as an annotation of Chart.yaml lists it. */
export interface NamedImage {
  readonly name: string;
  /** The whole reference. */
  readonly image: string;
}

const PLAIN_SAFE = /^[A-Za-z0-9](?:[A-Za-z0-9._/@:-]*[A-Za-z0-9])?$/;

/** Bare where every reader takes it for the same text: what begins with a digit and has no slash could be a number or a time. */
function word(text: string): string {
  const bare = PLAIN_SAFE.test(text) && /^[A-Za-z]|\//.test(text) && kindOfPlain(text) === 'string';
  return bare ? text : quoted(text);
}

/** The lines of one image in a list, without line ends. */
export function imageLines({ name, image }: NamedImage): readonly string[] {
  return [`- name: ${word(name)}`, `  image: ${word(image)}`];
}

/** One image of a list in brackets. */
export function imageInBraces({ name, image }: NamedImage): string {
  return `{name: ${quoted(name)}, image: ${quoted(image)}}`;
}

/** The text of an annotation that lists images: a YAML list of maps, `[]` for none. It ends with a line end. */
export function annotationText(images: readonly NamedImage[]): string {
  if (images.length === 0) return '[]\n';
  return images
    .flatMap(imageLines)
    .map((line) => `${line}\n`)
    .join('');
}

function lastComponent(reference: Reference): string {
  return reference.repository.split('/').at(-1) ?? reference.repository;
}

/**
 * A name for each reference, in the same order: the last component of its repository. Of several images that would have one name
 * the first, by their whole references, has it and the others get `-2`, `-3` and so on: the order of the list does
 * not count. No suffix makes the name of another image. Equal references have one name.
 */
export function imageNames(references: readonly Reference[]): readonly string[] {
  const bases = new Map(references.map((reference) => [formatReference(reference), lastComponent(reference)]));
  const taken = new Set(bases.values());
  const last = new Map<string, number>();
  const names = new Map<string, string>();
  for (const text of [...bases.keys()].sort()) {
    const base = bases.get(text) ?? text;
    let number = (last.get(base) ?? 0) + 1;
    while (number > 1 && taken.has(`${base}-${number}`)) number += 1;
    last.set(base, number);
    names.set(text, number === 1 ? base : `${base}-${number}`);
  }
  return references.map((reference) => names.get(formatReference(reference)) ?? lastComponent(reference));
}

/** An image that the text of an annotation lists. */
export interface ListedImage {
  readonly name: string | undefined;
  /** As it is written there. */
  readonly image: string;
  readonly reference: Reference;
}

/**
 * The images that the text of an annotation lists, in its order, as often as it lists them. What cannot be read is left
 * out: `imageListFaults` tells of it.
 */
export function listedImages(text: string): readonly ListedImage[] {
  return (readImageList(text)?.items ?? []).flatMap(({ name, image }) => {
    const reference = parseReference(image);
    return reference === undefined ? [] : [{ name, image, reference }];
  });
}

/** Every reason why `listedImages` leaves something out of a text; dt then fails. Each stands behind "the annotation x". */
export function imageListFaults(text: string): readonly string[] {
  const list = readImageList(text);
  if (list === undefined) return ['is no YAML list of maps that each have an image'];
  return list.items.flatMap(({ image }, index) =>
    parseReference(image) === undefined
      ? [`has ${oneLine(JSON.stringify(image))} as image ${index + 1}, which is no reference`]
      : [],
  );
}
