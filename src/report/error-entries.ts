/** What is written of one error code. Text as it stands in the document, without its Markdown. */
export interface ErrorEntry {
  readonly code: string;
  /** What it means, in a sentence. */
  readonly meaning: string;
  /** The lines of the entry, as paragraphs and list items. */
  readonly lines: readonly string[];
}

/** Links as their text, code without its marks. */
function plain(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}

/** Lines that go on are put together: a blank line or the mark of a list begins a new one. */
function joined(text: string): readonly string[] {
  const lines: string[] = [];
  let isOpen = false;
  for (const line of text.split('\n')) {
    if (line.trim() === '') isOpen = false;
    else if (isOpen && !line.startsWith('- ')) lines.push(`${lines.pop() ?? ''} ${line.trim()}`);
    else {
      lines.push(line.trim());
      isOpen = true;
    }
  }
  return lines.map(plain);
}

/** The entries of docs/errors.md: third headings whose text is a code. */
export function errorEntries(document: string): readonly ErrorEntry[] {
  const parts = document.split(/^### `([A-Z_]+)`$/m).slice(1);
  return parts.flatMap((code, index) => {
    if (index % 2 === 1) return [];
    const [body = ''] = (parts[index + 1] ?? '').split(/^## /m);
    const lines = joined(body);
    return [{ code, meaning: lines[0] ?? '', lines }];
  });
}

/** An entry as a terminal shows it. */
export function entryText({ code, lines }: ErrorEntry): string {
  return `${[code, '', ...lines].join('\n')}\n`;
}

/** All codes with what they mean. */
export function entryTable(entries: readonly ErrorEntry[]): string {
  const width = Math.max(...entries.map(({ code }) => code.length));
  const rows = entries.map(({ code, meaning }) => `${code.padEnd(width)}  ${meaning}`);
  return `${rows.join('\n')}\n`;
}
