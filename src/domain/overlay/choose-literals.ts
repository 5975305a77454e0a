import type { ChartText } from '../chart/chart-files.ts';
import { looksLikeRegistry } from '../reference.ts';
import { type Literal, nameOf, patchLiterals } from './patch-literals.ts';

/** The registry and the paths that a name begins with, the longest first, each with what it must become. */
function beginningsOf({ text, wanted }: Literal): readonly Literal[] {
  const steps = text.split('/');
  if (!looksLikeRegistry(steps[0] ?? '')) return [];
  return steps.slice(1).flatMap((_, index): readonly Literal[] => {
    const tail = `/${steps.slice(steps.length - 1 - index).join('/')}`;
    if (!wanted.endsWith(tail)) return [];
    const [before, after] = [text.slice(0, -tail.length), wanted.slice(0, -tail.length)];
    return [{ kind: 'beginning', text: before, wanted: after }];
  });
}

function stands(literal: Literal, texts: readonly ChartText[]): boolean {
  return texts.some((file) => file.text.includes(literal.text) && patchLiterals(file, [literal]).patches.length > 0);
}

function withoutDisputed(literals: readonly Literal[]): readonly Literal[] {
  return literals.filter((one) => literals.every(({ text, wanted }) => text !== one.text || wanted === one.wanted));
}

/**
 * What to look for in the files of a chart: references as a whole, or where no file spells one, its name before a tag that
 * a template adds, or else the longest beginning before names that a template adds. A beginning that would have to become
 * two different texts is left out.
 */
export function chooseLiterals(literals: readonly Literal[], texts: readonly ChartText[]): readonly Literal[] {
  const spelled = literals.filter((literal) => stands(literal, texts));
  const parts = literals.flatMap((literal): readonly Literal[] => {
    const name = spelled.includes(literal) ? undefined : nameOf(literal);
    if (name === undefined) return [];
    const part = [name, ...beginningsOf(name)].find((one) => stands(one, texts));
    return part === undefined ? [] : [part];
  });
  const distinct = [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
  return [...spelled, ...withoutDisputed(distinct)];
}
