import { type CrdReference, readCrdText } from './crd-text.ts';
import { referencesInText } from './reference-text.ts';
import { isKnownRegistry } from './registry-hosts.ts';
import { USE_RULES } from './use-rules.ts';

const HOST = /(?<![A-Za-z0-9./@-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?=\/[a-z0-9])/g;

/**
 * References in the text of a custom resource definition that are no defaults, with their lines: documentation, told of and
 * left alone. Only those on known registries, and read line by line, since such files are long.
 */
export function crdExamples(text: string): readonly CrdReference[] {
  const lines = new Set<number>();
  let from = 0;
  let line = 0;
  for (const match of text.matchAll(HOST)) {
    if (!isKnownRegistry(match[0])) continue;
    for (let at = text.indexOf('\n', from); at >= 0 && at < match.index; at = text.indexOf('\n', from)) {
      line += 1;
      from = at + 1;
    }
    lines.add(line);
  }
  if (lines.size === 0) return [];
  const all = text.split('\n');
  const defaults = new Set(readCrdText(text, new Set()).map(({ found }) => found.text));
  return [...lines].flatMap((index) =>
    referencesInText(all[index] ?? '', new Set())
      .filter((found) => !defaults.has(found.text))
      .map((found) => ({ found: { ...found, ...USE_RULES.crdText }, path: `line ${index + 1}` })),
  );
}
