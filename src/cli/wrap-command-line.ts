/** What stands further in than the first line of a command that goes on. */
const FURTHER = '    ';

/** The words of a command line as they are written: blanks within quotes part nothing. */
function wordsOf(command: string): readonly string[] {
  return command.match(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g) ?? [];
}

/** Words that are read together: a flag and its value, a redirection and its file, a bar and the program behind it. */
function groupsOf(words: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const word of words) {
    const last = groups.at(-1);
    const isOpen = last?.length === 1 && /^(?:-|\||>|<$)/.test(last[0] ?? '');
    if (last !== undefined && isOpen && !/^[-|>]./.test(word) && word !== '|') last.push(word);
    else groups.push([word]);
  }
  return groups;
}

/**
 * A command line no wider than the terminal where its words allow that. It goes on behind a backslash at the end of a line, which a POSIX
 * shell takes away with the line end (Shell Command Language, 2.2.1), so that what is copied runs as it was.
 */
export function wrapCommandLine(line: string, width: number): string {
  const [, lead = '', command = ''] = /^(\s*\$ )(.*)$/.exec(line) ?? [];
  if (line.length <= width || lead === '') return line;
  const indent = `${' '.repeat(lead.length)}${FURTHER}`;
  const room = width - 2;
  const pieces = groupsOf(wordsOf(command)).flatMap((group) => {
    const text = group.join(' ');
    return indent.length + text.length <= room ? [text] : group;
  });
  const rows: string[] = [];
  let row = lead.trimEnd();
  for (const [index, piece] of pieces.entries()) {
    const longer = `${row} ${piece}`;
    const fits = longer.length <= (index === pieces.length - 1 ? width : room);
    if (fits || index === 0) row = longer;
    else {
      rows.push(row);
      // a word that is as long as that gets all the room there is
      row = indent.length + piece.length <= room ? `${indent}${piece}` : `  ${piece}`;
    }
  }
  return [...rows, row].join(' \\\n');
}
