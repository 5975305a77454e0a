import { parsePlain } from '../images/parse-plain.ts';
import { isPlainList, isPlainMap, type Plain } from '../images/plain.ts';
import { type RenderedDocument, readRendered } from '../images/rendered-documents.ts';

/**
 * Text with documents of Kubernetes. `file` is shown as the place of everything in it; where it is empty, the
 * `# Source:` lines of helm tell the templates.
 */
export interface ManifestText {
  readonly file: string;
  readonly text: string;
}

/** A document that is none of Kubernetes. Line and column count from 1 in the text; the reason is lower case. */
export interface UnreadableDocument {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** The documents of texts, each with the place to show as its template. */
export interface ReadTexts {
  readonly documents: readonly RenderedDocument[];
  readonly unreadable: readonly UnreadableDocument[];
}

/** What stands for a template where nothing names one. */
export const NO_TEMPLATE = 'standard input';

interface Place {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** A reason of the YAML reader with its own place (`… at line 3, column 1:`) taken out and counted from the start of the text. */
function placed(reason: string, line: number): Place {
  const [whole = '', row = '1', column = '1'] = / at line (\d+), column (\d+):?$/.exec(reason) ?? [];
  const text = whole === '' ? reason : reason.slice(0, -whole.length);
  return {
    line: line + Number(row) - 1,
    column: Number(column),
    reason: text.charAt(0).toLowerCase() + text.slice(1),
  };
}

/** The line of the first thing that a document says, since the line of `---` says nothing. */
function firstLine({ text, line }: Pick<RenderedDocument, 'text' | 'line'>): number {
  const index = text.split('\n').findIndex((one) => /^\s*[^#\s]/.test(one));
  return line + Math.max(0, index);
}

function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Why an object is none that can be installed. */
function objectFault(value: Readonly<Record<string, Plain>>): string | undefined {
  const apiVersion = textOf(value.apiVersion);
  if (apiVersion.startsWith('kustomize.config.k8s.io/')) return 'this is a kustomization that was not built';
  if (apiVersion !== '' && textOf(value.kind) !== '') return undefined;
  return 'this is no object of Kubernetes, it has no apiVersion or no kind';
}

/** Whether `{{ … }}` stands where a value should: to YAML that is a map whose key is a map. */
function isTemplate(value: Plain): boolean {
  if (isPlainList(value)) return value.some(isTemplate);
  return isPlainMap(value) && Object.entries(value).some(([key, inner]) => key.startsWith('{') || isTemplate(inner));
}

function templateLine({ text, line }: RenderedDocument): number {
  return (
    line +
    Math.max(
      0,
      text.split('\n').findIndex((one) => one.includes('{{')),
    )
  );
}

function faultOf(document: RenderedDocument): Place | undefined {
  const { content, line } = document;
  switch (content.kind) {
    case 'unreadable':
      return placed(content.reason, line);
    case 'crd': {
      // the finder reads these as text
      const parsed = parsePlain(document.text);
      return 'reason' in parsed ? placed(parsed.reason, line) : undefined;
    }
    case 'object': {
      if (isTemplate(content.value))
        return { line: templateLine(document), column: 1, reason: 'this is a template that was not rendered' };
      const reason = Object.keys(content.value).length === 0 ? undefined : objectFault(content.value);
      return reason === undefined ? undefined : { line: firstLine(document), column: 1, reason };
    }
    case 'empty':
      return undefined;
  }
}

/** Lists and scalars, which the reader of rendered output takes for empty. */
function strayDocuments(text: string, read: readonly RenderedDocument[]): readonly Place[] {
  const lines = new Set(read.map(({ line }) => line));
  let line = 1;
  return text.split(/^---(?: .*)?$/m).flatMap((part) => {
    const start = line;
    line += part.split('\n').length - 1;
    if (lines.has(start) && read.some((one) => one.line === start && one.text === part)) return [];
    const parsed = parsePlain(part);
    if ('reason' in parsed || isPlainMap(parsed.value) || parsed.value === '') return [];
    const reason = 'this is no object of Kubernetes, but a list or a text';
    return [{ line: firstLine({ text: part, line: start }), column: 1, reason }];
  });
}

/** Reads texts leniently, as the output of a chart is read: what is no object is passed over, as helm has looked at it. */
export function readTexts(texts: readonly ManifestText[]): ReadTexts {
  const documents: RenderedDocument[] = [];
  const unreadable: UnreadableDocument[] = [];
  for (const { file, text } of texts) {
    for (const document of readRendered(text)) {
      const template = file || document.template || NO_TEMPLATE;
      documents.push({ ...document, template });
      const { content, line } = document;
      if (content.kind === 'unreadable') unreadable.push({ file: template, ...placed(content.reason, line) });
    }
  }
  return { documents, unreadable };
}

/**
 * Reads texts strictly: whatever is no object of Kubernetes is named, since something that is passed over here would
 * count as looked at. Empty documents and comments are fine.
 */
export function readManifests(texts: readonly ManifestText[]): ReadTexts {
  const documents: RenderedDocument[] = [];
  const unreadable: UnreadableDocument[] = [];
  for (const { file, text } of texts) {
    const shown = file || NO_TEMPLATE;
    const read = readRendered(text);
    const faults = [...read.flatMap((one) => faultOf(one) ?? []), ...strayDocuments(text, read)];
    for (const fault of faults.sort((a, b) => a.line - b.line)) unreadable.push({ file: shown, ...fault });
    for (const document of read) documents.push({ ...document, template: file || document.template || NO_TEMPLATE });
  }
  return { documents, unreadable };
}
