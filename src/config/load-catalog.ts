import { resolve } from 'node:path';
import type { Addon, Catalog, MovedRule, Unmirrorable } from '../domain/addon.ts';
import { type SelectionFault, selectAddons } from '../domain/selection.ts';
import { type InputFile, readCatalog } from './catalogs.ts';
import { shippedPath } from './documents.ts';
import { mergeAddons } from './merge-addons.ts';
import { OVERRIDES_FILE, overrideFiles, overrideNotes, readChartOverrides } from './overrides.ts';
import { type Complaint, flagProblem, listed, orderProblems, type Problem, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { readValuesFile } from './values-file.ts';

/** What the command line says of the inputs, as given. Paths are relative to `cwd`. */
export interface CatalogRequest {
  /** The values of --catalog; each may name several files, separated by commas. */
  readonly catalogs: readonly string[];
  readonly values: string | undefined;
  readonly chartOverrides: readonly string[];
  readonly onlyAddon: readonly string[];
  readonly excludeAddons: readonly string[];
  readonly latest: boolean;
  readonly cwd: string;
  readonly files: InputFiles;
  /** The overrides file that ships with the tool; tests name another. */
  readonly shippedOverrides?: string;
}

/** The catalog, whole and checked, or everything that is wrong with any of the inputs. */
export type CatalogResult =
  | { readonly kind: 'ok'; readonly catalog: Catalog }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

interface Declared {
  readonly mode: Catalog['mode'];
  readonly addons: readonly Addon[];
  readonly unmirrorable: readonly Unmirrorable[];
  readonly moved: readonly MovedRule[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

function nothing(problems: readonly Problem[]): Declared {
  return { mode: 'catalog', addons: [], unmirrorable: [], moved: [], notes: [], problems };
}

async function distinctFiles(request: CatalogRequest): Promise<readonly InputFile[]> {
  const names = request.catalogs.flatMap((value) => value.split(',')).map((name) => name.trim());
  const seen = new Set<string>();
  const inputs: InputFile[] = [];
  for (const file of names.filter((name) => name !== '')) {
    const path = resolve(request.cwd, file);
    const real = await request.files.realPath(path);
    if (!seen.has(real)) inputs.push({ path, file });
    seen.add(real);
  }
  return inputs;
}

async function readInputs(request: CatalogRequest): Promise<Declared> {
  const { values, files, latest, cwd } = request;
  if (values !== undefined && request.catalogs.length > 0) {
    const complaint = { what: '--catalog and --values are both given', instead: 'give one of them' };
    return nothing([flagProblem('command line', complaint)]);
  }
  if (values !== undefined) {
    if (values.trim() === '')
      return nothing([flagProblem('--values', { what: 'no file is named', instead: 'name a values file' })]);
    const read = await readValuesFile(files, { path: resolve(cwd, values), file: values }, latest);
    return { ...read, mode: 'values', moved: [] };
  }
  if (request.catalogs.length === 0) {
    const instead = 'give --catalog with a catalog or --values with a values file';
    return nothing([flagProblem('command line', { what: 'no input is given', instead })]);
  }
  const inputs = await distinctFiles(request);
  if (inputs.length === 0)
    return nothing([flagProblem('--catalog', { what: 'no file is named', instead: 'name a catalog' })]);
  const reads = await Promise.all(inputs.map((input) => readCatalog(files, input, latest)));
  return {
    mode: 'catalog',
    addons: reads.flatMap((read) => read.addons),
    unmirrorable: [],
    moved: reads.flatMap((read) => read.moved),
    notes: [],
    problems: reads.flatMap((read) => read.problems),
  };
}

function faultComplaint(
  fault: Extract<SelectionFault, { kind: 'no-match' | 'no-name' }>,
  mode: Catalog['mode'],
): Complaint {
  const word = mode === 'catalog' ? 'release' : 'chart';
  if (fault.kind === 'no-name') return { what: 'no addon is named', instead: `name a ${word} or leave the flag out` };
  const near = listed(fault.near.map(shown), 'or');
  const instead = near === '' ? `write the name of a ${word}` : `write ${near}`;
  return { what: `no ${word} is called ${shown(fault.name)}`, instead };
}

/** A fault of --only-addon or --exclude-addons as a problem. */
export function faultProblem(fault: SelectionFault, mode: Catalog['mode']): Problem {
  if (fault.kind !== 'nothing-left') return flagProblem(fault.flag, faultComplaint(fault, mode));
  const complaint = {
    what: '--only-addon and --exclude-addons leave nothing to mirror',
    instead: 'select less strictly',
  };
  return flagProblem('command line', complaint);
}

/**
 * Reads everything the command line names: catalogs or a values file, and chart overrides. Nothing is fetched and
 * nothing written. All problems of all inputs come back together; selection is judged only when the inputs are sound.
 */
export async function loadCatalog(request: CatalogRequest): Promise<CatalogResult> {
  const { files, cwd } = request;
  const shipped = request.shippedOverrides ?? shippedPath(OVERRIDES_FILE);
  const [declared, overrides] = await Promise.all([
    readInputs(request),
    overrideFiles(files, shipped, request.chartOverrides, cwd).then((inputs) => readChartOverrides(files, inputs)),
  ]);
  const layered = declared.addons.map((addon) => ({
    ...addon,
    layers: [...(overrides.layers.get(addon.chart) ?? []), ...addon.layers],
  }));
  const merged = mergeAddons(declared.mode, layered);
  const problems = [...declared.problems, ...merged.problems, ...overrides.problems];
  if (problems.length > 0) return { kind: 'problems', problems: orderProblems(problems) };

  const charts = new Set(merged.addons.map((addon) => addon.chart));
  const catalog: Catalog = {
    mode: declared.mode,
    addons: merged.addons,
    unmirrorable: declared.unmirrorable,
    moved: declared.moved,
    notes: [...declared.notes, ...merged.merged, ...merged.notes, ...overrideNotes(overrides, charts)],
  };
  const selection = selectAddons(catalog, { only: request.onlyAddon, exclude: request.excludeAddons });
  if (selection.kind === 'selected') return { kind: 'ok', catalog: selection.catalog };
  return { kind: 'problems', problems: selection.faults.map((fault) => faultProblem(fault, catalog.mode)) };
}
