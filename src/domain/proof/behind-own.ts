// Shares nothing with the finder, on purpose: see sweep.ts.
import { fieldsAround } from './line-maps.ts';
import type { Word } from './split-names.ts';

/** What is planned: `own` matches what stands at the target, and `isPlanned` tells whether a text is a whole planned reference. */
interface Plans {
  readonly own: RegExp;
  readonly isPlanned: (text: string) => boolean;
}

const BEFORE = /[\w.-]\\?["']?\s*[:=]\s*\\?["']?$/;
const BEHIND = /^\\?["']?\s*(?:[,}\]#]|$)/;
const VARIABLE = /name\\?["']?:\s*\\?["']?\w*(?:registry|repository|repo|hub|host|prefix)\\?["']?\s*(?:,\s*|$)/i;
// how many lines away another variable of the same list may stand
const NEAR = 8;

/** What the other fields of the map say in which a place is, and variables for registries that stand near it. */
function beside(lines: readonly string[], { line, index }: Word): readonly string[] {
  const fields = fieldsAround(lines, line, index).map(({ value }) => value);
  const near = lines.slice(Math.max(0, line - NEAR), line + NEAR + 1);
  const variables = near.flatMap((text, at) => (VARIABLE.test(text) ? [text, near[at + 1] ?? ''] : []));
  return [...fields, ...variables];
}

/**
 * Whether a name is all that a field says, and another field beside it says what at the target a program puts before it: both
 * together are a planned reference.
 */
export function isBehindOwn(lines: readonly string[], word: Word, { own, isPlanned }: Plans): boolean {
  const line = lines[word.line] ?? '';
  if (!BEFORE.test(line.slice(0, word.index)) || !BEHIND.test(line.slice(word.index + word.text.length))) return false;
  return beside(lines, word).some((text) =>
    [...text.matchAll(own)].some(([lead]) => isPlanned(`${lead.replace(/\/$/, '')}/${word.text}`)),
  );
}
