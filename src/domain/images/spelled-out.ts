import type { ChartText } from '../chart/chart-files.ts';
import { parseReference, type Reference } from '../reference.ts';

/** An image that a template spells out, under a condition or not. */
export interface SpelledOut {
  readonly text: string;
  readonly reference: Reference;
  /** The file as helm shows it, and the line, from 1. */
  readonly shown: string;
  readonly line: number;
}

const IMAGE_LINE = /^\s*(?:- +)?["']?image["']?: *["']?([^\s"'{}#]+)["']?\s*(?:#.*)?$/;

/**
 * The images in the `image:` fields of templates that hold no expression. A single word without tag and digest may be
 * anything, and counts only with them.
 */
export function spelledOut(templates: readonly ChartText[]): readonly SpelledOut[] {
  return templates.flatMap(({ shown, text: file }) =>
    file.split('\n').flatMap((line, index) => {
      const text = IMAGE_LINE.exec(line)?.[1] ?? '';
      const reference = /[:@/]/.test(text) ? parseReference(text) : undefined;
      return reference === undefined ? [] : [{ text, reference, shown, line: index + 1 }];
    }),
  );
}
