import { wrapCommandLine } from './wrap-command-line.ts';

/** A command to be copied: it goes on behind a backslash. */
const COMMAND = /^\s*\$ /;

function wrapLine(line: string, width: number): string {
  if (line.length <= width) return line;
  if (COMMAND.test(line)) return wrapCommandLine(line, width);
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

/** Paragraphs of a text as wide as the terminal: no word is cut at its edge. Lists that are indented keep their lines, commands run as they stand. */
export function wrapText(text: string, width: number): string {
  // what an example has behind a backslash is wrapped together with its beginning
  const commands = text.replace(/^ *\$ (?:.*\\\n)+.*$/gm, (command) => command.replace(/\s*\\\n\s*/g, ' '));
  const whole = commands.replace(/^(\S.*)\n(?=\S)/gm, '$1 ');
  return whole
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}
