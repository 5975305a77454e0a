import type { UsePlace } from './image-use.ts';
import { parsePlain } from './parse-plain.ts';
import { isPlainList, isPlainMap, type Plain } from './plain.ts';
import { type FoundReference, referencesInLooseText, referencesNamed, type SeenHosts } from './reference-text.ts';
import { USE_RULES } from './use-rules.ts';
import { walkObject } from './walk-object.ts';

/** A reference in the text of a custom resource definition, with its line as path. */
export interface CrdReference {
  readonly found: FoundReference;
  readonly path: string;
}

/** The name of the custom resource definition in a text. */
export function crdName(text: string): string {
  return /^ {2}name: *["']?([^\s"']+)/m.exec(text)?.[1] ?? '';
}

const DEFAULT_LINE = /^( *)(?:- )?["']?default["']?:(.*)$/;

/** The property that a `default:` belongs to: the nearest key above that is indented less. */
function ownerOf(lines: readonly string[], index: number, indent: number): string {
  for (let above = index - 1; above >= 0; above -= 1) {
    const match = /^( *)([A-Za-z0-9_.-]+):/.exec(lines[above] ?? '');
    if (match?.[1] !== undefined && match[1].length < indent) return match[2] ?? '';
  }
  return '';
}

/** The lines that belong to the `default:` at `index`: what is indented more, and a list at its own depth. */
function blockBelow(lines: readonly string[], index: number, indent: number): readonly string[] {
  const block: string[] = [];
  for (let below = index + 1; below < lines.length; below += 1) {
    const line = lines[below] ?? '';
    const depth = /^ */.exec(line)?.[0].length ?? 0;
    if (/\S/.test(line) && depth <= indent && !(depth === indent && line.startsWith('- ', depth))) break;
    block.push(line);
  }
  return block;
}

/** A default is pulled only for a resource that has no value of its own. */
function asDefault(found: FoundReference): FoundReference {
  return found.role === 'image' ? { ...found, ...USE_RULES.resourceDefault } : found;
}

/** The references of a default's value. In a map or list the keys say what is an image, as in an object. */
function referencesOf(value: Plain, owner: string, path: string, seen: SeenHosts): readonly CrdReference[] {
  if (typeof value === 'string') {
    const named = referencesNamed(owner, value, seen);
    return (named.length > 0 ? named : referencesInLooseText(value, seen, owner)).map((found) => ({
      found: asDefault(found),
      path,
    }));
  }
  const uses: CrdReference[] = [];
  const emit = (found: FoundReference, _: UsePlace, inner: string): void => {
    uses.push({ found: asDefault(found), path: `${path} > ${inner}` });
  };
  walkObject({ [owner]: value }, '', true, seen, emit);
  return uses;
}

/** The references that are defaults in a CRD's schema: those are what the operator pulls. Descriptions are documentation. */
export function readCrdText(text: string, seen: SeenHosts): readonly CrdReference[] {
  if (!text.includes('default')) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const match = line.includes('default') ? DEFAULT_LINE.exec(line.trimEnd()) : undefined;
    if (match?.[1] === undefined) return [];
    const block = blockBelow(lines, index, match[1].length);
    if (!/[/:@]/.test([match[2], ...block].join('\n'))) return [];
    const parsed = parsePlain(
      [`default:${match[2]}`, ...block.map((below) => below.slice(match[1]?.length))].join('\n'),
    );
    if ('reason' in parsed || !isPlainMap(parsed.value)) return [];
    const owner = ownerOf(lines, index, match[1].length);
    return referencesOf(parsed.value.default ?? '', owner, `default of ${owner}, line ${index + 1}`, seen);
  });
}

/** The same for a CRD that is already read, as in a list of objects or in JSON: every `default` below. */
export function readCrdObject(value: Plain, owner: string, path: string, seen: SeenHosts): readonly CrdReference[] {
  if (isPlainList(value)) {
    return value.flatMap((item, index) => readCrdObject(item, owner, `${path}[${index}]`, seen));
  }
  if (!isPlainMap(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return key === 'default' && !isSchema(inner)
      ? referencesOf(inner, owner, at, seen)
      : readCrdObject(inner, key, at, seen);
  });
}

/** Whether this is the schema of a property that is itself called `default`. */
function isSchema(value: Plain): boolean {
  return isPlainMap(value) && typeof value.type === 'string' && ('properties' in value || 'description' in value);
}
