import { resolve } from 'node:path';
import { shown } from '../problems.ts';
import { chartAddress } from './chart-address.ts';
import { filledTree } from './fill-tree.ts';
import type { Subject } from './findings.ts';
import { fileSubject, type HelmfilePart, HelmfileState, namedFiles } from './helmfile-state.ts';
import { helmfileLayers } from './helmfile-values.ts';
import { chartIn, type InputContext, nameOf } from './input-context.ts';
import { goFill } from './template-text.ts';
import { isFalse, itemsAt, mapAt, type Tree, type TreeMap, textAt, textOf, textsAt, valueAt } from './tree.ts';
import { mergedTrees } from './tree-merge.ts';
import { addWanted, type WantedFrom } from './wanted-chart.ts';

type Chart =
  | { readonly kind: 'chart'; readonly chart: string; readonly from: WantedFrom }
  | { readonly kind: 'wrong'; readonly reason: string };

async function chartOf(
  context: InputContext,
  state: HelmfileState,
  directory: string,
  written: string,
): Promise<Chart> {
  if (written.startsWith('oci://')) {
    const address = chartAddress(written);
    if (address === undefined) return { kind: 'wrong', reason: `${shown(written)} names no chart` };
    return { kind: 'chart', chart: address.chart, from: { kind: 'repository', text: address.repository } };
  }
  if (/^[a-z+]+(?:::|:\/\/)/.test(written))
    return { kind: 'wrong', reason: `its chart ${shown(written)} is fetched from elsewhere` };
  const slash = written.indexOf('/');
  const name = written.slice(slash + 1);
  const repository = slash < 0 ? undefined : state.repositories.get(written.slice(0, slash));
  if (repository !== undefined) return { kind: 'chart', chart: name, from: { kind: 'repository', text: repository } };
  const path = resolve(directory, written);
  if ((await context.files.kindOf(path)) === 'directory') {
    const chart = await chartIn(context, path);
    if (chart === undefined) return { kind: 'wrong', reason: `${shown(written)} holds no chart` };
    return { kind: 'chart', chart, from: { kind: 'local', path } };
  }
  const isPath = /^[./]/.test(written) || slash < 0;
  const what = isPath
    ? `there is no chart at ${shown(written)}`
    : `no repository is called ${shown(written.slice(0, slash))}`;
  return { kind: 'wrong', reason: what };
}

// What changes a release in ways that a catalog cannot say.
const NOT_APPLIED = [
  'secrets',
  'strategicMergePatches',
  'jsonPatches',
  'transformers',
  'setTemplate',
  'valuesTemplate',
];

function tellUnapplied(context: InputContext, subject: Subject, tree: TreeMap): void {
  for (const key of NOT_APPLIED) {
    const value = valueAt(tree, key);
    if (value !== undefined) context.findings.leaveOut(subject, value.at, `its ${key} are not read`);
  }
  for (const item of itemsAt(tree, 'dependencies')) {
    const place = { ...item.at, key: subject.place.key };
    const chart = textAt(item, 'chart') ?? '';
    context.findings.refuse(
      { label: `${subject.label}, dependency`, place },
      `the chart ${shown(chart)} is added by helmfile alone`,
    );
  }
}

// `inherit` puts a release on top of templates
function inherited(context: InputContext, state: HelmfileState, subject: Subject, tree: TreeMap): TreeMap {
  let under: Tree | undefined;
  for (const item of itemsAt(tree, 'inherit')) {
    const name = textAt(item, 'template') ?? '';
    const template = state.parts
      .map((part) => mapAt(part.tree, 'templates', name))
      .find((found) => found !== undefined);
    if (template === undefined) context.findings.leaveOut(subject, item.at, `there is no template ${shown(name)}`);
    else under = under === undefined ? template : mergedTrees(under, template);
  }
  if (under?.kind !== 'map') return tree;
  const both = valueAt(under, 'values') !== undefined && valueAt(tree, 'values') !== undefined;
  if (both) context.findings.leaveOut(subject, valueAt(under, 'values')?.at, 'the values of its template are not read');
  const merged = mergedTrees(under, tree);
  return merged.kind === 'map' ? merged : tree;
}

