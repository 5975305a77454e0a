import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ServedChart } from '../../src/demo/chart-repository.ts';
import { oneDeploymentChart, packEntries, readEntries } from './charts.ts';
import { replaceDigestPins } from './digest-pins.ts';
import { type LoopbackSources, startLoopbackSources } from './loopback-sources.ts';
import { imageReferences, pinReplacements, ROOT, type SharedChart, sharedCharts } from './shared-charts.ts';

/** The values file in the shape of an app-of-apps repository. */
export const EKS_ADDONS = join(ROOT, '..', 'shared', 'inputs', 'eks-addons.values.yaml');

/** A chart version that a values file names. */
interface NamedChart {
  /** The key of the addon that names it first. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  /** A URL, or `oci://` and the path above the chart. */
  readonly address: string;
}

/** Sources that hold everything a values file names. */
export interface ValuesSources extends LoopbackSources {
  /** Addons with a chart, addons that lack one, and distinct chart versions. */
  readonly addonCount: number;
  readonly unmirrorableKeys: readonly string[];
  readonly charts: readonly NamedChart[];
}

/** Why tests on the values file cannot run here, or undefined. */
export function valuesInputReason(): string | undefined {
  return existsSync(EKS_ADDONS) ? undefined : '../shared/inputs is not beside this checkout';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toNamedChart(key: string, addon: unknown): NamedChart | undefined {
  if (!isRecord(addon)) throw new Error(`${key} is not a map`);
  const { chart, repoUrl, targetRevision } = addon;
  if (typeof chart !== 'string' || typeof repoUrl !== 'string' || typeof targetRevision !== 'string') return undefined;
  const cut = chart.lastIndexOf('/');
  const name = chart.slice(cut + 1);
  if (repoUrl.includes('://')) return { key, name, version: targetRevision, address: repoUrl };
  const path = cut < 0 ? '' : `/${chart.slice(0, cut)}`;
  return { key, name, version: targetRevision, address: `oci://${repoUrl}${path}` };
}

/** The addons of a values file: the distinct chart versions, how many addons name one, and the keys of those without. */
function readValuesInput(path: string): Pick<ValuesSources, 'addonCount' | 'unmirrorableKeys' | 'charts'> {
  const document: unknown = parse(readFileSync(path, 'utf8'));
  const addons = isRecord(document) ? document.addons : undefined;
  if (!isRecord(addons)) throw new Error(`${path} holds no map of addons`);
  const read = Object.entries(addons).map(([key, addon]) => ({ key, chart: toNamedChart(key, addon) }));
  const named = read.flatMap(({ chart }) => (chart === undefined ? [] : [chart]));
  // reversed, so that the first addon of several with the same chart version is the one that stays
  const distinct = new Map(
    named.toReversed().map((chart) => [`${chart.address}/${chart.name}@${chart.version}`, chart]),
  );
  return {
    addonCount: named.length,
    unmirrorableKeys: read.filter(({ chart }) => chart === undefined).map(({ key }) => key),
    charts: [...distinct.values()].toReversed(),
  };
}

/** The archive with another version in its own Chart.yaml; subcharts stay as they are. */
async function withVersion(archive: Buffer, version: string): Promise<Buffer> {
  const entries = (await readEntries(archive)).map((entry) => {
    if (!/^[^/]+\/Chart\.yaml$/.test(entry.header.name)) return entry;
    const text = entry.data.toString('utf8').replace(/^version:.*$/m, `version: ${JSON.stringify(version)}`);
    return { ...entry, data: Buffer.from(text) };
  });
  return packEntries(entries);
}

async function archiveFor(chart: NamedChart, shared: SharedChart | undefined, pins: ReadonlyMap<string, string>) {
  if (shared !== undefined) {
    const archive = await withVersion(await replaceDigestPins(await readFile(shared.path), pins), chart.version);
    return { archive, references: [] };
  }
  const image = { repository: `registry.example.test/apps/${chart.name}`, tag: chart.version };
  const archive = await oneDeploymentChart(chart.name, chart.version, image);
  return { archive, references: [`${image.repository}:${image.tag}`] };
}

/**
 * Starts sources that hold every chart version a values file names, at its own address: the shared chart of that name
 * under the version asked for, or else a chart with one Deployment. All images are there as stand-ins.
 */
export async function serveValuesInput(
  path: string,
  furtherReferences: readonly string[] = [],
): Promise<ValuesSources> {
  const input = readValuesInput(path);
  const shared = sharedCharts().filter(({ name }) => input.charts.some((chart) => chart.name === name));
  const references = [...imageReferences(shared), ...furtherReferences];
  const pins = pinReplacements(references);
  const sources = await startLoopbackSources();
  try {
    for (const chart of input.charts) {
      const made = await archiveFor(
        chart,
        shared.find(({ name }) => name === chart.name),
        pins,
      );
      const served: ServedChart = { name: chart.name, version: chart.version, archive: made.archive };
      await sources.addChart(chart.address, served);
      references.push(...made.references);
    }
    await sources.addImages(references);
    return { ...sources, ...input };
  } catch (error) {
    await sources.stop();
    throw error;
  }
}
