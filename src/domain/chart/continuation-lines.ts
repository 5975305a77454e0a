// go-yaml, and so helm, does not mind how far a line is indented that goes on with a quoted text, stands inside of
// brackets, or begins a block text (`|`) below its key. The reader used here does. Such lines are pushed to the right, where they mean the same to both.

const PUSH = ' '.repeat(1000);

/** Where the text stands between two lines. */
interface State {
  /** The quote of a text that is open. */
  quote: '"' | "'" | undefined;
  /** How many brackets are open. */
  depth: number;
  /** Inside brackets: whether a plain word is going on, in which quotes are letters. */
  word: boolean;
  /** The column that the lines of a block text stand behind. */
  block: number | undefined;
  /** The column of the key that the line ended with, whose value may begin in the next. */
  openKey: number | undefined;
}

/** The index behind the end of an open quoted text, or undefined when it goes on in the next line. Of `''` the second opens another. */
function endOfQuote(line: string, from: number, quote: '"' | "'"): number | undefined {
  for (let at = from; at < line.length; at += 1) {
    const char = line[at];
    if (char === '\\' && quote === '"') at += 1;
    else if (char === quote) return at + 1;
  }
  return undefined;
}

function isComment(line: string, at: number): boolean {
  return line[at] === '#' && (at === 0 || /\s/.test(line[at - 1] ?? ''));
}

/** Reads on inside brackets; the index behind the last one, or undefined when they stay open. */
function readFlow(line: string, from: number, state: State): number | undefined {
  let at = from;
  while (at < line.length) {
    const char = line[at] ?? '';
    if (isComment(line, at)) return undefined;
    if (/[[\]{},]/.test(char)) {
      state.word = false;
      if (/[[{]/.test(char)) state.depth += 1;
      if (/[\]}]/.test(char)) state.depth -= 1;
      at += 1;
      if (state.depth === 0) return at;
    } else if (!state.word && (char === '"' || char === "'")) {
      const end = endOfQuote(line, at + 1, char);
      if (end === undefined) {
        state.quote = char;
        return undefined;
      }
      at = end;
    } else {
      // a colon ends the word that is a key; a blank ends none
      if (char === ':' && /^[\s"'[{]|^$/.test(line.slice(at + 1, at + 2))) state.word = false;
      else if (/[^\s:]/.test(char)) state.word = true;
      at += 1;
    }
  }
  return undefined;
}

const PLAIN_KEY = /^(?:[^\s#:]|:(?=\S)|[ \t]+(?![#\s])|(?<=\S)#)*:(?=\s|$)/;

/** Reads a line of block style from where a value or key may begin. */
function readBlock(line: string, from: number, state: State): void {
  let [at, column] = [from, from];
  for (;;) {
    at += /^\s*/.exec(line.slice(at))?.[0].length ?? 0;
    const rest = line.slice(at);
    const skip = /^(?:[-?:](?=\s|$)|[&!][^\s]*(?=\s|$))/.exec(rest)?.[0];
    if (rest === '' || isComment(line, at)) return;
    const above = state.openKey;
    // an anchor or a tag stands before the value
    if (!/^[&!]/.test(rest)) state.openKey = undefined;
    if (skip !== undefined) {
      if (skip === '-' || skip === '?') column = at;
      at += skip.length;
    } else if (/^[|>][-+0-9]*\s*(?:#.*)?$/.test(rest)) {
      state.block = above ?? column;
      return;
    } else if (/^[[{]/.test(rest)) {
      const end = readFlow(line, at, state);
      if (end === undefined) return;
      at = end;
    } else if (rest[0] === '"' || rest[0] === "'") {
      column = at;
      const end = endOfQuote(line, at + 1, rest[0]);
      if (end === undefined) {
        state.quote = rest[0];
        return;
      }
      at = end;
      if (!/^:(?=\s|$)/.test(line.slice(at))) continue;
      at += 1;
      state.openKey = column;
    } else {
      const key = PLAIN_KEY.exec(rest)?.[0];
      if (key === undefined) return;
      column = at;
      at += key.length;
      state.openKey = column;
    }
  }
}

const HEADER = /^\s*[|>][-+0-9]*\s*(?:#.*)?$/;

function readLine(line: string, state: State): void {
  let at = 0;
  if (state.quote !== undefined) {
    const end = endOfQuote(line, 0, state.quote);
    if (end === undefined) return;
    state.quote = undefined;
    at = end;
  }
  if (state.depth > 0) {
    const end = readFlow(line, at, state);
    if (end === undefined) return;
    at = end;
  }
  readBlock(line, at, state);
}

/** The text with the lines pushed to the right that go on with a quoted text, stand inside of brackets, or begin a block text. */
export function pushContinuations(text: string): string {
  const state: State = { quote: undefined, depth: 0, word: false, block: undefined, openKey: undefined };
  return text
    .split('\n')
    .map((line) => {
      const indent = /\S/.test(line) ? line.search(/\S/) : undefined;
      if (state.block !== undefined) {
        if (indent === undefined || indent > state.block) return line;
        state.block = undefined;
      }
      const goesOn = state.quote !== undefined || state.depth > 0 || (state.openKey !== undefined && HEADER.test(line));
      readLine(line, state);
      return goesOn && indent !== undefined ? PUSH + line : line;
    })
    .join('\n');
}

/** The text with its lines where they were. */
export function pullContinuations(text: string): string {
  return text.replaceAll(new RegExp(`^${PUSH}`, 'gm'), '');
}
