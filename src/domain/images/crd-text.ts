import { type FoundReference, isImageKey, referencesInText, type SeenHosts, wholeReference } from './reference-text.ts';

/** A reference in the text of a custom resource definition, with its line as path. */
export interface CrdReference {
  readonly found: FoundReference;
  readonly path: string;
}

const DEFAULT_LINE = /^( *)default: *["']?([^"'#\s]+)["']? *$/;

/** The property that a `default:` belongs to: the nearest key above that is indented less. */
function ownerOf(lines: readonly string[], index: number, indent: number): string {
  for (let above = index - 1; above >= 0; above -= 1) {
    const match = /^( *)([A-Za-z0-9_.-]+):/.exec(lines[above] ?? '');
    if (match?.[1] !== undefined && match[1].length < indent) return match[2] ?? '';
  }
  return '';
}

/** The references that are defaults in a CRD's schema: those are what the operator pulls. Descriptions are documentation. */
export function readCrdText(text: string, seen: SeenHosts): readonly CrdReference[] {
  if (!text.includes('default:')) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const match = DEFAULT_LINE.exec(line);
    const value = match?.[2];
    if (match?.[1] === undefined || value === undefined) return [];
    const owner = ownerOf(lines, index, match[1].length);
    const whole = isImageKey(owner) ? wholeReference(value) : undefined;
    const found = whole === undefined ? referencesInText(value, seen) : [whole];
    return found.map((reference) => ({ found: reference, path: `default of ${owner}, line ${index + 1}` }));
  });
}
