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
