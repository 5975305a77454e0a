import type { ArchiveTree } from '../chart/archive-tree.ts';
import { textsBelow } from '../chart/chart-files.ts';
import type { ChartTree } from '../chart/chart-tree.ts';
import { chartsTo } from '../chart/global-reach.ts';
import type { ValuePath } from '../chart/values-tree.ts';
import { withoutNilGuards } from './candidates.ts';

/** Whether templates print a value as the beginning of an image, wherever they read it, so that nothing can stand before it. */
export type PlainReads = (path: ValuePath) => boolean;

const COMMENT = /\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}|^\s*#.*$/gm;
const MENTION = /\.Values((?:\.[A-Za-z_]\w*)*)/g;
/** The longest action, and what stands before it in its line, that are looked at. */
const FAR = 400;

const ASKED = /\{\{-?\s*(?:else\s+)?if\b(?:(?!\}\})[\s\S])*$/;
// an image field whose text begins with an action, which begins with the value, or with a format for it
const BEGINS = /(?:^|\n)[ \t]*(?:- +)*["']?image["']?:[ \t]*["']?\{\{-?[ \t]*(?:printf[ \t]+"%s[:@][^"]*"[ \t]+)?\$?$/;
const ENDS = /^[ \t]*(?:\|[ \t]*(?:quote|toString|trim)[ \t]*)*-?\}\}/;
const HANDED_TO_PRINTF = /"%s[:@][^"]*"[ \t]+\$?$/;

/** What one mention of a path says of a value: it begins an image, it is only asked for, or nobody knows. */
type Said = 'begins' | 'asks' | 'unknown';

function saidAt(text: string, from: number, to: number): Said {
  const before = text.slice(Math.max(0, from - FAR), from);
  if (ASKED.test(before)) return 'asks';
  if (!BEGINS.test(before)) return 'unknown';
  return HANDED_TO_PRINTF.test(before) || ENDS.test(text.slice(to, to + FAR)) ? 'begins' : 'unknown';
}

/** What a template says of a value: of itself, and of the maps around it, which may be handed on whole. */
function mentionsIn(text: string, own: string): readonly Said[] {
  return [...text.matchAll(MENTION)].flatMap((match): readonly Said[] => {
    const said = (match[1] ?? '').slice(1);
    const isAround = said === '' || own.startsWith(`${said}.`);
    if (said !== own && !isAround) return [];
    const found = saidAt(text, match.index, match.index + match[0].length);
    return [isAround && found === 'begins' ? 'unknown' : found];
  });
}

/** The names under which templates read a value: of its own chart, and of those above it. */
function namesOf(root: ChartTree, path: ValuePath): readonly string[] {
  const isNamed = path.every((step) => typeof step === 'string' && /^[A-Za-z_]\w*$/.test(step));
  return isNamed ? chartsTo(root, path).map((_, depth) => path.slice(depth).join('.')) : [];
}

/** Tells which values of a chart stand before all else in the images that they name. */
export function plainReads(tree: ArchiveTree, root: ChartTree): PlainReads {
  let templates: readonly string[] | undefined;
  return (path) => {
    templates ??= textsBelow(tree, root, 'templates/').map(({ text }) => withoutNilGuards(text.replace(COMMENT, '')));
    const said = namesOf(root, path).flatMap((own) => (templates ?? []).flatMap((text) => mentionsIn(text, own)));
    return said.includes('begins') && !said.includes('unknown');
  };
}
