const LIMIT = /^(\s*)(?:- )?["']?(?:pattern|enum|maxLength)["']?:/;
const IN_BRACES = /[{,]\s*["']?(?:pattern|enum|maxLength)["']?\s*:/;
const KEY = /^(\s*)(?:- )?["']?([^\s"'#:]+)["']?:(?:\s|$)/;
/** Keys of a schema that name no field. */
const BETWEEN: ReadonlySet<string> = new Set(['properties', 'items', 'additionalProperties']);

/**
 * Whether a definition may have a limit on a field with one of these names: told by its lines alone, since such files are long and
 * take far longer to parse. Where it is written in braces, it may.
 */
export function mayLimit(text: string, names: ReadonlySet<string>): boolean {
  const above: { readonly indent: number; readonly name: string }[] = [];
  for (const line of text.split('\n')) {
    if (IN_BRACES.test(line)) return true;
    const [, blanks = '', name] = KEY.exec(line) ?? [];
    if (name === undefined) continue;
    const indent = blanks.length;
    while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
    const field = LIMIT.test(line) ? above.findLast((one) => !BETWEEN.has(one.name)) : undefined;
    if (field !== undefined && names.has(field.name)) return true;
    above.push({ indent, name });
  }
  return false;
}
