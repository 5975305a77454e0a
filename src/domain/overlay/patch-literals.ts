import type { FileAddress } from '../chart/archive-tree.ts';
import type { ChartText } from '../chart/chart-files.ts';

/** A reference that a file of the chart spells out, and what it must become. */
export interface Literal {
  readonly text: string;
  readonly wanted: string;
}

/** One changed line of a file. Lines count from 1. */
export interface LinePatch {
  readonly address: FileAddress;
  readonly shown: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

function wholeWord(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![A-Za-z0-9._/@-])${escaped}(?![A-Za-z0-9_-]|[.:/@][A-Za-z0-9])`, 'g');
}

// A single word such as `busybox` may mean anything: only as the value of an image field is it surely an image.
function patternFor(text: string): RegExp {
  if (/[:/@]/.test(text)) return wholeWord(text);
  return new RegExp(
    `(?<=^\\s*(?:- )?image:\\s*["']?)${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=["']?\\s*(?:#.*)?$)`,
    'g',
  );
}

/**
 * Replaces references that are written into templates, files and CRDs, whole words only, and lists every line that
 * changed. Longer references go first, so that one that contains another is not cut. Comment lines stay.
 */
export function patchLiterals(
  file: ChartText,
  literals: readonly Literal[],
): { readonly text: string; readonly patches: readonly LinePatch[] } {
  const rules = [...literals]
    .sort((a, b) => b.text.length - a.text.length)
    .map(({ text, wanted }) => ({ pattern: patternFor(text), wanted }));
  const patches: LinePatch[] = [];
  const lines = file.text.split('\n').map((before, index) => {
    if (/^\s*#/.test(before)) return before;
    const after = rules.reduce((line, { pattern, wanted }) => line.replace(pattern, wanted), before);
    if (after !== before)
      patches.push({
        address: file.address,
        shown: file.shown,
        line: index + 1,
        before: before.trim(),
        after: after.trim(),
      });
    return after;
  });
  return { text: lines.join('\n'), patches };
}
