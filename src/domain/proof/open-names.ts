// Shares nothing with the finder, on purpose: see sweep.ts.
import { fieldsAround } from './line-maps.ts';
import type { Word } from './split-names.ts';

// what programs, shells and templates fill in: $(VERSION), ${VERSION}, $VERSION, {version}, {{ .Version }}, %s, <version>
const OPEN = /\$[({]|\$[A-Z_]{2}|(?<!\$)\{|%[a-z]|<[a-z]/gi;
const PART = /[\w./:@-]/;
const STEP = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
const NAME = new RegExp(`^${STEP}(?::\\d+)?(?:/${STEP})*(?:[:@][\\w.:-]*|[._/-]+)?$`, 'i');
const KEY = /(?<![\w.-])([\w.-]{1,100})\\{0,8}["']?\s{0,8}[:=]\s{0,8}\\{0,8}["']?$/;
// a quick look, since most lines have no such field
const HINT = /image/i;
const OF_IMAGE = /image(?:_?(?:template|format|pattern))?$/i;
// how many characters a name may have, and the key before it
const LONGEST_NAME = 255;
const LONGEST_KEY = 150;

/** Whether a field, or the variable whose value it is, is called after an image. */
function isImageField(lines: readonly string[], line: number, index: number): boolean {
  const before = (lines[line] ?? '').slice(Math.max(0, index - LONGEST_KEY), index);
  const key = KEY.exec(before)?.[1] ?? '';
  if (OF_IMAGE.test(key)) return true;
  if (key !== 'value') return false;
  const variable = fieldsAround(lines, line, index).find(({ name }) => name === 'name')?.value;
  return variable !== undefined && OF_IMAGE.test(variable);
}

/** Where the name begins that ends at a place; the place itself where none does. */
function beginOf(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at <= LONGEST_NAME && PART.test(text.charAt(at - 1))) at -= 1;
  return at;
}

function openIn(lines: readonly string[], line: number): readonly Word[] {
  const text = lines[line] ?? '';
  return [...text.matchAll(OPEN)].flatMap(({ index: end }): readonly Word[] => {
    const index = beginOf(text, end);
    const name = text.slice(index, end);
    if (!/[/:]/.test(name) || !NAME.test(name) || !isImageField(lines, line, index)) return [];
    return [{ line, index, text: name.replace(/[:@._/-]+$/, '') }];
  });
}

/**
 * Names in fields for images that a program completes, so that the whole stands nowhere: `X_IMAGE=org/app:$(VERSION)`. A single
 * word counts with a tag only.
 */
export function openNames(lines: readonly string[]): readonly Word[] {
  // the name of a variable may stand in the line before its value, or behind
  const isNear = lines.map((text) => HINT.test(text));
  return lines.flatMap((_, line) =>
    [line - 1, line, line + 1].some((near) => isNear[near]) ? openIn(lines, line) : [],
  );
}
