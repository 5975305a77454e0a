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

/** A part of a page: its first line and the one behind its last. */
export interface Lines {
  readonly from: number;
  readonly to: number;
}

/** The document that a line is in, which may stand inside of a text of another one: up to what is further out. */
function documentAround(lines: readonly string[], place: number): Lines {
  const depth = indentOf(lines[place] ?? '');
  const isInside = (line: string | undefined): boolean =>
    line !== undefined && !/^\s*---/.test(line) && (indentOf(line) >= depth || !/\S/.test(line));
  let from = place;
  let to = place + 1;
  while (isInside(lines[from - 1])) from -= 1;
  while (isInside(lines[to])) to += 1;
  return { from, to };
}

/** The definitions of custom resources in a page: those of the page itself, and those in texts of it. */
export function definitionsIn(lines: readonly string[]): readonly Lines[] {
  return lines.flatMap((line, place) =>
    line.includes('CustomResourceDefinition') && DEFINITION.test(line) ? [documentAround(lines, place)] : [],
  );
}

/** Which lines of a page belong to a description of a custom resource, in all of its definitions. */
export function documentedInDefinitions(lines: readonly string[]): readonly boolean[] {
  const documented: boolean[] = [];
  for (const { from, to } of definitionsIn(lines))
    for (const [index, is] of documentedLines(lines.slice(from, to)).entries()) if (is) documented[from + index] = true;
  return documented;
}
