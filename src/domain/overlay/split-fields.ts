import { withSpots } from './replace-spots.ts';

/** Where several fields make a reference together: its whole text, the names of its fields, and the key of their map. */
export interface SplitPlace {
  readonly of: string;
  readonly fields: readonly string[];
  readonly owner: string | undefined;
}

/** A part of references that fields make, and what it must become where one of them says it. */
export interface FieldPart {
  readonly text: string;
  readonly wanted: string;
  readonly places: readonly SplitPlace[];
}

/** The value of one field: `index` is where it begins in its line, behind a quote and the scheme of a registry. */
interface Field {
  readonly key: string;
  readonly value: string;
  readonly index: number;
}

/** The fields of a map, as far as the text spells them. */
interface SpelledMap {
  readonly fields: readonly Field[];
  readonly owner: string | undefined;
  /** Whether an expression prints further fields. */
  readonly isOpen: boolean;
}

/** How many lines of a map, or characters of a line, are looked at before and behind a field. */
const FAR = 200;
const FAR_ALONG = 4000;
/** The longest end of a key, and of what stands between it and its value. */
const LEAD = 64;

const ACTION = /\{\{.*?\}\}/g;
// of the private use area: no character of a key or value, and no brace
const PRINTED = '\ue000';
const ACTIONS_ALONE = /^\s*\ue000[\ue000\s]*$/;
const CONTROL =
  /\{\{-?\s*(?:if|else|end|with|range|define|template|block|break|continue|\/\*|\$\w*\s*(?:,\s*\$\w+\s*)?:?=)/;
const KEY = /^(\s*(?:- +)*)(["']?)([\w./-]+)\2\s*:(?:\s+|$)/;

/** A line with its expressions masked, so that their braces and commas are none of the map's. */
function masked(line: string): string {
  return line.replace(ACTION, (action) => PRINTED.repeat(action.length));
}

function fieldAt(line: string, key: string, from: number, to: number): Field {
  const raw = line.slice(from, to);
  const value = raw.trimEnd().replace(/["']$/, '').replace(/\/$/, '');
  const start = /^["']?(?:oci:\/\/)?/.exec(raw)?.[0].length ?? 0;
  return { key, value: value.slice(start), index: from + start };
}

/** The field that a line begins with, and the column of its key. */
function lineField(
  line: string,
): { readonly field: Field; readonly column: number; readonly isItem: boolean } | undefined {
  const match = KEY.exec(line);
  if (match === null) return undefined;
  const [whole, before = '', , key = ''] = match;
  const rest = line.slice(whole.length);
  const end = /^(?:"[^"]*"|'[^']*'|(?:(?!\s#|,\s*$).)*)/.exec(rest)?.[0].length ?? 0;
  // what follows a quoted value is no part of it
  if (!/^\s*,?\s*(?:#.*)?$/.test(rest.slice(end))) return undefined;
  const field = fieldAt(line, key, whole.length, whole.length + end);
  return { field, column: before.length, isItem: before.includes('-') };
}

function depthOf(line: string): number {
  return line.search(/\S/);
}

// the map or list of JSON that is written over lines begins
const OPENING = /^\s*[{[]\s*$/;

/** The key under which the map or list stands that begins below a line: one that is further out. */
function ownerAbove(lines: readonly string[], from: number, start: number, isItem: boolean): string | undefined {
  let depth = start;
  for (let at = from; at >= Math.max(0, from - FAR); at -= 1) {
    const line = lines[at] ?? '';
    const own = depthOf(line);
    if (own < 0 || ACTIONS_ALONE.test(line) || /^\s*#/.test(line)) continue;
    if (OPENING.test(line)) {
      depth = Math.min(depth, own);
      continue;
    }
    const found = lineField(line.replace(/[{[]\s*$/, ''));
    const isOuter = own < depth || (isItem && own === depth && found?.isItem === false);
    if (isOuter) return found?.field.value === '' ? found.field.key : undefined;
  }
  return undefined;
}

/** The map of a line that is one field: the lines around it at the same depth. */
function blockMap(lines: readonly string[], raw: readonly string[], line: number): SpelledMap | undefined {
  const own = lineField(lines[line] ?? '');
  if (own === undefined) return undefined;
  const fields = [own.field];
  let isOpen = false;
  let first = { at: line, isItem: own.isItem };
  /** Reads a line, and tells whether the map goes on behind it. */
  const read = (at: number): boolean => {
    const text = lines[at] ?? '';
    if (ACTIONS_ALONE.test(text)) isOpen ||= !CONTROL.test(raw[at] ?? '');
    if (depthOf(text) < 0 || ACTIONS_ALONE.test(text) || /^\s*#/.test(text)) return true;
    const found = lineField(text);
    if (/^---/.test(text) || found?.column !== own.column) return depthOf(text) >= own.column && !/^---/.test(text);
    if (found.isItem && at > line) return false;
    fields.push(found.field);
    if (at < line) first = { at, isItem: found.isItem };
    return !found.isItem;
  };
  if (!own.isItem) for (let at = line - 1; at >= Math.max(0, line - FAR) && read(at); at -= 1);
  for (let at = line + 1; at < Math.min(lines.length, line + FAR) && read(at); at += 1);
  return { fields, isOpen, owner: ownerAbove(lines, first.at - 1, depthOf(lines[first.at] ?? ''), first.isItem) };
}

const ENTRY = /(?:^|[{,])\s*(["']?)([\w./-]+)\1\s*:\s*("[^"]*"|'[^']*'|[^,{}]*)/g;

/** The innermost map in braces around a place of a line. */
function flowMap(lines: readonly string[], line: number, index: number): SpelledMap | undefined {
  const text = lines[line] ?? '';
  let depth = 0;
  let open = index;
  for (const end = Math.max(0, index - FAR_ALONG); open >= end; open -= 1) {
    if (text[open] === '}') depth += 1;
    else if (text[open] === '{' && depth === 0) break;
    else if (text[open] === '{') depth -= 1;
  }
  if (text[open] !== '{') return undefined;
  let close = index;
  for (depth = 0; close < Math.min(text.length, index + FAR_ALONG); close += 1) {
    if (text[close] === '{') depth += 1;
    else if (text[close] === '}' && depth === 0) break;
    else if (text[close] === '}') depth -= 1;
  }
  // what stands in maps of its own is none of its fields
  let inner = text.slice(open + 1, close);
  for (let before = ''; before !== inner; ) {
    before = inner;
    inner = inner.replace(/\{[^{}]*\}/g, (nested) => PRINTED.repeat(nested.length));
  }
  const fields = [...inner.matchAll(ENTRY)].map((match) => {
    const [whole, , key = '', value = ''] = match;
    const from = open + 1 + match.index + whole.length - value.length;
    return fieldAt(text, key, from, from + value.length);
  });
  const before = /([\w.-]+)["']?\s*:\s*$/.exec(text.slice(Math.max(0, open - LEAD), open))?.[1];
  return { fields, isOpen: false, owner: before ?? ownerAbove(lines, line - 1, depthOf(text), true) };
}

/** Whether a map makes the reference of a place, as far as it is spelled out. */
function isMapOf({ fields, owner, isOpen }: SpelledMap, place: SplitPlace, part: string): boolean {
  const isThere = place.fields.every((name) => {
    const [head = ''] = name.split('.');
    const beside = fields.filter(({ key }) => key === head);
    if (beside.length === 0) return isOpen && part.includes('/');
    return beside.some(
      ({ value }) => head !== name || value.includes(PRINTED) || (value !== '' && place.of.includes(value)),
    );
  });
  // a single word may be anything: the key of the map, or its own, has to speak for an image as well
  const isSaid = /[/.:]/.test(part) || (owner !== undefined && owner === place.owner);
  return isThere && (isSaid || place.fields.some((name) => /image/i.test(name)));
}

const IN_FIELD = /[\w./-]["']?\s*:\s*["']?(?:oci:\/\/)?$/;
/** Where a text may be what a field says. */
function placesIn(line: string, text: string): readonly number[] {
  const places: number[] = [];
  for (let index = line.indexOf(text); index >= 0; index = line.indexOf(text, index + 1))
    if (IN_FIELD.test(line.slice(Math.max(0, index - LEAD), index))) places.push(index);
  return places;
}

/**
 * What lines become in which fields say parts of references: a part is replaced where it is all that a field of this name says, and
 * only in a map that has the other fields of the same reference. What only is called alike stays.
 */
export function fieldsIn(raw: readonly string[], parts: readonly FieldPart[]): (line: string, at: number) => string {
  let lines: readonly string[] | undefined;
  const isField = (at: number, index: number, { text, places }: FieldPart): boolean => {
    lines ??= raw.map(masked);
    const map = flowMap(lines, at, index) ?? blockMap(lines, raw, at);
    const field = map?.fields.find((one) => one.index === index && one.value === text);
    if (map === undefined || field === undefined) return false;
    return places.some((place) => place.fields.includes(field.key) && isMapOf(map, place, text));
  };
  return (line, at) =>
    withSpots(
      line,
      parts.flatMap((part) =>
        placesIn(line, part.text).flatMap((index) => (isField(at, index, part) ? [{ ...part, index }] : [])),
      ),
    );
}