async function readRelease(
  context: InputContext,
  state: HelmfileState,
  part: HelmfilePart,
  written: TreeMap,
): Promise<void> {
  const file = { file: part.file, key: textAt(written, 'name') };
  const raw: Subject = { label: `release ${file.key ?? ''}`, place: { ...written.at, ...file } };
  const whole = inherited(context, state, raw, written);
  const named = { Name: textAt(whole, 'name') ?? '', Namespace: textAt(whole, 'namespace') ?? '' };
  const fill = goFill({ ...state.parameters, Release: { ...named, Chart: textAt(whole, 'chart') ?? '' } });
  const tree = filledTree(whole, fill);
  if (tree.kind !== 'map') return;
  const name = textAt(tree, 'name');
  const namespaces = state.parts.map((each) => textAt(each.tree, 'namespace')).filter((text) => text !== undefined);
  const namespace = namespaces.at(-1) ?? textAt(tree, 'namespace');
  const key = [namespace, name].filter((text) => text !== undefined && !text.includes('{{')).join('/');
  const subject: Subject = { label: `release ${key}`, place: { ...raw.place, key } };
  if (isFalse(tree, 'installed')) {
    return context.findings.note(`${part.file}:${written.at.line}: ${subject.label} is not installed, it is left out`);
  }
  const chart = textAt(tree, 'chart');
  if (chart === undefined) return context.findings.refuse(subject, 'it names no chart');
  if (chart.includes('{{'))
    return context.findings.refuse(subject, `the chart ${shown(chart)} is a template (${fill(chart).open ?? ''})`);
  const found = await chartOf(context, state, part.directory, chart);
  if (found.kind === 'wrong') return context.findings.refuse(subject, found.reason);
  const condition = textAt(tree, 'condition');
  if (condition !== undefined) {
    context.findings.note(
      `${part.file}:${written.at.line}: ${subject.label} depends on ${condition}, it is mirrored in any case`,
    );
  }
  tellUnapplied(context, subject, tree);
  const layers = await helmfileLayers(context, { subject, tree, directory: part.directory });
  addWanted(context.findings, {
    subject,
    ...found,
    version: textAt(tree, 'version'),
    release: name,
    namespace,
    kubeVersion: textAt(tree, 'kubeVersion'),
    apiVersions: textsAt(tree, 'apiVersions').map(({ text }) => text),
    layers,
    openReason: (text) => fill(text).open,
  });
}

async function readNested(
  context: InputContext,
  part: HelmfilePart,
  environment: string,
  seen: ReadonlySet<string>,
): Promise<void> {
  for (const item of itemsAt(part.tree, 'helmfiles')) {
    const named = textOf(item) ?? textAt(item, 'path') ?? '';
    const subject = fileSubject(part.file);
    if (item.kind === 'map' && (valueAt(item, 'values') ?? valueAt(item, 'selectors')) !== undefined) {
      context.findings.leaveOut(subject, item.at, `values and selectors given to ${shown(named)} are not applied`);
    }
    const paths = /\{\{|::|:\/\//.test(named) ? [] : await namedFiles(context, resolve(part.directory, named));
    if (paths.length === 0)
      context.findings.refuse(
        { ...subject, place: item.at },
        `the helmfile ${shown(named)} is not read: there is no such file`,
      );
    for (const path of paths) await readOne(context, path, environment, seen);
  }
}

async function readOne(
  context: InputContext,
  path: string,
  environment: string,
  seen: ReadonlySet<string>,
): Promise<void> {
  if (seen.has(path)) return;
  const state = new HelmfileState(context, environment);
  await state.read(path);
  if (state.lacksEnvironment) {
    context.findings.leaveOut(
      fileSubject(nameOf(context, path)),
      undefined,
      `it has no environment ${shown(environment)}`,
    );
  }
  for (const part of state.parts) {
    for (const release of itemsAt(part.tree, 'releases')) {
      if (release.kind === 'map') await readRelease(context, state, part, release);
    }
    await readNested(context, part, environment, new Set([...seen, path]));
  }
}

/**
 * Reads a helmfile, or a directory of them, with bases and nested helmfiles. Templates in releases are filled in from the
 * environment's values as far as they are plain references; releases that need more are told.
 */
export async function readHelmfile(context: InputContext, path: string, environment: string): Promise<void> {
  for (const file of await namedFiles(context, path)) await readOne(context, file, environment, new Set());
}
