import {
  type Document,
  isCollection,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from 'yaml';
import type { Place } from '../domain/addon.ts';
import { type Complaint, type Problem, problemAt, shown } from './problems.ts';
import { type InputFiles, systemCode } from './read-text.ts';

/** One YAML document of a file, with the file's text and the way back from offsets to lines. */
export interface YamlSource {
  /** As the user named it. */
  readonly file: string;
  /** Without a byte order mark; offsets of nodes count in it. */
  readonly text: string;
  readonly lines: LineCounter;
  readonly document: Document.Parsed<ParsedNode>;
}

/**
 * The documents of a file (none when it holds only comments), or what is wrong with it; where keys that stand twice are
 * all that is wrong, with the documents, so that what else is wrong in them can be told as well.
 */
export type YamlRead =
  | { readonly kind: 'ok'; readonly text: string; readonly sources: readonly YamlSource[] }
  | {
      readonly kind: 'problems';
      readonly problems: readonly Problem[];
      readonly sources?: readonly YamlSource[];
      /** The documents of the text with which nothing is wrong. */
      readonly sound?: readonly YamlSource[];
    };

/** The offset at which a node begins; 0 for a node that was not parsed. */
export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Line and column, from 1, of an offset, with the key path if given. */
export function placeAt(source: YamlSource, offset: number, key?: string): Place {
  const { line, col } = source.lines.linePos(Math.min(offset, source.text.length));
  return { file: source.file, line: Math.max(line, 1), column: Math.max(col, 1), key };
}

const READ_FAILURES: Readonly<Record<string, Complaint>> = {
  ENOENT: { what: 'there is no such file', instead: 'check the path' },
  ENOTDIR: { what: 'there is no such file', instead: 'check the path, a part of it is a file and no directory' },
  EISDIR: { what: 'this is a directory', instead: 'name a file in it' },
  EACCES: { what: 'this file may not be read', instead: 'give this user permission to read it' },
  EPERM: { what: 'this file may not be read', instead: 'give this user permission to read it' },
  ERR_ENCODING_INVALID_ENCODED_DATA: { what: 'this file is not UTF-8 text', instead: 'save it as UTF-8' },
};

function readFailure(error: unknown): Complaint {
  const code = systemCode(error);
  const known = code === undefined ? undefined : READ_FAILURES[code];
  return (
    known ?? { what: `this file cannot be read (${code ?? 'unknown error'})`, instead: 'check the path and the disk' }
  );
}

function wordAt(text: string, offset: number): string {
  return /^["']?([^\s:"']+)/.exec(text.slice(offset, offset + 80))?.[1] ?? '';
}

function syntaxComplaint(error: YAMLParseError, text: string): Complaint {
  const [start] = error.pos;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', start);
  const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  if (line.includes('{{') && error.code !== 'DUPLICATE_KEY') {
    return { what: 'a template that is not quoted is no YAML', instead: 'put quotes around the whole value' };
  }
  const unclosed = /end with a ([\]}])/.exec(error.message)?.[1];
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return {
        what: `the key ${shown(wordAt(text, start))} stands here a second time`,
        instead: 'keep one of the two',
      };
    case 'TAB_AS_INDENT':
      return { what: 'a tab is used for indentation', instead: 'indent with spaces' };
    case 'BAD_INDENT':
      if (unclosed !== undefined)
        return { what: `a ${shown(unclosed)} is missing above`, instead: 'close the list or map' };
      return { what: 'this line is not indented like its neighbours', instead: 'line it up with spaces' };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { what: 'two "key: value" pairs stand on one line', instead: 'quote the text or begin a new line' };
    case 'BAD_SCALAR_START':
      return { what: `text may not begin with ${shown(text[start] ?? '')}`, instead: 'put it in quotes' };
    case 'MULTILINE_IMPLICIT_KEY':
      return { what: 'this text runs on into the next line', instead: 'check the indentation of the next line' };
    default: {
      if (/closing.*quote/i.test(error.message)) return { what: 'a quote above is not closed', instead: 'close it' };
      if (/without - indicator/.test(error.message)) {
        return { what: 'this line belongs to no item of the list', instead: 'line it up with spaces' };
      }
      const reason = error.message.charAt(0).toLowerCase() + error.message.slice(1);
      return { what: `this is no YAML (${reason})`, instead: 'correct it here' };
    }
  }
}

function firstPerLine(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<number | undefined>();
  return problems.filter((problem) => !seen.has(problem.line) && seen.add(problem.line));
}

function forbiddenCharacter(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: YAML 1.2 §5.1 forbids them, the parser lets them through
  return text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
}

function nodeProblems(source: YamlSource): readonly Problem[] {
  const problems: Problem[] = [];
  function report(node: Node, complaint: Complaint): void {
    problems.push(problemAt(placeAt(source, startOf(node)), complaint));
  }
  visit(source.document, {
    Alias(_key, alias) {
      const target = alias.resolve(source.document);
      const at = startOf(alias);
      if (target === undefined) {
        report(alias, {
          what: `there is no anchor ${shown(`&${alias.source}`)} above`,
          instead: 'name one that stands above',
        });
      } else if (isCollection(target) && startOf(target) <= at && at < (target.range?.[1] ?? 0)) {
        report(alias, {
          what: `${shown(`*${alias.source}`)} stands inside its own anchor`,
          instead: 'take the alias out',
        });
      }
    },
  });
  return problems;
}

function problemsOf(source: YamlSource): readonly Problem[] {
  const { document, text } = source;
  const syntax = document.errors.map((error) => problemAt(placeAt(source, error.pos[0]), syntaxComplaint(error, text)));
  return [...firstPerLine(syntax), ...nodeProblems(source)];
}

/**
 * Reads every YAML document of a text: YAML 1.2, core schema. Duplicate keys, tabs as indentation, aliases without
 * an anchor and control characters are problems. A byte order mark and CRLF are fine.
 */
export function parseYaml(file: string, raw: string): YamlRead {
  const text = raw.startsWith('\ufeff') ? raw.slice(1) : raw;
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const documents = Array.isArray(parsed) ? parsed : [];
  const sources = documents.map((document) => ({
    file,
    text,
    lines,
    document: document as Document.Parsed<ParsedNode>,
  }));
  const control = forbiddenCharacter(text);
  if (control >= 0) {
    const before = text.slice(0, control).split('\n');
    const place = { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
    const code = text.charCodeAt(control).toString(16).padStart(4, '0');
    return {
      kind: 'problems',
      problems: [problemAt(place, { what: `there is a control character (U+${code})`, instead: 'take it out' })],
    };
  }
  const own = sources.map((source) => ({ source, problems: problemsOf(source) }));
  const problems = own.flatMap((one) => one.problems);
  if (problems.length === 0) return { kind: 'ok', text, sources };
  const sound = own.filter((one) => one.problems.length === 0).map(({ source }) => source);
  const errors = sources.flatMap((source) => source.document.errors);
  const onlyRepeats = errors.length === problems.length && errors.every(({ code }) => code === 'DUPLICATE_KEY');
  return onlyRepeats ? { kind: 'problems', problems, sources, sound } : { kind: 'problems', problems, sound };
}

/** Reads a file and its YAML. `path` is absolute, `file` the name that messages show. */
export async function readYaml(files: InputFiles, path: string, file: string): Promise<YamlRead> {
  let text: string;
  try {
    text = await files.readText(path);
  } catch (error) {
    return { kind: 'problems', problems: [problemAt({ file, line: 1, column: 1 }, readFailure(error))] };
  }
  return parseYaml(file, text);
}
