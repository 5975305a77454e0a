import { needsGoQuotes } from './go-yaml-meaning.ts';

// How Go's yaml.v3 (v3.0.1, encode.go and emitterc.go) writes a text. It never folds long lines.

/** What its emitter calls unprintable: most control characters, and all that UTF-8 writes in four bytes. */
const UNPRINTABLE = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
/** What is a line break to it, of those that are printable. */
const BREAK = /[\n\u2028\u2029]/;
/** What single quotes cannot say to it, beside unprintable characters: a blank next to a line break. */
const NOT_SINGLE = /[\u2028\u2029] | [\u2028\u2029]/;
const NOT_PLAIN = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@` ]|[-?:](?: |$))|:(?: |$)| #| $|[\u2028\u2029]/;

const SHORT_ESCAPES = new Map([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [0x22, '"'],
  [0x5c, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const short = SHORT_ESCAPES.get(code);
  if (short !== undefined) return `\\${short}`;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function doubleQuoted(text: string): string {
  // its test for a byte order mark looks at the first character whichever it is asked about
  const marked = text.startsWith('\ufeff');
  const characters = [...text].map((one) =>
    marked || UNPRINTABLE.test(one) || BREAK.test(one) || one === '"' || one === '\\' ? escaped(one) : one,
  );
  return `"${characters.join('')}"`;
}

function singleQuoted(text: string, pad: string): string {
  const broken = text.replace(/([\u2028\u2029]+)(?=[^\u2028\u2029])/g, `$1${pad}`);
  return `'${broken.replaceAll("'", "''")}'`;
}

/** Whether a text of several lines becomes a literal block: its lines end without blanks, and all of it is printable. */
function canBeLiteral(text: string): boolean {
  if (UNPRINTABLE.test(text.replaceAll('\t', ' ')) || / (?:$|[\n\u2028\u2029])/.test(text)) return false;
  // here yaml.v3 writes a block that it cannot read, or reads without its first line end: quotes say what is meant
  return !/^[\t\n\u2028\u2029]/.test(text);
}

function literal(text: string, pad: string): string {
  const hint = text.startsWith(' ') ? '2' : '';
  const last = text.at(-1) ?? '';
  const open = BREAK.test(last) ? (BREAK.test(text.at(-2) ?? '\n') ? '+' : '') : '-';
  return `|${hint}${open}\n${text.replace(/[^\n\u2028\u2029]+/g, (line) => pad + line)}`;
}

function scalar(text: string, pad: string): string {
  if (text.includes('\n')) return canBeLiteral(text) ? literal(text, pad) : doubleQuoted(text);
  if (needsGoQuotes(text) || UNPRINTABLE.test(text) || NOT_SINGLE.test(text)) return doubleQuoted(text);
  return NOT_PLAIN.test(text) ? singleQuoted(text, pad) : text;
}

/**
 * One key of a block map with a text, as yaml.v3 writes it with an indentation of two: `key: value` and its line end, without
 * the blanks before the key. `indent` is the column of the key. The same bytes, but for texts of several lines that begin with
 * a tab or a line end: what yaml.v3 writes for them does not read back, so they are in double quotes here. The key is
 * written as it is given.
 */
export function goYamlEntry(key: string, text: string, indent: number): string {
  const value = scalar(text.toWellFormed(), ' '.repeat(indent + 2));
  const ended = value.startsWith('|') && BREAK.test(value.at(-1) ?? '');
  return `${key}: ${value}${ended ? '' : '\n'}`;
}
