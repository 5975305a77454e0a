// Shares nothing with the finder, on purpose: see sweep.ts.

/** The defaults of a definition as the fields that objects get, and the line of each in the definition. */
export interface DefaultFields {
  readonly lines: readonly string[];
  readonly at: readonly number[];
}

const OPEN = /^(\s*)["']?([\w-]+)["']?:\s*$/;
const DEFAULT = /^(\s*)["']?default["']?:\s+(["']?[^\s{["'].*)$/;
const INLINE = /^(\s*)["']?([\w-]+)["']?:\s*\{(?:[^{}]*[,\s])?["']?default["']?:\s*(["']?)([^\s"',{}]+)\3[^{}]*\}\s*$/;
// a longer line is no property with a name as its default
const LONGEST = 1000;

/**
 * The schema of a custom resource, read as the object that its defaults make: `repository: {type: string, default: org/app}`
 * becomes `repository: org/app`, at the same depth. Other properties stay as keys, so that maps are told apart.
 */
export function defaultFields(lines: readonly string[]): DefaultFields {
  const made: string[] = [];
  const at: number[] = [];
  const keys: { readonly depth: number; readonly place: number }[] = [];
  const add = (text: string, line: number): void => {
    made.push(text);
    at.push(line);
  };
  lines.forEach((text, line) => {
    if (text === '' || text.length > LONGEST) return;
    const isDefault = text.includes('default');
    const [, indent = '', key = '', , value = ''] = (isDefault ? INLINE.exec(text) : undefined) ?? [];
    const [, own = '', said = ''] = (isDefault ? DEFAULT.exec(text) : undefined) ?? [];
    const depth = text.search(/\S/);
    while (depth >= 0 && (keys.at(-1)?.depth ?? -1) >= depth) keys.pop();
    const holder = keys.at(-1);
    if (value !== '') add(`${indent}${key}: ${value}`, line);
    else if (said !== '' && holder !== undefined && holder.depth < own.length) {
      made[holder.place] += ` ${said}`;
      at[holder.place] = line;
    } else if (OPEN.test(text)) {
      keys.push({ depth, place: made.length });
      add(text.trimEnd(), line);
    }
  });
  return { lines: made, at };
}
