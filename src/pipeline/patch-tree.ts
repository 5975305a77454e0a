import { type ArchiveTree, withFile } from '../domain/chart/archive-tree.ts';
import { literalTexts, textsBelow } from '../domain/chart/chart-files.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { spelledOut } from '../domain/images/spelled-out.ts';
import { type LinePatch, type Literal, nameOf, patchLiterals } from '../domain/overlay/patch-literals.ts';
import type { Reference } from '../domain/reference.ts';
import { type ChartItem, livingReleases, type Reach } from './chart-item.ts';

/** A tree with its patched files, and every line that changed. */
export interface Patched {
  readonly tree: ArchiveTree;
  readonly patches: readonly LinePatch[];
}

/** What templates spell out and no render has shown, where hidden images are moved as far as that. */
function unseen(item: ChartItem, reach: Reach): readonly Pick<ImageUse, 'text' | 'reference'>[] {
  const { pulled } = item;
  if (pulled === undefined || reach !== 'declared') return [];
  const templates = textsBelow(pulled.tree, pulled.chart, 'templates/');
  return spelledOut(templates).filter(({ reference }) =>
    livingReleases(item).every(({ addon }) => exclusionOf(addon, reference) === undefined),
  );
}

function literalsOf(item: ChartItem, reach: Reach, wanted: (reference: Reference) => string): readonly Literal[] {
  const shown = livingReleases(item).flatMap((release) => release.relocation?.literals ?? []);
  const uses = [...shown, ...unseen(item, reach)];
  return [...new Map(uses.map((use) => [use.text, { text: use.text, wanted: wanted(use.reference) }])).values()];
}

/**
 * Moves what no value can move: references that templates, CRDs and other files of the chart spell out. Of one that no
 * file spells as a whole, the name is looked for before a tag that a template adds. The proof decides whether it helped.
 */
export function patchTree(
  tree: ArchiveTree,
  item: ChartItem,
  reach: Reach,
  wanted: (reference: Reference) => string,
): Patched {
  const literals = literalsOf(item, reach, wanted);
  const { pulled } = item;
  if (literals.length === 0 || pulled === undefined) return { tree, patches: [] };
  const texts = literalTexts(tree, pulled.chart);
  const spelled = literals.filter((literal) => texts.some(({ text }) => text.includes(literal.text)));
  const names = literals.filter((literal) => !spelled.includes(literal)).flatMap((literal) => nameOf(literal) ?? []);
  return texts.reduce<Patched>(
    (current, file) => {
      const { text, patches } = patchLiterals(file, [...spelled, ...names]);
      if (patches.length === 0) return current;
      return {
        tree: withFile(current.tree, file.address, Buffer.from(text)),
        patches: [...current.patches, ...patches],
      };
    },
    { tree, patches: [] },
  );
}
