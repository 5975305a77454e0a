// Shares nothing with the finder, on purpose: see sweep.ts.

/** A suspicious word of a page of text. `line` and `index` count from 0. */
export interface Word {
  readonly line: number;
  readonly index: number;
  readonly text: string;
}

/** Lines of a page; `isOwn` tells those that name the target, `sources` are names at Docker Hub that the chart uses. */
export interface SplitQuery {
  readonly lines: readonly string[];
  readonly isOwn: (text: string) => boolean;
  readonly sources: ReadonlySet<string>;
}

const NAME = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
// a key in YAML, JSON (also inside a string) or properties
const BEFORE = '(?:^|(?<=[\\s{,"\'\\\\]))(?:- )?["\']?';
const AFTER = '\\\\?["\']?\\s*[:=]\\s*\\\\?["\']?';
const FIELD = new RegExp(
  `(${BEFORE}([\\w.-]*?(?:repository|repo|image|image_?name|container))${AFTER})(${NAME}(?:/${NAME})*)(?=\\\\?["']?\\s*(?:[,}\\]#]|$))`,
  'gi',
);
// a quick look, since most lines have no such field
const FIELD_HINT = /repo|image|container/i;
const REGISTRY_FIELD = new RegExp(`${BEFORE}[\\w.-]*(?:registry|repository|repo|hub|host|prefix|url)${AFTER}`, 'i');
const TAG_FIELD = new RegExp(`${BEFORE}[\\w.-]*(?:tag|version|digest|release)${AFTER}`, 'i');
const WORK_FIELD = new RegExp(`${BEFORE}(?:command|args|script)\\\\?["']?\\s*:`);
// how far away the other fields of the same map may stand
const NEAR_LINES = 4;
const NEAR_CHARACTERS = 160;

/** The nearest of some lines, but those that stand deeper than what is between them and the line itself: they are of other maps. */
function sameOrOuter(lines: readonly string[], own: number): readonly string[] {
  let depth = own;
  return lines.filter((text) => {
    const column = text.search(/[^\s-]/);
    if (column < 0 || column > depth) return false;
    depth = column;
    return true;
  });
}

/** The texts where other fields of the same map may be, or of one around it: the lines around, and what is near on the same line. */
function around(lines: readonly string[], line: number, index: number): readonly string[] {
  const own = lines[line] ?? '';
  const from = Math.max(0, index - NEAR_CHARACTERS);
  const near = own.slice(from, index + NEAR_CHARACTERS).split(/(?<=[,{])/);
  const depth = own.search(/[^\s-]/);
  return [
    ...sameOrOuter(lines.slice(Math.max(0, line - NEAR_LINES), line).reverse(), depth),
    ...near,
    ...sameOrOuter(lines.slice(line + 1, line + NEAR_LINES + 1), depth),
  ];
}

function isSuspicious(key: string, name: string, beside: readonly string[], query: SplitQuery): boolean {
  if (beside.some((text) => REGISTRY_FIELD.test(text) && query.isOwn(text))) return false;
  const single = !name.includes('/');
  if (single && key.toLowerCase() !== 'image') return false;
  if (query.sources.has(name)) return true;
  // `image: parameter.image` is an expression of a program
  if (single && /\.image$/i.test(name)) return false;
  if (single) return beside.some((text) => WORK_FIELD.test(text));
  return /image$/i.test(key) || beside.some((text) => TAG_FIELD.test(text));
}

/**
 * Names without host and tag in fields such as `repository: org/app`, which a program joins with parts that stand
 * elsewhere. A registry at the target beside it makes it harmless. A name counts when the chart uses it as a source,
 * or by what stands beside it: a tag or version, or a command beside `image: tool`.
 */
export function splitNames(query: SplitQuery): readonly Word[] {
  return query.lines.flatMap((text, line) =>
    (FIELD_HINT.test(text) ? [...text.matchAll(FIELD)] : []).flatMap((match): readonly Word[] => {
      const [, before = '', key = '', name = ''] = match;
      const beside = around(query.lines, line, match.index);
      return isSuspicious(key, name, beside, query) ? [{ line, index: match.index + before.length, text: name }] : [];
    }),
  );
}
