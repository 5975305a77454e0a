import { textAt } from '../../domain/chart/archive-tree.ts';
import { type ChartText, linesWith } from '../../domain/chart/chart-files.ts';
import { type ChartTree, fileIn } from '../../domain/chart/chart-tree.ts';
import { formatPath, nodeAt, type ValueNode, type ValuePath } from '../../domain/chart/values-tree.ts';
import type { ExplainedPlace, ExplainedSpot, ExplainedValue } from '../../domain/explain/report.ts';
import { slotText } from '../../domain/explain/slot-text.ts';
import { lineOfValue, type SpotFinder, shownName } from '../../domain/explain/value-spots.ts';
import type { ImageUse } from '../../domain/images/image-use.ts';
import type { Attribution } from '../../domain/trace/attribution.ts';
import type { PulledChart } from '../resolved-chart.ts';
import type { Measured } from './explain-run.ts';

/** What the places of one render are told from. */
export interface PlaceGround {
  readonly pulled: PulledChart;
  readonly values: ValueNode;
  readonly spotOf: SpotFinder;
  /** The files of the chart in which references may be spelled out. */
  readonly texts: readonly ChartText[];
}

function setBy(path: ValuePath, { values, spotOf }: PlaceGround): ExplainedSpot | null {
  const node = nodeAt(values, path);
  return node === undefined || node.kind === 'map' || node.kind === 'list' ? null : spotOf(node.origin);
}

/** The values that make registry and path, each key once. */
function nameValues({ links }: Attribution, ground: PlaceGround): readonly ExplainedValue[] {
  const values = links.map(({ slot }): ExplainedValue => {
    const key = formatPath(slot.path);
    return { key, part: 'name', text: slotText(slot), measured: true, setBy: setBy(slot.path, ground) };
  });
  return [...new Map(values.map((one) => [one.key, one])).values()];
}

/** The chart whose template a use comes from; its path names subcharts by their alias. */
function chartOf(template: string, root: ChartTree): ChartTree {
  const names = [...template.matchAll(/\/charts\/([^/]+)(?=\/)/g)].map((match) => match[1]);
  return names.reduce<ChartTree>((chart, name) => {
    const real = chart.metadata.dependencies.find(({ alias }) => alias === name)?.name ?? name;
    return chart.subcharts.find(({ metadata }) => metadata.name === real) ?? chart;
  }, root);
}

function appVersion({ template, reference }: ImageUse, { pulled }: PlaceGround): readonly ExplainedValue[] {
  const { metadata, location } = chartOf(template, pulled.chart);
  const { tag } = reference;
  if (metadata.appVersion === undefined || tag === undefined) return [];
  if (tag.replace(/^v/, '') !== metadata.appVersion.replace(/^v/, '')) return [];
  const address = fileIn(location, 'Chart.yaml');
  const line = lineOfValue(textAt(pulled.tree, address) ?? '', ['appVersion']) ?? null;
  const file = shownName(pulled.tree, pulled.chart, address);
  return [{ key: 'appVersion', part: 'tag', text: metadata.appVersion, measured: false, setBy: { file, line } }];
}

/** The values that make tag and digest: measured, or else the chart's `appVersion` where it is the tag. */
function tagValues(use: ImageUse, tags: Measured['tags'], ground: PlaceGround): readonly ExplainedValue[] {
  if (tags.length === 0) return appVersion(use, ground);
  return tags.map(
    ({ path, value }): ExplainedValue => ({
      key: formatPath(path),
      part: 'tag',
      text: value,
      measured: true,
      setBy: setBy(path, ground),
    }),
  );
}

function spotsOf(word: string, texts: readonly ChartText[]): readonly ExplainedSpot[] {
  return texts.flatMap(({ shown, text }) =>
    text.includes(word) ? linesWith(text, word).map((line) => ({ file: shown, line })) : [],
  );
}

/** Where a reference is spelled out: whole, or its name alone; in its own template if there, else anywhere in the chart. */
function literalSpots({ text, template }: ImageUse, { texts }: PlaceGround): readonly ExplainedSpot[] {
  const named = text.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  for (const word of new Set([text, named])) {
    const all = spotsOf(word, texts);
    const own = all.filter(({ file }) => file === template);
    if (all.length > 0) return own.length > 0 ? own : all;
  }
  return [];
}

/** Whether tag or digest stand in a value that makes the name, too. */
function isWhole({ reference }: ImageUse, { links }: Attribution): boolean {
  const wanted = reference.digest ?? reference.tag;
  return (
    wanted === undefined ||
    links.some(({ slot }) =>
      slotText(slot)
        ?.match(/[:@](.*)$/)?.[1]
        ?.includes(wanted),
    )
  );
}

/** One place with what makes its reference, by its attribution if tracing has one, and with the conditions that were found. */
export function explainPlace(
  use: ImageUse,
  attribution: Attribution | undefined,
  measured: Measured | undefined,
  ground: PlaceGround,
): ExplainedPlace {
  const { template, kind, name, path, text } = use;
  const isTold = attribution === undefined ? spotsOf(text, ground.texts).length > 0 : isWhole(use, attribution);
  return {
    ...{ template, kind, name, path, text },
    values: [
      ...(attribution === undefined ? [] : nameValues(attribution, ground)),
      ...(isTold ? [] : tagValues(use, measured?.tags ?? [], ground)),
    ],
    literals: attribution === undefined ? literalSpots(use, ground) : [],
    needs: (measured?.needs ?? []).map((one) => `${formatPath(one)}=true`),
  };
}
