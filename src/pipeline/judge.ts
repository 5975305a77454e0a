import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import type { ChartTree } from '../domain/chart/chart-tree.ts';
import { editedValue } from '../domain/overlay/edit-values.ts';
import { joinPath, splitTarget } from '../domain/plan/destination.ts';
import { compareUses } from '../domain/proof/compare.ts';
import { type Intended, otherChanges } from '../domain/proof/other-changes.ts';
import { type SweepHit, sweep } from '../domain/proof/sweep.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import { crdFileText, sortUses, targetHosts, usesOf } from './extract.ts';
import { wantedText } from './moves.ts';
import type { Extraction, ReleaseItem, Verdict } from './release-item.ts';
import { renderAs } from './render.ts';
import type { PulledChart } from './resolved-chart.ts';
import type { Run } from './run.ts';

/** The registry with path and prefix: what every relocated reference begins with. */
export function targetBase(run: Run): string {
  const { host, path } = splitTarget(run.options.naming.registry);
  return joinPath(host, path, run.options.naming.prefix);
}

/** How the reason of a verdict begins when dependencies are missing. */
export const LEFT_OUT = 'dependencies were left out:';

/** A proof that did not come to an end. */
export function unproven(reason: string): Verdict {
  return { proven: false, references: 0, residue: [], unexplained: [], explained: {}, reason };
}

function countExplained(hits: readonly SweepHit[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { explained } of hits) if (explained !== undefined) counts[explained] = (counts[explained] ?? 0) + 1;
  return counts;
}

/** A render that is judged, with the chart it was made from. */
export interface Rendered {
  readonly output: string;
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
}

/**
 * The original as it was rendered first, and what it renders to once more: what differs between the two is chance. Without
 * `again`, only references are compared.
 */
export interface Originals {
  readonly extraction: Extraction;
  readonly again: string | undefined;
}

/** What may differ between the original's render and the relocated one's. */
function intended({ relocated }: ChartItem, { uses }: Extraction, run: Run): Intended {
  const wanted = wantedText(run);
  const edits = (relocated?.edits ?? []).map(({ edit }) => edit);
  const patches = relocated?.patches ?? [];
  const telling = (texts: readonly string[]): readonly string[] =>
    [...new Set(texts)].filter((text) => text.length > 1).sort((a, b) => b.length - a.length);
  const before = [
    ...uses.flatMap(({ text, reference }) => [text, reference.registry]),
    ...edits.map((edit) => edit.before ?? ''),
    ...patches.map((patch) => patch.before),
  ];
  const planned = [...uses.map((use) => wanted(use.reference)), ...patches.map((patch) => patch.after)];
  const parts = [...edits.map(editedValue), splitTarget(run.options.naming.registry).host];
  return { before: telling(before), planned: telling(planned), parts: telling(parts) };
}

/** Compares a relocated render with the original: references, everything else, and its text as a whole. */
export function judge(
  item: ChartItem,
  release: ReleaseItem,
  { output, tree, chart }: Rendered,
  { extraction, again }: Originals,
  run: Run,
): Verdict {
  const wanted = wantedText(run);
  const excluded = item.pulled?.excluded ?? [];
  const { uses } = sortUses(
    usesOf(chartName(item), output, { tree, chart }, targetHosts(run), item.memo),
    release.addon,
  );
  const residue = [
    ...compareUses(extraction.uses, uses, (use) => wanted(use.reference)),
    ...(again === undefined
      ? []
      : otherChanges({ once: extraction.output, again }, output, intended(item, extraction, run))),
  ];
  const hits = sweep(`${output}\n${crdFileText(tree, chart)}`, {
    target: targetBase(run),
    sourceTexts: extraction.uses.map((use) => use.text),
    sourceHosts: [...new Set(extraction.uses.map((use) => use.reference.registry))],
    planned: extraction.uses.map((use) => wanted(use.reference)),
    aside: extraction.aside.map(({ use, why }) => ({ template: use.template, text: use.text, why })),
  });
  const unexplained = hits.filter((hit) => hit.explained === undefined);
  const proven = residue.length === 0 && unexplained.length === 0 && excluded.length === 0;
  const reason = excluded.length === 0 ? undefined : `${LEFT_OUT} ${excluded.join(', ')}`;
  return { proven, references: uses.length, residue, unexplained, explained: countExplained(hits), reason };
}

/** The original once more, as it was rendered for the release or a profile, with further values on top. */
export async function renderOriginal(
  pulled: PulledChart,
  release: ReleaseItem,
  { settings }: Extraction,
  more: readonly string[],
  run: Run,
): Promise<string> {
  const result = await renderAs(release, settings, pulled.archivePath, more, run);
  if (result.kind === 'rendered') return result.text;
  throw new Error(`the original does not render a second time: ${result.reason}`);
}

/**
 * The original twice, with the pull secret where the other side has it: what the secret changes is no residue.
 */
export async function renderOriginals(
  pulled: PulledChart,
  release: ReleaseItem,
  extraction: Extraction,
  secret: string | undefined,
  run: Run,
): Promise<Originals> {
  if (secret === undefined) {
    // one more render serves the proof of the relocated chart and that of the consumer values
    extraction.again ??= renderOriginal(pulled, release, extraction, [], run);
    return { extraction, again: await extraction.again };
  }
  const more = [await run.ports.workspace.write(`pull-secret/${run.releases.indexOf(release)}/values.yaml`, secret)];
  const [output, again] = await Promise.all([
    renderOriginal(pulled, release, extraction, more, run),
    renderOriginal(pulled, release, extraction, more, run),
  ]);
  return { extraction: { ...extraction, output }, again };
}
