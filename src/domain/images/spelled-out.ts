import type { ChartText } from '../chart/chart-files.ts';
import type { Reference } from '../reference.ts';
import { isCarried } from './image-use.ts';
import { wholeReference } from './reference-text.ts';
import { isInCluster } from './registry-hosts.ts';

/** An image that a template spells out, under a condition or not. */
export interface SpelledOut {
  readonly text: string;
  readonly reference: Reference;
  /** The file as helm shows it, and the line, from 1. */
  readonly shown: string;
  readonly line: number;
}

const IMAGE_LINE = /^\s*(?:- +)?["']?image["']?: *["']?([^\s"'{}#]+)["']?\s*(?:#.*)?$/;

const COMMENT = /\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/g;

/** The text without the comments of templates; every other line keeps its number. */
function withoutComments(text: string): string {
  return text.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ''));
}

/**
 * The images in the `image:` fields of templates that hold no expression. A single word without tag and digest may be
 * anything, and counts only with them. What helm prints for people (NOTES.txt) and comments hold none, words that stand
 * for a real name are none, and a registry inside of the cluster has none to move.
 */
export function spelledOut(templates: readonly ChartText[]): readonly SpelledOut[] {
  return templates.flatMap(({ shown, text: file }) => {
    if (shown.endsWith('/NOTES.txt') || !file.includes('image')) return [];
    return withoutComments(file)
      .split('\n')
      .flatMap((line, index) => {
        const found = wholeReference(IMAGE_LINE.exec(line)?.[1] ?? '', 'image');
        if (found === undefined || !isCarried(found.role) || isInCluster(found.reference.registry)) return [];
        return [{ text: found.text, reference: found.reference, shown, line: index + 1 }];
      });
  });
}
