import { resolve } from 'node:path';
import { flagProblem, listed, type Problem, shown } from '../problems.ts';
import { systemCode } from '../read-text.ts';
import { readValuesFile } from '../values-file.ts';
import { readChartList } from './chart-list.ts';
import { readChartRepositories } from './chart-repositories.ts';
import type { Findings } from './findings.ts';
import { type GatherRequest, STANDARD_INPUT } from './gather-request.ts';
import { readHelmList } from './helm-list.ts';
import { readHelmfile } from './helmfile.ts';
import type { InputContext } from './input-context.ts';
import { type Manifests, readManifests } from './manifests.ts';
import { readKustomizations } from './read-kustomizations.ts';
import { readObjects } from './read-objects.ts';
import { readUmbrella } from './umbrella-chart.ts';

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

async function readValues(values: string, request: GatherRequest, { findings }: InputContext): Promise<void> {
  const read = await readValuesFile(request.files, { path: resolve(request.cwd, values), file: values }, false);
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
  const named = request.repositories;
  const repositories = named === undefined ? new Map() : await readChartRepositories(context, named);
  for (const name of request.helmLists) {
    const text = await textOfInput(request, '--helm-list', name);
    const file = name === STANDARD_INPUT ? 'standard input' : name;
    const read = async () =>
      typeof text === 'string' ? readHelmList(findings, text, file, repositories) : void findings.problems.push(text);
    await orNothing(findings, read, () => `${file}: it lists no release that is deployed`);
  }
}

const NAMES_SHOWN = 5;
const OF_TOOLS = /(?:^|\.)(?:argoproj\.io|fluxcd\.io)$/;

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

/** Reads an input, and says why nothing came of it where nothing else does. */
async function orNothing<Read>(
  findings: Findings,
  read: () => Promise<Read>,
  why: (read: Read) => string,
): Promise<void> {
  const count = (): number => findings.addons.length + findings.unmirrorable.length + findings.problems.length;
  const before = count();
  const done = await read();
  if (count() === before) findings.note(`there is nothing to mirror in ${why(done)}`);
}

async function readAllManifests(request: GatherRequest, context: InputContext): Promise<Manifests> {
  const { findings, files, checkouts } = context;
  for (const name of request.manifests) await checkouts.addAround(files, resolve(request.cwd, name), name);
  const manifests = await readManifests(context, request.manifests);
  findings.problems.push(...manifests.problems);
  // Applications of a directory whose charts are read are told apart from those of others
  await readKustomizations(context, manifests.kustomizations);
  await readObjects(context, manifests.objects);
  tellUnused(request, context, manifests);
  return manifests;
}

function whyNoChart(request: GatherRequest, { objects }: Manifests): string {
  const read = objects.filter(({ group }) => OF_TOOLS.test(group)).map(({ kind, name }) => `${kind} ${name}`);
  const what = read.length === 0 ? 'it holds nothing of Argo CD or Flux' : `no chart comes of ${shortList(read)}`;
  return `${listed(request.manifests)}: ${what}`;
}

async function readOneHelmfile(request: GatherRequest, context: InputContext, name: string): Promise<void> {
  const path = resolve(request.cwd, name);
  const kind = await context.files.kindOf(path);
  if (kind === 'file' || kind === 'directory') return readHelmfile(context, path, request.helmfileEnvironment);
  const complaint = { what: `${shown(name)} is not there`, instead: 'name a helmfile' };
  context.findings.problems.push(flagProblem('--helmfile', complaint));
}

/** Reads every input that a request names, in one order; of one that brings nothing, a note says why. */
export async function readInputs(request: GatherRequest, context: InputContext): Promise<void> {
  const { findings, files, checkouts } = context;
  const { cwd, values } = request;
  for (const value of request.checkouts) findings.problems.push(...(await checkouts.addFlag(files, cwd, value)));
  if (values !== undefined && values.trim() !== '') await readValues(values, request, context);
  if (request.manifests.length > 0)
    await orNothing(
      findings,
      () => readAllManifests(request, context),
      (manifests) => whyNoChart(request, manifests),
    );
  for (const name of request.helmfiles)
    await orNothing(
      findings,
      () => readOneHelmfile(request, context, name),
      () => `${name}: it lists no release that is installed`,
    );
  for (const name of request.charts) await readUmbrella(context, name);
  await readLists(request, context);
}
