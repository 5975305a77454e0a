import type { Scalar } from 'yaml';
import { kindOfPlain } from '../chart/plain-scalar.ts';
import { quoted } from './emit-yaml.ts';

/** A replacement inside a scalar's value; offsets are in characters of the value. */
export interface ValueEdit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** The value after the edits. */
export function applyEdits(value: string, edits: readonly ValueEdit[]): string {
  return [...edits]
    .sort((a, b) => b.offset - a.offset)
    .reduce((text, edit) => text.slice(0, edit.offset) + edit.text + text.slice(edit.offset + edit.length), value);
}

const PLAIN_SAFE = /^[A-Za-z][A-Za-z0-9._/@:-]*[A-Za-z0-9]$/;

/** The text of a flow scalar in the style it had, where that can say the value; else in double quotes. */
export function flowText(style: Scalar['type'], after: string): string {
  if (style === 'QUOTE_SINGLE' && /^[ -&(-~]*$/.test(after)) return `'${after}'`;
  if (style === 'PLAIN' && PLAIN_SAFE.test(after) && kindOfPlain(after) === 'string') return after;
  return quoted(after);
}

function occurrences(text: string, word: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) found.push(at);
  return found;
}

/** The word that an edit stands in or before: it finds the same spot again in the scalar's source. */
function wordAt(value: string, edit: ValueEdit): string {
  const rest = value.slice(edit.offset + edit.length);
  return value.slice(edit.offset, edit.offset + edit.length) + (/^[A-Za-z0-9._/@:+-]*/.exec(rest)?.[0] ?? '');
}

function editInPlace(source: string, value: string, edits: readonly ValueEdit[]): string | undefined {
  let text = source;
  for (const edit of [...edits].sort((a, b) => b.offset - a.offset)) {
    const word = wordAt(value, edit);
    if (word === '') return undefined;
    const inValue = occurrences(value, word);
    const inSource = occurrences(source, word);
    const at = inSource[inValue.indexOf(edit.offset)];
    if (inValue.length !== inSource.length || at === undefined) return undefined;
    text = text.slice(0, at) + edit.text + text.slice(at + edit.length);
  }
  return text;
}

/**
 * The new source of a scalar, in its own style where that can say the new value: quotes stay quotes, a plain word
 * stays plain when it still reads as the same string, a text of several lines keeps its lines. Undefined when a block
 * cannot be edited in place.
 */
export function scalarSource(
  source: string,
  scalar: Scalar,
  value: string,
  edits: readonly ValueEdit[],
): string | undefined {
  const after = applyEdits(value, edits);
  if (scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED') {
    // the header line may carry a comment that says the same words
    const body = source.indexOf('\n') + 1;
    const edited = editInPlace(source.slice(body), value, edits);
    return edited === undefined ? undefined : source.slice(0, body) + edited;
  }
  return source.includes('\n') ? (editInPlace(source, value, edits) ?? quoted(after)) : flowText(scalar.type, after);
}
