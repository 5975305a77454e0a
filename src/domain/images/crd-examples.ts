import { type CrdReference, readCrdText } from './crd-text.ts';
import { referencesInText } from './reference-text.ts';
import { isKnownRegistry } from './registry-hosts.ts';
import { USE_RULES } from './use-rules.ts';

const HOST_END = /\.[a-z]{2,}(?=\/[a-z0-9])/g;
const HOST = /(?<![A-Za-z0-9./@-])(?:[a-z0-9-]+\.)+[a-z]{2,}$/;
// RFC 1035, section 2.3.4, and a character before it
const LONGEST_HOST = 256;

/** The hosts with a path behind them, and where they end. Their ends are rare, so those are looked for first. */
function hostsIn(text: string): readonly { readonly host: string; readonly end: number }[] {
  return [...text.matchAll(HOST_END)].flatMap((match) => {
    const end = match.index + match[0].length;
    const host = HOST.exec(text.slice(Math.max(0, end - LONGEST_HOST), end))?.[0];
    return host === undefined ? [] : [{ host, end }];
  });
}

/**
 * References in the text of a custom resource definition that are no defaults, with their lines: documentation, told of and
 * left alone. Only those on known registries, and read line by line, since such files are long.
 */
export function crdExamples(text: string): readonly CrdReference[] {
  const lines = new Set<number>();
  let from = 0;
  let line = 0;
  for (const { host, end } of hostsIn(text)) {
    if (!isKnownRegistry(host)) continue;
    for (let at = text.indexOf('\n', from); at >= 0 && at < end; at = text.indexOf('\n', from)) {
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
