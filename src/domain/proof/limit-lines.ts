const LIMIT = /^(\s*)(?:- )?["']?(?:pattern|enum|maxLength)["']?:/;
const IN_BRACES = /[{,]\s*["']?(?:pattern|enum|maxLength)["']?\s*:/;
const KEY = /^(\s*)(?:- )?["']?([^\s"'#:]+)["']?:(?:\s|$)/;
/** Keys of a schema that name no field. */
const BETWEEN: ReadonlySet<string> = new Set(['properties', 'items', 'additionalProperties']);

// a quick look, since most lines have none
const ANY = /pattern|enum|maxLength/;

function indentOf(line: string): number {
  return line.search(/\S/);
}

/** The field of a schema that a key is of: the nearest key further out that names one. */
function fieldAbove(lines: readonly string[], index: number): string | undefined {
  let indent = indentOf(lines[index] ?? '');
  for (let above = index - 1; above >= 0 && indent > 0; above -= 1) {
    const line = lines[above] ?? '';
    const own = indentOf(line);
    if (own < 0 || own >= indent) continue;
    const [, blanks, name] = KEY.exec(line) ?? [];
    if (blanks === undefined || name === undefined) continue;
    indent = own;
    if (!BETWEEN.has(name)) return name;
  }
  return undefined;
}

/**
 * Whether a definition may have a limit on a field with one of these names: told by its lines alone, since such files are long and
 * take far longer to parse. Where it is written in braces, it may.
 */
export function mayLimit(text: string, names: ReadonlySet<string>): boolean {
  if (!ANY.test(text)) return false;
  const lines = text.split('\n');
  return lines.some((line, index) => {
    if (!ANY.test(line)) return false;
    if (IN_BRACES.test(line)) return true;
    const field = LIMIT.test(line) ? fieldAbove(lines, index) : undefined;
    return field !== undefined && names.has(field);
  });
}
