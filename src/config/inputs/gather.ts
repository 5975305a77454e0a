import { dirname, resolve } from 'node:path';
import type { Addon, Unmirrorable } from '../../domain/addon.ts';
import { selectAddons } from '../../domain/selection.ts';
import type { ValuesCatalog } from '../catalog-document.ts';
import { faultProblem } from '../load-catalog.ts';
import { mergeAddons } from '../merge-addons.ts';
import { flagProblem, listed, orderProblems, type Problem, shown } from '../problems.ts';
import { systemCode } from '../read-text.ts';
import { readValuesFile } from '../values-file.ts';
import { readChartList } from './chart-list.ts';
import { readChartRepositories } from './chart-repositories.ts';
import { Checkouts } from './checkouts.ts';
import { Findings } from './findings.ts';
import { readHelmList } from './helm-list.ts';
import { readHelmfile } from './helmfile.ts';
import type { InputContext } from './input-context.ts';
import { type Manifests, readManifests } from './manifests.ts';
import { readKustomizations } from './read-kustomizations.ts';
import { readObjects } from './read-objects.ts';
import type { TreeFiles } from './tree-files.ts';
import { readUmbrella } from './umbrella-chart.ts';

/** What `catalog generate` is to read. Paths are relative to `cwd`; `-` among the lists is standard input. */
export interface GatherRequest {
  readonly values: string | undefined;
  readonly manifests: readonly string[];
  readonly checkouts: readonly string[];
  readonly helmfiles: readonly string[];
  readonly helmfileEnvironment: string;
  readonly charts: readonly string[];
  readonly lists: readonly string[];
  readonly helmLists: readonly string[];
  readonly repositories: string | undefined;
  readonly onlyAddon: readonly string[];
  readonly excludeAddons: readonly string[];
  readonly cwd: string;
  readonly files: TreeFiles;
  /** Standard input; undefined when it is not UTF-8. */
  readonly input: () => Promise<string | undefined>;
}

/** What the inputs ask for, as one catalog. */
export interface Gathered {
  readonly kind: 'gathered';
  readonly catalog: ValuesCatalog;
  /** What entries lack because it could not be read. */
  readonly unread: readonly Unmirrorable[];
  /** Releases that several inputs ask for in the same way, one line each. */
  readonly merged: readonly string[];
}

/** A catalog, or all that is wrong with the inputs. */
export type GatherResult = Gathered | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** `-` as the name of an input. */
const STANDARD_INPUT = '-';

async function textOfInput(request: GatherRequest, flag: string, name: string): Promise<string | Problem> {
  if (name === STANDARD_INPUT) {
    const text = await request.input();
    const what = 'standard input is not UTF-8 text';
    return text ?? flagProblem(flag, { what, instead: 'look at what the program before it says' });
  }
  try {
    return await request.files.readText(resolve(request.cwd, name));
  } catch (error) {
    const code = systemCode(error) ?? 'unknown error';
    return flagProblem(flag, {
      what: `${shown(name)} cannot be read (${code})`,
      instead: 'name a text file, or - for standard input',
    });
  }
}

function flagProblems(request: GatherRequest): readonly Problem[] {
  const problems: Problem[] = [];
  if (request.repositories !== undefined && request.helmLists.length === 0) {
    const complaint = {
      what: 'there is no list of releases to use it for',
      instead: 'add --helm-list, or leave it out',
    };
    problems.push(flagProblem('--repositories', complaint));
  }
  const inputs = [...request.lists, ...request.helmLists].filter((name) => name === STANDARD_INPUT);
  if (inputs.length > 1) {
    const complaint = { what: 'standard input is named more than once', instead: 'write one of the two to a file' };
    problems.push(flagProblem('command line', complaint));
  }
  if (request.values?.trim() === '') {
    problems.push(flagProblem('--values', { what: 'no file is named', instead: 'name a values file' }));
  }
  return problems;
}

async function readValues(request: GatherRequest, { findings }: InputContext): Promise<void> {
  const { values, files, cwd } = request;
  if (values === undefined || values.trim() === '') return;
  const read = await readValuesFile(files, { path: resolve(cwd, values), file: values }, false);
  findings.addons.push(...read.addons);
  findings.unmirrorable.push(...read.unmirrorable);
  findings.notes.push(...read.notes);
  findings.problems.push(...read.problems);
}

async function readLists(request: GatherRequest, context: InputContext): Promise<void> {
  const { findings } = context;
  for (const name of request.lists) {
    const text = await textOfInput(request, '--list', name);
    if (typeof text !== 'string') findings.problems.push(text);
    else readChartList(findings, text, name === STANDARD_INPUT ? 'standard input' : name);
  }
  if (request.helmLists.length === 0) return;
  const { repositories: file } = request;
  const repositories = file === undefined ? new Map() : await readChartRepositories(context, file);
  for (const name of request.helmLists) {
    const text = await textOfInput(request, '--helm-list', name);
    if (typeof text !== 'string') findings.problems.push(text);
    else readHelmList(findings, text, name === STANDARD_INPUT ? 'standard input' : name, repositories);
  }
}

const NAMES_SHOWN = 5;

function shortList(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN;
  return rest > 0 ? `${names.slice(0, NAMES_SHOWN).join(', ')} and ${rest} more` : listed(names);
}

