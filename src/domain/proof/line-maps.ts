// Shares nothing with the finder, on purpose: see sweep.ts.

/** A key that a line begins with, of YAML or of JSON that is written over lines. */
export interface LineKey {
  readonly line: number;
  readonly name: string;
  readonly value: string;
  readonly column: number;
  readonly isItem: boolean;
}

/** How many lines of a map are looked at before and behind one of its keys. */
const FAR = 200;

const KEY = /^(\s*(?:- +)*)\\?["']?([\w./-]+)\\?["']?\s*:\s*(.*)$/;

/** The key that a line begins with; undefined where it begins with none. */
export function keyAt(lines: readonly string[], line: number): LineKey | undefined {
  const [, before = '', name = '', value = ''] = KEY.exec(lines[line] ?? '') ?? [];
  return name === '' ? undefined : { line, name, value, column: before.length, isItem: before.includes('-') };
}

function depthOf(line: string): number {
  return line.search(/\S/);
}

/** The keys of the map that a key is in, those of the lines around it at the same depth, in their order. */
export function keysBeside(lines: readonly string[], own: LineKey): readonly LineKey[] {
  const { line, column, isItem } = own;
  const read = (at: number, keys: LineKey[]): boolean => {
    const text = lines[at] ?? '';
    if (/^\s*(?:#.*)?$/.test(text)) return true;
    const key = keyAt(lines, at);
    if (key?.column !== column) return depthOf(text) >= column && !/^---/.test(text);
    if (key.isItem && at > line) return false;
    keys.push(key);
    return !key.isItem;
  };
  const before: LineKey[] = [];
  const behind: LineKey[] = [];
  if (!isItem) for (let at = line - 1; at >= Math.max(0, line - FAR) && read(at, before); at -= 1);
  for (let at = line + 1; at < Math.min(lines.length, line + FAR) && read(at, behind); at += 1);
  return [...before.reverse(), own, ...behind];
}

/** The key below which the map of these keys stands; undefined for the outermost. */
export function keyAbove(lines: readonly string[], [first]: readonly LineKey[]): LineKey | undefined {
  if (first === undefined) return undefined;
  const depth = depthOf(lines[first.line] ?? '');
  for (let at = first.line - 1; at >= Math.max(0, first.line - FAR); at -= 1) {
    const own = depthOf(lines[at] ?? '');
    if (own < 0) continue;
    const key = keyAt(lines, at);
    // a list may stand as far out as its key
    const isOuter = key !== undefined && (own < depth || (own === depth && first.isItem && !key.isItem));
    if (isOuter) return key;
    if (own < depth) return undefined;
  }
  return undefined;
}

/** How many characters of a line are looked at before and behind a place. */
const FAR_ALONG = 4000;

/** What stands in the innermost braces around a place of a line, without what is in braces of its own; undefined outside of any. */
export function bracesAround(line: string, place: number): string | undefined {
  const from = Math.max(0, place - FAR_ALONG);
  const text = line.slice(from, place + FAR_ALONG);
  const index = place - from;
  const inner: string[] = [];
  let depth = 0;
  for (let at = index - 1; ; at -= 1) {
    if (at < 0) return undefined;
    const sign = text.charAt(at);
    if (sign === '}') depth += 1;
    else if (sign === '{' && depth === 0) break;
    else if (sign === '{') depth -= 1;
    else if (depth === 0) inner.push(sign);
  }
  inner.reverse();
  for (let at = index; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '{') depth += 1;
    else if (sign === '}' && depth === 0) break;
    else if (sign === '}') depth -= 1;
    else if (depth === 0) inner.push(sign);
  }
  return inner.join('');
}

/** A field of a map, its value without quotes. */
export interface MapField {
  readonly name: string;
  readonly value: string;
}

function bare(text: string): string {
  return text.trim().replace(/^\\?["']|\\?["']?,?$/g, '');
}

/** The fields of the map in which a place of a line is: what is in the innermost braces around it, or the keys of the lines. */
export function fieldsAround(lines: readonly string[], line: number, index: number): readonly MapField[] {
  const braces = bracesAround(lines[line] ?? '', index);
  if (braces !== undefined)
    return braces.split(',').map((field) => {
      const colon = field.indexOf(':');
      return { name: bare(field.slice(0, colon)), value: bare(field.slice(colon + 1)) };
    });
  const key = keyAt(lines, line);
  return key === undefined ? [] : keysBeside(lines, key).map(({ name, value }) => ({ name, value: bare(value) }));
}

/**
 * What stands before the object of which a key begins at the end of a JSON text, which may be a text in another one; undefined
 * where none does. Braces in quoted texts are none.
 */
export function beforeObject(text: string): string | undefined {
  const quote = text.length - 1;
  const escapesBefore = (at: number): number => /\\*$/.exec(text.slice(Math.max(0, at - 8), at))?.[0].length ?? 0;
  const level = escapesBefore(quote);
  if (text[quote] !== '"') return undefined;
  let depth = 0;
  let isQuoted = false;
  for (let at = quote - level - 1; at >= 0; at -= 1) {
    const sign = text[at];
    if (sign === '"') {
      const own = escapesBefore(at);
      if (own < level) return undefined;
      if (own === level) isQuoted = !isQuoted;
    } else if (isQuoted) continue;
    else if (sign === '}') depth += 1;
    else if (sign === '{' && depth === 0) return text.slice(0, at);
    else if (sign === '{') depth -= 1;
  }
  return undefined;
}
