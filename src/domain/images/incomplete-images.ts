import { parseReference } from '../reference.ts';
import { classOf } from './object-kinds.ts';
import { isPlainList, isPlainMap, type Plain } from './plain.ts';
import { isImageKey } from './reference-text.ts';
import type { RenderedDocument } from './rendered-documents.ts';
import type { UnreadableImage } from './unreadable-images.ts';

const CHARACTERS = /^[A-Za-z0-9._:/@-]+$/;
// between two separators, before the first one, or behind the last one
const EMPTY_PART = /^[.:@]|\.\.|\/\/|[./][:@]|\.\/|[:@/.]$|^\/.*:[^/]*$/;
// of files and pages
const OTHER_PATH = /^\.{1,2}\/|:\/\//;

/** Whether a text has the form of a reference, but for a part that is empty: `:1.0`, `.example.dev/app:1`, `app:`. */
function isIncomplete(text: string): boolean {
  if (!CHARACTERS.test(text) || !/[:/@]/.test(text) || OTHER_PATH.test(text)) return false;
  return EMPTY_PART.test(text) && parseReference(text) === undefined;
}

interface Field {
  readonly path: string;
  readonly text: string;
}

function fieldsIn(value: Plain, key: string, path: string): readonly Field[] {
  if (isPlainList(value)) return value.flatMap((item, index) => fieldsIn(item, key, `${path}[${index}]`));
  if (isPlainMap(value))
    return Object.entries(value).flatMap(([name, inner]) =>
      fieldsIn(inner, name, path === '' ? name : `${path}.${name}`),
    );
  return typeof value === 'string' && isImageKey(key) && isIncomplete(value.trim()) ? [{ path, text: value }] : [];
}

function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value : '';
}

/**
 * Image fields of custom resources with a reference of which a part is empty, as where a chart wants a value to be set. Their
 * operators may have something to put there, so they end nothing; in containers of Kubernetes' own kinds they are unreadable.
 */
export function incompleteImages(documents: readonly RenderedDocument[]): readonly UnreadableImage[] {
  return documents.flatMap(({ template, content }) => {
    if (content.kind !== 'object') return [];
    const { apiVersion, kind, metadata } = content.value;
    if (classOf(textOf(apiVersion), textOf(kind)) !== 'custom resource') return [];
    const name = isPlainMap(metadata) ? textOf(metadata.name) : '';
    return fieldsIn(content.value, '', '').map(({ path, text }) => ({
      template,
      place: `${textOf(kind)}/${name} ${path}`,
      text,
    }));
  });
}
