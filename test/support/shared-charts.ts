import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceDigestPins } from './digest-pins.ts';
import { type LoopbackSources, type StandInShape, standInFor, startLoopbackSources } from './loopback-sources.ts';

/** The repository's root directory. */
export const ROOT = join(import.meta.dirname, '..', '..');
const CHARTS = join(ROOT, '..', 'shared', 'charts');

/** A reference as charts.json lists it, with the kind of place it was found in. */
interface ListedImage {
  readonly ref: string;
  readonly where: string;
}

/** A chart of charts.json. */
export interface SharedChart {
  readonly name: string;
  readonly version: string;
  /** Where it is published: a URL, or `oci://` and the path above the chart. */
  readonly repository: string;
  /** Values without which it does not render. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly images: readonly ListedImage[];
  /** The absolute path of its archive. */
  readonly path: string;
}

/**
 * Images that charts.json does not list: split between fields of a configuration text (`image` and `tag`), or the
 * default of a field in a CRD. Found by rendering the charts with the values given there.
 */
const UNLISTED_REFERENCES: Readonly<Record<string, readonly string[]>> = {
  kserve: [
    'kserve/modelmesh:v0.8.0',
    'kserve/rest-proxy:v0.1.1',
    'kserve/modelmesh-runtime-adapter:v0.8.0',
    'kserve/alibi-explainer:v0.8.0',
    'kserve/aix-explainer:v0.8.0',
    'kserve/art-explainer:v0.8.0',
  ],
  'gpu-operator': ['nvcr.io/nvidia/driver'],
  jupyterhub: ['quay.io/jupyterhub/k8s-secret-sync:set-by-chartpress'],
};

/** Why tests on the shared charts cannot run here, or undefined. */
export function sharedChartsReason(): string | undefined {
  const list = join(CHARTS, 'charts.json');
  return existsSync(list) ? undefined : '../shared/charts is not beside this checkout';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: Readonly<Record<string, unknown>>, key: string): string {
  const found = value[key];
  if (typeof found !== 'string') throw new Error(`charts.json: ${key} is not a text`);
  return found;
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) throw new Error('charts.json: a list is missing');
  return value.filter(isRecord);
}

function toSharedChart(entry: Readonly<Record<string, unknown>>): SharedChart {
  const { values, images } = entry;
  return {
    name: textOf(entry, 'chart'),
    version: textOf(entry, 'version'),
    repository: textOf(entry, 'repository'),
    values: isRecord(values) ? values : undefined,
    images: listOf(images).map((image) => ({ ref: textOf(image, 'ref'), where: textOf(image, 'where') })),
    path: join(CHARTS, textOf(entry, 'file')),
  };
}

/** All charts of charts.json, in its order. Ask `sharedChartsReason` first. */
export function sharedCharts(): readonly SharedChart[] {
  const list: unknown = JSON.parse(readFileSync(join(CHARTS, 'charts.json'), 'utf8'));
  return listOf(list).map(toSharedChart);
}

/**
 * The image references of charts: what charts.json lists, but for text of custom resources, which holds base paths,
 * and what it is known to leave out.
 */
export function imageReferences(charts: readonly SharedChart[]): readonly string[] {
  const listed = charts.flatMap((chart) => chart.images).filter((image) => image.where !== 'cr-text');
  const unlisted = charts.flatMap((chart) => UNLISTED_REFERENCES[chart.name] ?? []);
  return [...new Set([...listed.map((image) => image.ref), ...unlisted])];
}

/** What the digests that references are pinned to become: the digests of their stand-ins. */
export function pinReplacements(references: readonly string[], shape: StandInShape = {}): ReadonlyMap<string, string> {
  const pinned = references.filter((reference) => reference.includes('@')).map((text) => standInFor(text, shape));
  return new Map(pinned.flatMap(({ pinned, digest }) => (pinned === undefined ? [] : [[pinned, digest] as const])));
}

/** Which charts are served, and what is pushed beside their images. */
export interface SharedChartsOptions {
  /** Chart names; undefined means all 40. */
  readonly only?: readonly string[];
  readonly furtherReferences?: readonly string[];
  readonly shape?: StandInShape;
}

/** Publishes shared charts at their own addresses, digest pins replaced, with stand-ins for all their images. */
async function addSharedCharts(sources: LoopbackSources, options: SharedChartsOptions = {}): Promise<void> {
  const charts = sharedCharts().filter((chart) => options.only?.includes(chart.name) ?? true);
  const references = [...imageReferences(charts), ...(options.furtherReferences ?? [])];
  const pins = pinReplacements(references, options.shape);
  for (const { name, version, repository, path } of charts) {
    const archive = await replaceDigestPins(await readFile(path), pins);
    await sources.addChart(repository, { name, version, archive });
  }
  await sources.addImages(references);
}

/** Starts loopback sources that hold the shared charts. */
export async function serveSharedCharts(options: SharedChartsOptions = {}): Promise<LoopbackSources> {
  const sources = await startLoopbackSources(options.shape);
  try {
    await addSharedCharts(sources, options);
    return sources;
  } catch (error) {
    await sources.stop();
    throw error;
  }
}
