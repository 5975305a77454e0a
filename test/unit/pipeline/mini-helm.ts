import { packChart, unpackChart } from '../../../src/adapters/archive.ts';
import type { Addon, ValuesLayer } from '../../../src/domain/addon.ts';
import type { ArchiveTree } from '../../../src/domain/chart/archive-tree.ts';
import { readChartTree } from '../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../src/domain/chart/effective-values.ts';
import { withoutNotes } from '../../../src/domain/chart/prepare-tree.ts';
import { nodeAt, type ValueNode } from '../../../src/domain/chart/values-tree.ts';
import type { Digest } from '../../../src/domain/reference.ts';
import type { ChartItem } from '../../../src/pipeline/chart-item.ts';
import { explore } from '../../../src/pipeline/explore.ts';
import { extract } from '../../../src/pipeline/extract.ts';
import { planDestinations } from '../../../src/pipeline/plan-images.ts';
import type { ReleaseItem } from '../../../src/pipeline/release-item.ts';
import { relocate } from '../../../src/pipeline/relocate.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import type { MirrorOptions, Ports } from '../../../src/pipeline/run-settings.ts';
import type { RenderRequest, RenderResult } from '../../../src/ports/helm.ts';
import { chartOf, portsOf, runOf } from './runs.ts';

/** Ends a render with a reason of the chart. */
class Failed extends Error {}

function textOf(values: ValueNode, path: string): string {
  const steps = path
    .replace(/^\.Values\./, '')
    .split('.')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const node = nodeAt(values, steps);
  if (node?.kind === 'string') return node.value;
  return node?.kind === 'plain' ? node.source : '';
}

/** `.Values.a`, `eq .Values.a "x"` and `ne .Values.a "x"`. */
function holds(condition: string, values: ValueNode): boolean {
  const [, compare, path = '', word] = /^(?:(eq|ne) )?(\S+)(?: "(.*)")?$/.exec(condition) ?? [];
  const text = textOf(values, path);
  if (compare === undefined) return !['', 'false', 'no', 'off'].includes(text);
  return (text === word) === (compare === 'eq');
}

// without another one in it
const BLOCK = /\{\{ if ((?:(?!\}\}).)*) \}\}\n((?:(?!\{\{ if )[\s\S])*?)\{\{ end \}\}\n/g;

function chosenIn(template: string, values: ValueNode): string {
  const next = template.replace(BLOCK, (_, condition: string, inner: string) =>
    holds(condition, values) ? inner : '',
  );
  return next === template ? next : chosenIn(next, values);
}

/** `{{ if }}` to `{{ end }}`, both in lines of their own, `{{ fail }}`, and values. A step of digits is a place in a list. */
function printed(template: string, values: ValueNode): string {
  const chosen = chosenIn(template, values);
  const reason = /\{\{ fail "(.*?)" \}\}/.exec(chosen)?.[1];
  if (reason !== undefined) throw new Failed(reason);
  return chosen.replace(/\{\{ (\.Values\S+) \}\}/g, (_, path: string) => textOf(values, path));
}

/** NOTES.txt is rendered as all templates are, and not printed. */
function printedAt(path: string, template: string, values: ValueNode): string {
  try {
    const text = printed(template, values);
    return path.endsWith('/NOTES.txt') ? '' : text;
  } catch (error) {
    throw error instanceof Failed ? new Failed(`execution error at (web/${path}:1:3): ${error.message}`) : error;
  }
}

function renderTree(tree: ArchiveTree, layers: readonly ValuesLayer[]): RenderResult {
  const chart = readChartTree(tree, 'web');
  const values = effectiveValues(tree, chart, layers);
  try {
    const documents = [...tree.files].flatMap(([path, { data }]) => {
      if (!path.startsWith('templates/')) return [];
      const text = printedAt(path, data.toString(), values);
      return text.trim() === '' ? [] : [`---\n# Source: web/${path}\n${text}`];
    });
    return { kind: 'rendered', text: documents.join('') };
  } catch (error) {
    if (error instanceof Failed) return { kind: 'failed', reason: error.message, lasting: true };
    throw error;
  }
}

/** A run of one chart with what is known of it after it was relocated. */
export interface Relocated {
  readonly run: Run;
  readonly chart: ChartItem;
  readonly releases: readonly ReleaseItem[];
}

/** Ports with a helm that knows little of templates, but renders what was really packed. */
function miniPorts(original: () => ArchiveTree | undefined): Ports {
  const files = new Map<string, Buffer>();
  const render = async ({ archive, valuesFiles }: RenderRequest): Promise<RenderResult> => {
    const bytes = files.get(archive);
    const whole = original();
    const pulled = archive.endsWith('/probe.tgz') && whole !== undefined ? withoutNotes(whole) : whole;
    const tree = bytes === undefined ? pulled : await unpackChart(archive, bytes);
    if (tree === undefined) throw new Error(`there is no ${archive}`);
    const layers = valuesFiles.map(
      (name): ValuesLayer => ({ origin: 'values-file', name, text: files.get(name)?.toString() ?? '' }),
    );
    return renderTree(tree, layers);
  };
  return {
    ...portsOf({}),
    helm: { version: '4.3.0', render },
    archives: { ...portsOf({}).archives, pack: packChart, packScratch: packChart },
    workspace: {
      async write(name, data) {
        files.set(`/workspace/${name}`, Buffer.from(data));
        return `/workspace/${name}`;
      },
    },
  };
}

/** What happens to a call of helm before it renders: undefined where nothing does. */
export type Mishap = (request: RenderRequest) => RenderResult | undefined;

/** What a chart is taken through a run with, beside its files. */
export interface Around {
  readonly signal?: AbortSignal;
  readonly mishap?: Mishap;
  /** The digests that images have, by their references. */
  readonly digests?: ReadonlyMap<string, Digest>;
}

/** Takes a chart through a run, up to where it is proven. Files are those beside Chart.yaml. */
export async function relocated(
  addons: readonly Addon[],
  files: Readonly<Record<string, string>>,
  options: Partial<MirrorOptions> = {},
  { signal = new AbortController().signal, mishap, digests = new Map() }: Around = {},
): Promise<Relocated> {
  let chart: ChartItem | undefined;
  const whole = miniPorts(() => chart?.pulled?.tree);
  const { helm } = whole;
  const render: Ports['helm']['render'] = async (request, stop) => mishap?.(request) ?? helm.render(request, stop);
  const ports: Ports = { ...whole, helm: { ...helm, render } };
  const run = runOf(addons, options, ports, signal);
  chart = chartOf(run.releases, files);
  run.charts = [chart];
  for (const [index, release] of run.releases.entries()) {
    await extract(chart, release, index, run);
    await explore(chart, release, index, run);
  }
  await planDestinations(run);
  for (const [image, digest] of digests) run.pinDigests.set(image, digest);
  await relocate(chart, 0, run);
  return { run, chart, releases: run.releases };
}

/** A template of one pod; under a condition, where one is given. */
export function podTemplate(name: string, image: string, condition?: string, more = ''): string {
  const pod = `kind: Pod\nmetadata: { name: ${name} }\n${more}spec:\n  containers:\n    - name: c\n      image: ${image}\n`;
  return condition === undefined ? pod : `{{ if ${condition} }}\n${pod}{{ end }}\n`;
}
