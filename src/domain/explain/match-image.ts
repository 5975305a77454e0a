import { referenceName } from '../check/references.ts';
import { fitsPattern, isImagePattern } from '../images/exclusion.ts';
import type { Reference } from '../reference.ts';
import { nearNames } from '../selection.ts';

/** Something that has a name at its source, and perhaps one at the target. */
export interface NamedImage {
  readonly reference: Reference;
  readonly destination: Reference | undefined;
}

const MOST = 5;

/** Whether a text can ask for an image: a reference, with `*` for any characters if wanted. */
export function isImageQuestion(text: string): boolean {
  return isImagePattern(text);
}

/**
 * Whether an image is asked for, by its name at the source or at the target: without a tag any tag, without a digest any
 * digest; `*` stands for any characters. A registry alone (`nvcr.io`) is asked for by its host.
 */
export function fitsQuestion(asked: string, { reference, destination }: NamedImage): boolean {
  const names = destination === undefined ? [reference] : [reference, destination];
  return names.some((one) => referenceName(one) === asked || fitsPattern(asked, one));
}

/** What people call a reference: its name with and without tag, registry and owner. */
function callNames(reference: Reference): readonly string[] {
  const bare = { ...reference, tag: undefined, digest: undefined };
  const last = reference.repository.slice(reference.repository.lastIndexOf('/') + 1);
  return [referenceName(reference), referenceName(bare), reference.repository, last].filter((name) => name !== '');
}

/** Names near to one that fits nothing, the nearest first, at most five. */
export function nearImages(asked: string, known: readonly NamedImage[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const { reference, destination } of known) {
    for (const name of callNames(reference)) byName.set(name, byName.get(name) ?? referenceName(reference));
    if (destination !== undefined) byName.set(referenceName(destination), referenceName(destination));
  }
  const plain = asked.replace(/\*/g, '');
  const bare = plain.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const last = bare.slice(bare.lastIndexOf('/') + 1);
  const near = [plain, bare, last].flatMap((one) => (one === '' ? [] : nearNames(one, byName.keys())));
  return [...new Set(near.flatMap((name) => byName.get(name) ?? []))].slice(0, MOST);
}