function tellUnused(request: GatherRequest, { findings }: InputContext, manifests: Manifests): void {
  const { cwd } = request;
  const used = new Set([
    ...findings.addons.flatMap(({ source }) => (source.kind === 'local' ? [source.path] : [])),
    ...request.charts.map((name) => resolve(cwd, name)),
  ]);
  const charts = manifests.charts.filter((name) => !used.has(resolve(cwd, name)));
  if (charts.length > 0)
    findings.note(
      `there are charts that no manifest installs: ${shortList(charts)}; name with --chart what is to be read`,
    );
  const read = new Set(request.helmfiles.map((name) => resolve(cwd, name)));
  const helmfiles = manifests.helmfiles.filter((name) => !read.has(resolve(cwd, name)));
  if (helmfiles.length > 0)
    findings.note(`there are helmfiles: ${shortList(helmfiles)}; name with --helmfile what is to be read`);
}

async function readEverything(request: GatherRequest, context: InputContext): Promise<void> {
  const { findings, files, checkouts } = context;
  const { cwd } = request;
  for (const value of request.checkouts) findings.problems.push(...(await checkouts.addFlag(files, cwd, value)));
  await readValues(request, context);
  if (request.manifests.length > 0) {
    for (const name of request.manifests) await checkouts.addAround(files, resolve(cwd, name), name);
    const manifests = await readManifests(context, request.manifests);
    findings.problems.push(...manifests.problems);
    // Applications of a directory whose charts are read are told apart from those of others
    await readKustomizations(context, manifests.kustomizations);
    await readObjects(context, manifests.objects);
    tellUnused(request, context, manifests);
  }
  for (const name of request.helmfiles) {
    const path = resolve(cwd, name);
    const kind = await files.kindOf(path);
    if (kind === 'file' || kind === 'directory') await readHelmfile(context, path, request.helmfileEnvironment);
    else
      findings.problems.push(
        flagProblem('--helmfile', { what: `${shown(name)} is not there`, instead: 'name a helmfile' }),
      );
  }
  for (const name of request.charts) await readUmbrella(context, name);
  await readLists(request, context);
}

function pathsOf(addon: Addon): readonly string[] {
  const local = addon.source.kind === 'local' ? [addon.source.path] : [];
  return [...local, ...addon.layers.flatMap(({ origin, name }) => (origin === 'values-file' ? [name] : []))];
}

// braces in a catalog are templates
function refuseUnwritable(findings: Findings): readonly Addon[] {
  return findings.addons.filter((addon) => {
    const path = pathsOf(addon).find((text) => /[{}\p{Cc}]/u.test(text));
    const [place] = addon.places;
    if (path === undefined || place === undefined) return true;
    findings.refuse({ label: addon.release, place }, `a catalog cannot name the path ${shown(path)}`);
    return false;
  });
}

/**
 * Reads all inputs and makes one catalog of them. Releases that are asked for several times in the same way are one; of
 * different ones of one chart and name the later get names of their own. What cannot be an entry and what could not be read
 * comes back beside it. Problems are those of flags and of files that are written for us.
 */
export async function gatherInputs(request: GatherRequest): Promise<GatherResult> {
  const findings = new Findings();
  findings.problems.push(...flagProblems(request));
  const { files, cwd } = request;
  const context: InputContext = { files, cwd, checkouts: new Checkouts(), findings, manifestFiles: new Set() };
  await readEverything(request, context);
  const merged = mergeAddons('values', refuseUnwritable(findings));
  const problems = [...findings.problems, ...merged.problems];
  if (problems.length > 0) return { kind: 'problems', problems: orderProblems(problems) };
  const catalog = {
    mode: 'values',
    addons: merged.addons,
    unmirrorable: findings.unmirrorable,
    moved: [],
    notes: [...findings.notes, ...merged.notes],
  } as const;
  const selection = selectAddons(catalog, { only: request.onlyAddon, exclude: request.excludeAddons });
  if (selection.kind === 'faults')
    return { kind: 'problems', problems: selection.faults.map((fault) => faultProblem(fault, 'values')) };
  const { addons, unmirrorable } = selection.catalog;
  return {
    kind: 'gathered',
    catalog: { ...catalog, addons, unmirrorable },
    unread: findings.unread,
    merged: merged.merged,
  };
}

/** The inputs as a header names them. */
export function inputNames(request: GatherRequest): string {
  const lists = [...request.lists, ...request.helmLists].map((name) =>
    name === STANDARD_INPUT ? 'standard input' : name,
  );
  const values = request.values === undefined ? [] : [request.values];
  return listed([...values, ...request.manifests, ...request.helmfiles, ...request.charts, ...lists]);
}

/** Files that a catalog must not be written over: those that are read. */
export function inputFiles(request: GatherRequest): readonly string[] {
  const values = request.values === undefined ? [] : [request.values];
  const repositories = request.repositories === undefined ? [] : [request.repositories];
  const named = [
    ...values,
    ...request.manifests,
    ...request.helmfiles,
    ...request.lists,
    ...request.helmLists,
    ...repositories,
  ];
  return named.filter((name) => name !== STANDARD_INPUT).map((name) => resolve(request.cwd, name));
}

/** The directory of the catalog, which paths in it start from. */
export function catalogDirectory(request: GatherRequest, out: string): string {
  return dirname(resolve(request.cwd, out));
}
