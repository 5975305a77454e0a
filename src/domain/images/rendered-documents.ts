import type { DocumentContent, DocumentMemo, ReadDocument } from './document-memo.ts';
import { parsePlain } from './parse-plain.ts';
import { isPlainMap } from './plain.ts';

export type { DocumentContent } from './document-memo.ts';

/** One document of the rendered output. `line` is where it begins in that output, from 1. */
export interface RenderedDocument {
  readonly template: string;
  readonly text: string;
  readonly line: number;
  readonly content: DocumentContent;
}

// a line that says something: not blank, no comment
const CONTENT = /^[^\S\n]*[^\s#]/m;
const CRD = /^kind: *["']?CustomResourceDefinition["']? *$/m;

function readContent(text: string): DocumentContent {
  if (!CONTENT.test(text)) return { kind: 'empty' };
  if (CRD.test(text)) return { kind: 'crd' };
  const parsed = parsePlain(text);
  if ('reason' in parsed) return { kind: 'unreadable', reason: parsed.reason };
  const { value, shadowed } = parsed;
  return isPlainMap(value) ? { kind: 'object', value, shadowed: shadowed.filter(isPlainMap) } : { kind: 'empty' };
}

function readDocument(text: string): ReadDocument {
  return { text, source: /^# Source: (.+)$/m.exec(text)?.[1]?.trim(), content: readContent(text) };
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/**
 * Splits helm's output into its documents, each with the template it came from (`# Source:` lines), and reads them.
 * Documents that `memo` has are not read again.
 */
export function readRendered(output: string, memo?: DocumentMemo): readonly RenderedDocument[] {
  const documents: RenderedDocument[] = [];
  let line = 1;
  let template = '';
  for (const part of output.split(/^---(?: .*)?$/m)) {
    const { text, source, content } = memo?.document(part, readDocument) ?? readDocument(part);
    template = source ?? template;
    if (content.kind !== 'empty') documents.push({ template, text, line, content });
    line += countLines(part);
  }
  return documents;
}
