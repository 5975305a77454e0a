import { stripVTControlCharacters } from 'node:util';

/** What a text has to fit into. Without columns lines stay as they are: a log wraps them itself. */
export interface Screen {
  readonly rows: number;
  readonly columns: number | undefined;
}

/** A log, or a file: nobody reads a thousand lines of what went well there either. What failed comes on top, one by one. */
export const LOG: Screen = { rows: 60, columns: undefined };

/** What terminals have that do not tell their size (VT100 and most that came after it). */
const USUAL = { rows: 24, columns: 80 };

/** Below this nothing can be read, whatever is done. */
const LEAST = { rows: 10, columns: 20 };

/** The screen of a process: a size that is not told, or told as 0, is the usual one. */
export function screenOf(terminal: boolean, rows: number | undefined, columns: number | undefined): Screen {
  if (!terminal) return LOG;
  return {
    rows: Math.max(LEAST.rows, rows || USUAL.rows),
    columns: Math.max(LEAST.columns, columns || USUAL.columns),
  };
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** A long word with an ellipsis in its middle: registry and tag of a reference stay, and a path keeps its file. */
function shortened(word: string, width: number): string {
  if (widthOf(word) <= width || word !== stripVTControlCharacters(word)) return word;
  const head = Math.floor((width - 1) / 3);
  return `${word.slice(0, head)}…${word.slice(word.length - (width - 1 - head))}`;
}

/**
 * The text on rows of a terminal, broken between words. A word that fits no row gets an ellipsis; with `whole` it stays, since it is
 * to be copied, and the terminal breaks it.
 */
export function folded(line: string, { columns }: Screen, whole = false): readonly string[] {
  if (columns === undefined || widthOf(line) <= columns) return [line];
  const [own = ''] = /^ */.exec(line) ?? [];
  const indent = ' '.repeat(Math.min(own.length + 2, Math.floor(columns / 4)));
  const rows: string[] = [];
  let row = '';
  for (const chunk of line.match(/ *[^ ]+/g) ?? []) {
    const longer = `${row}${chunk}`;
    if (widthOf(longer) <= columns) {
      row = longer;
      continue;
    }
    if (row !== '') rows.push(row.trimEnd());
    const word = chunk.trimStart();
    row = `${indent}${whole ? word : shortened(word, columns - indent.length)}`;
  }
  return [...rows, row];
}

/** How many rows a line takes that is written as it is: a path, or a command, which nothing may cut. */
export function rowsOf(line: string, { columns }: Screen): number {
  return columns === undefined ? 1 : Math.max(1, Math.ceil(widthOf(line) / columns));
}

/** The same screen with fewer rows. */
export function without(screen: Screen, rows: number): Screen {
  return { ...screen, rows: Math.max(1, screen.rows - rows) };
}
