// Shares nothing with the finder, on purpose: see sweep.ts.

/** Which lines of a CRD belong to a description: the line with the key, and what is indented below it. */
export function documentedLines(lines: readonly string[]): readonly boolean[] {
  let depth = -1;
  return lines.map((line, index) => {
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (/\S/.test(line) && indent <= depth) depth = -1;
    // a property may itself be called description: then fields follow, and no text
    const isProperty = /:\s*$/.test(line) && /^\s*["']?[A-Za-z$-]+["']?:(?:\s|$)/.test(lines[index + 1] ?? '');
    if (depth < 0 && /^\s*(?:- )?description:/.test(line) && !isProperty) depth = indent;
    return depth >= 0;
  });
}
