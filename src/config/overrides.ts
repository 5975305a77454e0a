import { resolve } from 'node:path';
import { isMap } from 'yaml';
import type { ValuesLayer } from '../domain/addon.ts';
import { nearNames } from '../domain/selection.ts';
import type { InputFile } from './catalogs.ts';
import { emptyProblem, readDocument } from './documents.ts';
import { type Problem, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { valuesText } from './values-text.ts';
import { fieldOf, fieldsOf, placeOf } from './yaml-nodes.ts';

/** The name of the overrides file, shipped and in the working directory. */
export const OVERRIDES_FILE = 'chart-overrides.yaml';

/** Values by chart name, one layer for each file that has some, in the order in which helm is to read them. */
export interface ChartOverrides {
  readonly layers: ReadonlyMap<string, readonly ValuesLayer[]>;
  readonly problems: readonly Problem[];
}

async function readOverrides(
  files: InputFiles,
  input: InputFile,
  origin: 'shipped-override' | 'user-override',
): Promise<{ readonly layers: readonly (readonly [string, ValuesLayer])[]; readonly problems: readonly Problem[] }> {
  const read = await readDocument(files, input.path, input.file, 'chart-overrides');
  if (read.kind === 'problems') return { layers: [], problems: read.problems };
  if (read.kind === 'empty') {
    return { layers: [], problems: [emptyProblem(input.file, 'write a map of charts under "overrides:"')] };
  }
  const { source, root, problems } = read.document;
  const overrides = isMap(root) ? fieldOf(source, root, 'overrides')?.value : undefined;
  const layers = (isMap(overrides) ? fieldsOf(source, overrides) : []).flatMap(({ name: chart, value }) => {
    const text = valuesText(source, value);
    if (text === undefined) return [];
    const name = `${input.file}:${placeOf(source, value).line}`;
    return [[chart, { origin, name, text }] as const];
  });
  return { layers, problems };
}

/** Which files hold overrides: the shipped one, and the user's that are not that same file. */
export interface OverrideFiles {
  readonly shipped: InputFile;
  readonly user: readonly InputFile[];
}

/**
 * The override files of a run: those of --chart-overrides in order, or without the flag `chart-overrides.yaml` in the
 * working directory if there is one. A file is read once, under whatever names it is given.
 */
export async function overrideFiles(
  files: InputFiles,
  shippedPath: string,
  flags: readonly string[],
  cwd: string,
): Promise<OverrideFiles> {
  const local = resolve(cwd, OVERRIDES_FILE);
  const hasLocal = flags.length === 0 && (await files.kindOf(local)) !== 'absent';
  const named = hasLocal ? [OVERRIDES_FILE] : flags;
  const seen = new Set([await files.realPath(shippedPath)]);
  const user: InputFile[] = [];
  for (const file of named) {
    const path = resolve(cwd, file);
    const real = await files.realPath(path);
    if (seen.has(real)) continue;
    seen.add(real);
    user.push({ path, file });
  }
  return { shipped: { path: shippedPath, file: `${OVERRIDES_FILE} (shipped)` }, user };
}

/** Reads all override files: the shipped layer of a chart comes first, then the user's in order. */
export async function readChartOverrides(files: InputFiles, inputs: OverrideFiles): Promise<ChartOverrides> {
  const reads = await Promise.all([
    readOverrides(files, inputs.shipped, 'shipped-override'),
    ...inputs.user.map((input) => readOverrides(files, input, 'user-override')),
  ]);
  const layers = new Map<string, readonly ValuesLayer[]>();
  for (const [chart, layer] of reads.flatMap((read) => read.layers)) {
    layers.set(chart, [...(layers.get(chart) ?? []), layer]);
  }
  return { layers, problems: reads.flatMap((read) => read.problems) };
}

/** Remarks on overrides of the user's that no chart takes although one has nearly that name. */
export function overrideNotes(overrides: ChartOverrides, charts: ReadonlySet<string>): readonly string[] {
  return [...overrides.layers].flatMap(([chart, layers]) => {
    const own = layers.find((layer) => layer.origin === 'user-override');
    if (own === undefined || charts.has(chart)) return [];
    const [near] = nearNames(chart, charts);
    return near === undefined
      ? []
      : [`${own.name}: no chart is called ${shown(chart)}, perhaps ${shown(near)} is meant`];
  });
}
