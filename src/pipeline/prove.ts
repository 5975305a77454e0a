import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { type ChartTree, readChartTree } from '../domain/chart/chart-tree.ts';
import { editedValue } from '../domain/overlay/edit-values.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { joinPath, splitTarget } from '../domain/plan/destination.ts';
import { compareUses } from '../domain/proof/compare.ts';
import { type Intended, otherChanges } from '../domain/proof/other-changes.ts';
import { type SweepHit, sweep } from '../domain/proof/sweep.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import { crdFileText, renderAs, targetHosts, usesOf } from './extract.ts';
import { wantedText } from './relocate.ts';
import {
  type ChartItem,
  chartName,
  type Extraction,
  livingReleases,
  type PulledChart,
  type ReleaseItem,
  type Run,
  type Verdict,
} from './run.ts';

/** The registry with path and prefix: what every relocated reference begins with. */
export function targetBase(run: Run): string {
  const { host, path } = splitTarget(run.options.naming.registry);
  return joinPath(host, path, run.options.naming.prefix);
}

const LEFT_OUT = 'dependencies were left out:';

function unproven(reason: string): Verdict {
  return { proven: false, references: 0, residue: [], unexplained: [], explained: {}, reason };
}

function countExplained(hits: readonly SweepHit[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { explained } of hits) if (explained !== undefined) counts[explained] = (counts[explained] ?? 0) + 1;
  return counts;
}

interface Rendered {
  readonly output: string;
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
}

