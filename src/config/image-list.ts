import type { ListedImage } from '../domain/listed-image.ts';
import { parseReference, type Reference } from '../domain/reference.ts';
import { type Complaint, flagProblem, type Problem, problemAt, shown } from './problems.ts';

/** A list of images as it was read, or all that is wrong with it. */
export interface ImageListResult {
  readonly images: readonly ListedImage[];
  readonly problems: readonly Problem[];
}

interface Word {
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

const LIKE = 'write it like quay.io/team/app:1.2.3';

function wordsOf(line: string): readonly Word[] {
  // a reference has no such sign, so that what stands behind one is a remark
  const [said = ''] = line.split('#', 1);
  return [...said.matchAll(/\S+/g)].map(({ 0: text, index }) => ({ text, column: index + 1 }));
}

function sourceFault(text: string): Complaint | undefined {
  if (parseReference(text) !== undefined) return undefined;
  const scheme = /^[a-z-]+:\/\//.exec(text)?.[0];
  if (scheme !== undefined) return { what: `${shown(text)} begins with ${scheme}`, instead: `leave that out: ${LIKE}` };
  return { what: `${shown(text)} is no image reference`, instead: LIKE };
}

function targetFault(text: string): Complaint | undefined {
  const reference = parseReference(text);
  if (reference === undefined) return sourceFault(text);
  if (reference.digest === undefined) return undefined;
  return { what: `the target ${shown(text)} names a digest`, instead: 'leave it out: the source decides the digest' };
}

function readLine(line: string, place: { readonly file: string; readonly line: number }): ImageListResult {
  const [source, target, ...more] = wordsOf(line);
  if (source === undefined) return { images: [], problems: [] };
  const problems: Problem[] = [];
  const complain = (column: number, complaint: Complaint | undefined): void => {
    if (complaint !== undefined) problems.push(problemAt({ ...place, column }, complaint));
  };
  complain(source.column, sourceFault(source.text));
  if (target !== undefined) complain(target.column, targetFault(target.text));
  const [extra] = more;
  if (extra !== undefined)
    complain(extra.column, { what: 'there are more than two words', instead: 'write SOURCE or SOURCE TARGET' });
  const from = parseReference(source.text);
  const to: Reference | undefined = target === undefined ? undefined : parseReference(target.text);
  if (from === undefined || problems.length > 0) return { images: [], problems };
  return {
    images: [{ source: from, target: to, place: { ...place, column: source.column, key: undefined } }],
    problems,
  };
}

/**
 * Reads a list of images: one reference a line, or a source and a target; empty lines and what stands behind `#` are passed
 * over. `file` is how the user named it. A list without an image is a problem: the program before may have failed.
 */
export function readImageList(text: string, file: string): ImageListResult {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const read = lines.map((line, index) => readLine(line, { file, line: index + 1 }));
  const images = read.flatMap((one) => one.images);
  const problems = read.flatMap((one) => one.problems);
  if (images.length === 0 && problems.length === 0) {
    const what = `${file} names no image`;
    return { images, problems: [flagProblem('--images', { what, instead: 'write one reference a line' })] };
  }
  return { images, problems };
}

/** What is wrong with targets that a list names, where everything is to go to one registry. */
export function foreignTargets(images: readonly ListedImage[], host: string): readonly Problem[] {
  return images.flatMap(({ target, place }) => {
    if (target === undefined || target.registry === host) return [];
    const what = `the target is at ${target.registry}, and the target registry is ${host}`;
    return [problemAt(place, { what, instead: `name it with ${host}/, or run once for each registry` })];
  });
}
