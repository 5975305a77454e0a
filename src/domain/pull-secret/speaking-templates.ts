import type { ChartText } from '../chart/chart-files.ts';

/** Whether a template could write a list of pull secrets: itself, or one that it calls. By the names of `# Source:` lines. */
export type Speaks = (template: string) => boolean;

const WORD = /pull-?secret/i;
const CALL = /\b(?:include|template)\s+(?:"([^"]+)"|`([^`]+)`)/g;
// a name that is made up at run time may be any, but for that of a file, which is called for its checksum
const OPEN_CALL = /[{(|=]-?\s*(?:include|template)\s+(?!\(\s*print\s+\$?\.Template\.BasePath)[^"`\s]/;

/** A template without its comments, those of its language and whole lines of YAML's. */
export function withoutComments(template: string): string {
  return template.replace(/\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/g, '').replace(/^\s*#.*$/gm, '');
}

/** The templates that a file defines, each with its text up to the next one. */
function definitions(text: string): readonly (readonly [name: string, body: string])[] {
  const starts = [...text.matchAll(/\{\{-?\s*(?:define|block)\s+["`]([^"`]+)["`]/g)];
  return starts.map((start, index) => [start[1] ?? '', text.slice(start.index, starts[index + 1]?.index)]);
}

function calls(text: string): readonly string[] {
  return [...text.matchAll(CALL)].map((match) => match[1] ?? match[2] ?? '');
}

/**
 * Reads all templates of a chart and its subcharts. A template that neither says "pull secret" nor calls one that does
 * cannot be given any by a key of that name. What is not known (a subchart under another name) may say anything.
 */
export function speakingTemplates(texts: readonly ChartText[]): Speaks {
  const files = new Map(texts.map(({ shown, text }) => [shown, withoutComments(text)]));
  const defined = new Map<string, string>();
  for (const text of files.values()) {
    for (const [name, body] of definitions(text)) defined.set(name, `${defined.get(name) ?? ''}\n${body}`);
  }
  const saysIt = (text: string, seen: Set<string>): boolean => {
    if (WORD.test(text) || OPEN_CALL.test(text)) return true;
    return calls(text).some((name) => {
      if (seen.has(name)) return false;
      seen.add(name);
      return saysIt(defined.get(name) ?? '', seen);
    });
  };
  return (template) => {
    const text = files.get(template);
    return text === undefined || saysIt(text, new Set());
  };
}
