import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A Markdown document. `name` is its path from the root of the repository. */
export interface Document {
  readonly name: string;
  readonly text: string;
}

/** A fenced block. `line` is that of its fence, from 1. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** One document by its path. */
export function readDocument(name: string): Document {
  return { name, text: readFileSync(join(ROOT, name), 'utf8') };
}

/** Everything written for people: the README, the changelog and all documents. */
export function allDocuments(): readonly Document[] {
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const names = below.filter((name) => name.endsWith('.md')).map((name) => `docs/${name.replaceAll('\\', '/')}`);
  return ['README.md', 'CHANGELOG.md', ...names.sort()].map(readDocument);
}

/** The fenced blocks of a document. */
export function blocksOf({ text }: Document): readonly Block[] {
  return [...text.matchAll(/^```([a-z]*)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** A document without its fenced blocks. */
export function proseOf({ text }: Document): string {
  return text.replace(/^```.*?^```$/gms, '');
}

/** What stands in backticks in the running text, line breaks made blanks. */
export function codeSpansOf(document: Document): readonly string[] {
  return [...proseOf(document).matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? '').replace(/\s+/g, ' '));
}

/** The rows of the tables whose first column has this heading, each as its cells; in the order of the document. */
export function tableRows(document: Document, heading: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of document.text.split('\n')) {
    const cells = line.startsWith('|')
      ? line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim())
      : undefined;
    if (cells === undefined) inside = false;
    else if (cells[0] === heading) inside = true;
    else if (inside && !/^-+$/.test(cells[0] ?? '')) rows.push(cells);
  }
  return rows;
}

/** The words in backticks at the beginning of cells. */
export function wordIn(cell: string | undefined): string {
  return /^`([^`]+)`$/.exec(cell ?? '')?.[1] ?? '';
}

/** The anchor that a heading gets where Markdown is shown. */
function anchorOf(heading: string): string {
  const plain = heading.replace(/`/g, '').toLowerCase();
  return plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
}

function anchorsOf(document: Document): ReadonlySet<string> {
  return new Set([...proseOf(document).matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? '')));
}

/** The links of a document that lead nowhere: a file that is not there, or a heading that it does not have. */
export function brokenLinksOf(document: Document): readonly string[] {
  const targets = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const name = path === '' ? document.name : join(dirname(document.name), path);
    if (!existsSync(join(ROOT, name))) return true;
    return anchor !== undefined && !anchorsOf(readDocument(name)).has(anchor);
  });
}