/** The original as it was rendered first, and what it renders to once more: what differs between the two is chance. */
interface Originals {
  readonly extraction: Extraction;
  readonly again: string;
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
function judge(
  item: ChartItem,
  { excluded }: PulledChart,
  { output, tree, chart }: Rendered,
  { extraction, again }: Originals,
  run: Run,
): Verdict {
  const wanted = wantedText(run);
  const uses = usesOf(chartName(item), output, { tree, chart }, targetHosts(run));
  const residue = [
    ...compareUses(extraction.uses, uses, (use) => wanted(use.reference)),
    ...otherChanges({ once: extraction.output, again }, output, intended(item, extraction, run)),
  ];
  const hits = sweep(`${output}\n${crdFileText(tree, chart)}`, {
    target: targetBase(run),
    sourceTexts: extraction.uses.map((use) => use.text),
    sourceHosts: [...new Set(extraction.uses.map((use) => use.reference.registry))],
    planned: extraction.uses.map((use) => wanted(use.reference)),
  });
  const unexplained = hits.filter((hit) => hit.explained === undefined);
  const proven = residue.length === 0 && unexplained.length === 0 && excluded.length === 0;
  const reason = excluded.length === 0 ? undefined : `${LEFT_OUT} ${excluded.join(', ')}`;
  return { proven, references: uses.length, residue, unexplained, explained: countExplained(hits), reason };
}

async function proveRelease(
  item: ChartItem,
  release: ReleaseItem,
  key: string,
  again: string,
  run: Run,
): Promise<Verdict> {
  const { relocated, pulled } = item;
  const { extraction, relocation } = release;
  if (relocated === undefined || pulled === undefined || extraction === undefined || relocation === undefined) {
    throw new RangeError(`${chartName(item)} was not relocated`);
  }
  const own = relocation.ownOverlay;
  const more = own === undefined ? [] : [await run.ports.workspace.write(`proofs/${key}-own.yaml`, own)];
  const result = await renderAs(release, extraction.settings, relocated.path, more, run);
  if (result.kind === 'failed') return unproven(`the relocated chart does not render: ${result.reason}`);
  const chart = readChartTree(relocated.tree, chartName(item));
  return judge(item, pulled, { output: result.text, tree: relocated.tree, chart }, { extraction, again }, run);
}

const GUARD = 'global.security.allowInsecureImages';

/** Consumer values with the switch that charts ask for when they compare images with their own list. */
function withGuardSwitch(values: string): string {
  const map = (key: string, node: Parameters<typeof emitYaml>[0]): Parameters<typeof emitYaml>[0] => ({
    kind: 'map',
    entries: new Map([[key, node]]),
  });
  const yes = { kind: 'plain', source: 'true', origin: { kind: 'layer', layer: -1, path: [] } } as const;
  const text = emitYaml(map('global', map('security', map('allowInsecureImages', yes))));
  const inner = text.split('\n').slice(1).join('\n').replace(/\n$/, '');
  return /^global:$/m.test(values)
    ? values.replace(/^global:$/m, `global:\n${inner}`)
    : `${values === '{}\n' ? '' : values}${text}`;
}

async function proveConsumer(
  item: ChartItem,
  release: ReleaseItem,
  key: string,
  again: string,
  run: Run,
): Promise<Verdict> {
  const { pulled } = item;
  const { extraction, relocation } = release;
  if (pulled === undefined || extraction === undefined || relocation === undefined)
    throw new RangeError('not relocated');
  const attempt = async (values: string, name: string): ReturnType<typeof renderAs> => {
    const file = await run.ports.workspace.write(`proofs/${key}-${name}.yaml`, values);
    return renderAs(release, extraction.settings, pulled.archivePath, [file], run);
  };
  let result = await attempt(relocation.consumerValues, 'consumer');
  if (result.kind === 'failed' && result.reason.includes(GUARD)) {
    const consumerValues = withGuardSwitch(relocation.consumerValues);
    release.relocation = { ...relocation, consumerValues };
    release.notes.push(`the original chart refuses other images than its own list: its consumer values set ${GUARD}`);
    result = await attempt(consumerValues, 'consumer-switched');
  }
  if (result.kind === 'failed')
    return unproven(`the original chart does not render with the consumer values: ${result.reason}`);
  return judge(
    item,
    pulled,
    { output: result.text, tree: pulled.tree, chart: pulled.chart },
    { extraction, again },
    run,
  );
}

function whatIsLeft(verdict: Verdict): string {
  const residue = verdict.residue.map(
    ({ place, expected, found }) => `${place}: ${found ?? 'nothing'} instead of ${expected ?? 'nothing'}`,
  );
  const swept = verdict.unexplained.map(
    ({ template, line, text }) => `${template} line ${line} of the render: ${text}`,
  );
  const all = [...(verdict.reason === undefined ? [] : [verdict.reason]), ...residue, ...swept];
  const shown = all.slice(0, 3).join('; ');
  return all.length > 3 ? `${shown}; and ${all.length - 3} more in the report` : shown;
}

/** Why a chart is not proven, as the failure of its releases; undefined when every living release is. */
export function proofFailure(item: ChartItem): MirrorError | undefined {
  const failed = livingReleases(item).find((release) => release.verdict?.proven !== true);
  if (failed?.verdict === undefined) return undefined;
  return new MirrorError(
    `${chartName(item)} is not proven for release ${failed.addon.release}: ${whatIsLeft(failed.verdict)}`,
    {
      code: 'NOT_PROVEN',
      origin: 'source',
      hint: failed.verdict.reason?.startsWith(LEFT_OUT)
        ? 'run without --exclude-dependencies, or take an archive that holds them; --push-unproven pushes all the same'
        : 'these references are written in the chart itself, or could not be traced: see residue in the report; --push-unproven pushes all the same',
    },
  );
}

async function renderOriginal({ pulled }: ChartItem, release: ReleaseItem, run: Run): Promise<string> {
  const { extraction } = release;
  if (pulled === undefined || extraction === undefined) throw new RangeError('not rendered');
  const result = await renderAs(release, extraction.settings, pulled.archivePath, [], run);
  if (result.kind === 'rendered') return result.text;
  throw new Error(`the original does not render a second time: ${result.reason}`);
}

/** Renders the packed chart again for every release, and the original with the consumer values, and judges both. */
export async function prove(item: ChartItem, index: number, run: Run): Promise<void> {
  for (const [position, release] of livingReleases(item).entries()) {
    const key = `${index}-${position}`;
    try {
      const again = await renderOriginal(item, release, run);
      release.verdict = await proveRelease(item, release, key, again, run);
      release.consumerVerdict = await proveConsumer(item, release, key, again, run);
    } catch (error) {
      if (run.signal.aborted) throw error;
      release.verdict ??= unproven(toMirrorError(error).message);
      release.consumerVerdict ??= unproven(toMirrorError(error).message);
    }
  }
  const failure = proofFailure(item);
  if (failure !== undefined && !run.options.pushUnproven) throw failure;
}
