// Shares nothing with the finder, on purpose: see sweep.ts.

function indentOf(line: string): number {
  let at = 0;
  while (line[at] === ' ') at += 1;
  return at;
}

/** Whether a line begins a description; a property may itself be called so: then fields follow, and no text. */
function isDescription(line: string, next: string): boolean {
  if (!line.includes('description:') || !/^\s*(?:- )?description:/.test(line)) return false;
  return !(/:\s*$/.test(line) && /^\s*["']?[A-Za-z$-]+["']?:(?:\s|$)/.test(next));
}

/** Which lines of a CRD belong to a description: the line with the key, and what is indented below it. */
export function documentedLines(lines: readonly string[]): readonly boolean[] {
  let depth = -1;
  return lines.map((line, index) => {
    if (depth >= 0 && indentOf(line) <= depth && /\S/.test(line)) depth = -1;
    if (depth < 0 && isDescription(line, lines[index + 1] ?? '')) depth = indentOf(line);
    return depth >= 0;
  });
}

const DEFINITION = /^ *kind: *["']?CustomResourceDefinition\b/;

/** From where to where the document goes that a line is in, which may stand inside of a text of another one: to what is further out. */
function documentAround(lines: readonly string[], place: number): { readonly from: number; readonly to: number } {
  const depth = indentOf(lines[place] ?? '');
  const isInside = (line: string | undefined): boolean =>
    line !== undefined && !/^\s*---/.test(line) && (indentOf(line) >= depth || !/\S/.test(line));
  let from = place;
  let to = place;
  while (isInside(lines[from - 1])) from -= 1;
  while (isInside(lines[to + 1])) to += 1;
  return { from, to };
}

/** Which lines of a page belong to a description of a custom resource, in definitions of the page itself, and in those in texts of it. */
export function documentedInDefinitions(lines: readonly string[]): readonly boolean[] {
  const documented: boolean[] = [];
  lines.forEach((line, place) => {
    if (!line.includes('CustomResourceDefinition') || !DEFINITION.test(line)) return;
    const { from, to } = documentAround(lines, place);
    for (const [index, is] of documentedLines(lines.slice(from, to + 1)).entries())
      if (is) documented[from + index] = true;
  });
  return documented;
}
