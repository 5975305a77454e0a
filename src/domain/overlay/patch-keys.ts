import type { ChartText } from '../chart/chart-files.ts';
import { escaped, type LinePatch, type Replaced } from './patch-literals.ts';

// the values of a key are no texts of it: it begins its line, or stands in the braces of a map
const BEFORE = `(?<=(?:^\\s*(?:- +)*|[{,]\\s*)["']?)`;
const BEHIND = `(?=["']?\\s*:(?:\\s|$))`;

/**
 * Replaces the keys of a values file that are references, and lists every line that changed: values are edited by their paths, which
 * keys are a part of, so that keys come last.
 */
export function patchKeys(
  file: ChartText,
  keys: readonly Replaced[],
): { readonly text: string; readonly patches: readonly LinePatch[] } {
  const known = keys.filter(({ text }) => file.text.includes(text));
  if (known.length === 0 || file.text.includes('\ufffd')) return { text: file.text, patches: [] };
  const pattern = new RegExp(`${BEFORE}(?:${known.map(({ text }) => escaped(text)).join('|')})${BEHIND}`, 'g');
  const { address, shown } = file;
  const patches: LinePatch[] = [];
  const lines = file.text.split('\n').map((before, index) => {
    if (/^\s*#/.test(before)) return before;
    const references: Replaced[] = [];
    const after = before.replace(pattern, (text) => {
      const key = known.find((one) => one.text === text) ?? { text, wanted: text };
      references.push(key);
      return key.wanted;
    });
    if (after !== before)
      patches.push({ address, shown, line: index + 1, before: before.trim(), after: after.trim(), references });
    return after;
  });
  return { text: lines.join('\n'), patches };
}
