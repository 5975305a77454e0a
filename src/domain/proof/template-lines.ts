// a quick look for the next one, at the end of a line
const WORD_END = /^[A-Za-z0-9+/]{14}[A-Za-z0-9+/=]{2}$/;
const ENCODED = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{16,}={0,2}$/;

/** A line whose value is text in base64, as the lines of that text, a single one behind its key; any other line as it is. */
function decodedLines(line: string): readonly string[] {
  const bare = line.replace(/["']$/, '');
  const word = WORD_END.test(bare.slice(-16)) ? ENCODED.exec(bare)?.[0] : undefined;
  if (word === undefined || word.length % 4 !== 0) return [line];
  const text = Buffer.from(word, 'base64').toString('utf8');
  if (!/^[\t\n\r\x20-\x7e]+$/.test(text)) return [line];
  const lines = text.split('\n').filter((one) => one.trim() !== '');
  return lines.length > 1 ? lines : [`${bare.slice(0, -word.length)}${text.trimEnd()}`];
}

const SOURCE = '\n# Source: ';

/** What each template printed, as one text. */
export function textByTemplate(output: string): ReadonlyMap<string, string> {
  const [lead = '', ...parts] = `\n${output}`.split(SOURCE);
  const templates = new Map([['', lead]]);
  let template = '';
  for (const part of parts) {
    const end = part.indexOf('\n');
    const name = /^.+$/.exec(end < 0 ? part : part.slice(0, end))?.[0];
    template = name?.trim() ?? template;
    const rest = end < 0 ? '' : part.slice(end);
    templates.set(template, `${templates.get(template) ?? ''}${name === undefined ? SOURCE + part : rest}`);
  }
  return templates;
}

/** The lines of a text that say anything. */
export function linesOf(text: string): readonly string[] {
  const telling = text.split('\n').filter((line) => !/^\s*(?:#.*)?$|^---/.test(line));
  return telling.flatMap((line) => decodedLines(line.trimEnd()));
}
