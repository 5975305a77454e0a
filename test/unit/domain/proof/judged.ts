import { findImages } from '../../../../src/domain/images/find.ts';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';
import { type NamingRule, relocatedText, splitTarget } from '../../../../src/domain/plan/destination.ts';
import { compareUses, type Residue } from '../../../../src/domain/proof/compare.ts';
import { type SweepHit, sweep } from '../../../../src/domain/proof/sweep.ts';

/** The target that most tests relocate to. */
export const TARGET = 'registry.example.com/mirror';

/** What both judges say of a relocated render, as the pipeline asks them. */
export interface Judgement {
  readonly proven: boolean;
  readonly residue: readonly Residue[];
  readonly unexplained: readonly SweepHit[];
}

function findUses(output: string, target: string): readonly ImageUse[] {
  return findImages(readRendered(output), [splitTarget(target).host]).uses;
}

/** Judges `relocated` against `original`. */
export function judge(
  original: string,
  relocated: string,
  target = TARGET,
  imagePath: NamingRule['imagePath'] = 'source',
): Judgement {
  const rule = { registry: target, prefix: '', imagePath };
  const wanted = (use: ImageUse): string => relocatedText(use.reference, rule, new Map());
  const uses = findUses(original, target);
  const residue = compareUses(uses, findUses(relocated, target), wanted);
  const hits = sweep(relocated, {
    target,
    sourceTexts: uses.map(({ text }) => text),
    sourceHosts: [...new Set(uses.map(({ reference }) => reference.registry))],
    planned: uses.map(wanted),
    original,
  });
  const unexplained = hits.filter(({ explained }) => explained === undefined);
  return { proven: residue.length === 0 && unexplained.length === 0, residue, unexplained };
}
