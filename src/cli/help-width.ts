/** A command to be copied: it stays one line. */
const COMMAND = /^\s*\$ /;

function wrapLine(line: string, width: number): string {
  if (line.length <= width || COMMAND.test(line)) return line;
  const [indent = ''] = /^ */.exec(line) ?? [];
  const rows: string[] = [];
  let row = indent;
  for (const word of line.trim().split(/ +/)) {
    const longer = row === indent ? `${row}${word}` : `${row} ${word}`;
    if (longer.length <= width || row === indent) row = longer;
    else {
      rows.push(row);
      row = `${indent}${word}`;
    }
  }
  return [...rows, row].join('\n');
}

/** Paragraphs of a text as wide as the terminal: no word is cut at its edge. Lists that are indented keep their lines. */
export function wrapText(text: string, width: number): string {
  const whole = text.replace(/^(\S.*)\n(?=\S)/gm, '$1 ');
  return whole
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}
