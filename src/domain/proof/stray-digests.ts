import { keyOf } from './other-changes.ts';
import { linesOf, textByTemplate } from './template-lines.ts';

/** A line in which a digest stands outside of references. `key` is that of the line; undefined in a text. */
export interface StrayDigest {
  readonly template: string;
  readonly line: string;
  readonly key: string | undefined;
}

// fields of custom resources for the digest of an image that another field names
const DIGEST_FIELD = /^(?:image)?(?:sha(?:256)?|digest)$/i;
const METADATA = /^(?:labels|matchLabels|selector|annotations)$/;

function nameIn(line: string): string | undefined {
  return keyOf(line)
    ?.replace(/^\s*(?:- )?|:$/g, '')
    .replace(/["']/g, '');
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** The key of the map that a line belongs to. */
function parentOf(lines: readonly string[], index: number): string | undefined {
  const own = indentOf(lines[index] ?? '');
  const above = lines.slice(0, index).findLast((line) => indentOf(line) < own);
  return above === undefined ? undefined : nameIn(above);
}

/**
 * The lines of a render, base64 decoded, in which a digest stands that belongs to none of these references: a label, a name, a
 * field for something else. `digests` finds one by its first digits, since such values are often cut off.
 */
export function strayDigests(output: string, references: readonly string[], digests: RegExp): readonly StrayDigest[] {
  const known = [...new Set(references)].sort((a, b) => b.length - a.length);
  return [...textByTemplate(output)].flatMap(([template, text]) => {
    const lines = linesOf(text);
    return lines.flatMap((line, index): readonly StrayDigest[] => {
      if (!digests.test(line)) return [];
      const rest = known.reduce((left, reference) => left.replaceAll(reference, ''), line);
      const key = nameIn(line);
      const isField = key !== undefined && DIGEST_FIELD.test(key) && !METADATA.test(parentOf(lines, index) ?? '');
      return digests.test(rest) && !isField ? [{ template, line, key }] : [];
    });
  });
}
