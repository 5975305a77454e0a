import { expect, it } from 'vitest';
import type { ValuesLayer } from '../../../src/domain/addon.ts';
import type { ArchiveTree, ChartFile } from '../../../src/domain/chart/archive-tree.ts';
import { readChartTree } from '../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../src/domain/chart/effective-values.ts';
import { parseValues, valuesOf } from '../../../src/domain/chart/values-document.ts';
import { emitYaml } from '../../../src/domain/overlay/emit-yaml.ts';
import { describeWith } from '../../support/tools.ts';
import { DOCUMENTS, PLAIN_KEYS, PLAIN_SCALARS } from '../../unit/domain/chart/yaml-samples.ts';
import { type HelmMajor, type Json, readByHelm, valuesByHelm } from './helm-reader.ts';
import { type RandomChart, randomChart } from './random-values.ts';

const MAJORS: readonly HelmMajor[] = ['helm4', 'helm3'];
const CHARTS = 30;

type JsonMap = { readonly [key: string]: Json };

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Values without nulls in maps, empty maps and globals: helm's majors keep and make those differently. */
function essence(value: Json): Json {
  if (!isMap(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'global')
    .map(([key, entry]) => [key, essence(entry)] as const)
    .filter(([, entry]) => entry !== null && !(isMap(entry) && Object.keys(entry).length === 0));
  return Object.fromEntries(entries);
}

/** The scalars and lists in a value, each with its path. */
function leaves(value: Json, path: readonly string[] = []): readonly (readonly [readonly string[], Json])[] {
  return isMap(value)
    ? Object.entries(value).flatMap(([key, entry]) => leaves(entry, [...path, key]))
    : [[path, value]];
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((node, key) => (isMap(node) ? node[key] : undefined), value);
}

function asRead(text: string): string {
  return emitYaml(valuesOf(parseValues(text, 'text'), (path) => ({ kind: 'layer', layer: 0, path })));
}

function asEffective({ files, layers }: RandomChart): string {
  const entries = Object.entries(files).map(
    ([path, text]) => [path, { path, data: Buffer.from(text), mode: 0o644, mtime: 0 }] as const,
  );
  const tree: ArchiveTree = { top: 'parent', files: new Map<string, ChartFile>(entries), packed: new Map() };
  const given = layers.map((text): ValuesLayer => ({ origin: 'inline', name: 'layer', text }));
  return emitYaml(effectiveValues(tree, readChartTree(tree, 'parent'), given));
}

function randomCharts(seed: number, nulls: boolean): readonly RandomChart[] {
  return Array.from({ length: CHARTS }, (_, index) => randomChart(seed + index, nulls));
}

async function inPairs<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let index = 0; index < items.length; index += 2) {
    results.push(...(await Promise.all(items.slice(index, index + 2).map(run))));
  }
  return results;
}

/** What helm's templates see, and what helm reads in our own account of it. */
async function compare(tool: HelmMajor, charts: readonly RandomChart[]): Promise<readonly (readonly [Json, Json])[]> {
  const theirs = await inPairs(charts, ({ files, layers }) => valuesByHelm(tool, files, layers));
  const ours = await readByHelm(tool, charts.map(asEffective));
  return theirs.map((value, index) => [value, ours[index] ?? null] as const);
}

describeWith(['helm4', 'helm3'], 'helm and we read values alike', () => {
  it.each(MAJORS)('%s: texts', async (tool) => {
    const texts = [...PLAIN_SCALARS.map(([text]) => `a: ${text}\n`), ...DOCUMENTS];
    const theirs = await readByHelm(tool, texts);
    const ours = await readByHelm(tool, texts.map(asRead));
    for (const [index, text] of texts.entries()) expect(ours[index], JSON.stringify(text)).toEqual(theirs[index]);
  });

  it.each(MAJORS)('%s: the kinds of plain scalars', async (tool) => {
    const texts = PLAIN_SCALARS.map(([text]) => `a: ${text}\n`);
    const found = await readByHelm(tool, texts);
    for (const [index, [text, kind]] of PLAIN_SCALARS.entries()) {
      const value = at(found[index], ['a']);
      const type = value === null ? 'null' : typeof value;
      expect(type, text).toBe(kind === 'integer' || kind === 'float' ? 'number' : kind);
    }
  });

  it.each(MAJORS)('%s: the names of keys', async (tool) => {
    const texts = PLAIN_KEYS.map(([text]) => `${text}: x\n`);
    const found = await readByHelm(tool, texts);
    for (const [index, [text, name]] of PLAIN_KEYS.entries()) expect(found[index], text).toEqual({ [name]: 'x' });
  });

  it.each(MAJORS)('%s: values of charts with subcharts and layers, and the globals of the root', async (tool) => {
    const pairs = await compare(tool, randomCharts(0, false));
    let globals = 0;
    for (const [seed, [theirs, ours]] of pairs.entries()) {
      expect(essence(ours), `seed ${seed}`).toEqual(essence(theirs));
      for (const [path, value] of leaves(at(theirs, ['global']) ?? {})) {
        if (isMap(value)) continue;
        globals += 1;
        expect(at(ours, ['global', ...path]), `seed ${seed} ${path}`).toEqual(value);
      }
    }
    expect(globals).toBeGreaterThan(CHARTS);
  });

  // a null in a chart's own file deletes a subchart's default in helm 3 and, at times, in helm 4: we keep it
  it.each(MAJORS)('%s: with nulls, nothing that templates see is missing', async (tool) => {
    for (const [seed, [theirs, ours]] of (await compare(tool, randomCharts(1000, true))).entries()) {
      for (const [path, value] of leaves(essence(theirs)))
        expect(at(ours, path), `seed ${seed} ${path}`).toEqual(value);
    }
  });
});
