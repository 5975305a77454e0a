import { relative, resolve } from 'node:path';
import type { Place, ValuesLayer } from '../../domain/addon.ts';
import { rootOf } from '../documents.ts';
import { shown } from '../problems.ts';
import { parseYaml, readYaml } from '../yaml-source.ts';
import type { Checkouts } from './checkouts.ts';
import type { Findings, Subject } from './findings.ts';
import { type TreeMap, treeOf } from './tree.ts';
import type { TreeFiles } from './tree-files.ts';
import { treeText } from './tree-text.ts';

/** What every reader of an input works with. */
export interface InputContext {
  readonly files: TreeFiles;
  readonly cwd: string;
  readonly checkouts: Checkouts;
  readonly findings: Findings;
  /** The files, by absolute path, whose objects or charts are read in this run. */
  readonly manifestFiles: Set<string>;
}

/** A text of values as a map, `undefined` for an empty one, or why it is none. */
export type ValuesTree =
  | { readonly kind: 'values'; readonly tree: TreeMap | undefined }
  | { readonly kind: 'wrong'; readonly reason: string };

/** Reads a text that must be values: one YAML document with a map. `at` is where it stands, for the places in it. */
export function valuesTree(text: string, at: Place): ValuesTree {
  const read = parseYaml(at.file, text);
  if (read.kind === 'problems') {
    const [problem] = read.problems;
    return { kind: 'wrong', reason: `line ${problem?.line ?? 1} of it: ${problem?.what ?? 'it is no YAML'}` };
  }
  const filled = read.sources.filter((source) => rootOf(source) !== undefined);
  const [source] = filled;
  const root = source === undefined ? undefined : rootOf(source);
  if (source === undefined || root === undefined) return { kind: 'values', tree: undefined };
  if (filled.length > 1) return { kind: 'wrong', reason: 'it holds several documents' };
  const tree = treeOf(source, root);
  if (tree?.kind !== 'map') return { kind: 'wrong', reason: 'it is no map' };
  return { kind: 'values', tree };
}

/** How messages and layers name a path: relative to the working directory. */
export function nameOf(context: InputContext, path: string): string {
  return relative(context.cwd, path) || '.';
}

/** A values file as a layer; what is wrong with it is told as left out. */
export async function fileLayer(
  context: InputContext,
  subject: Subject,
  at: Place | undefined,
  path: string,
): Promise<ValuesLayer | undefined> {
  const { files, findings } = context;
  const name = nameOf(context, path);
  const kind = await files.kindOf(path);
  if (kind !== 'file') {
    findings.leaveOut(subject, at, `the values file ${shown(name)} is not there`);
    return undefined;
  }
  const read = await readYaml(files, path, name);
  if (read.kind === 'problems') {
    const [problem] = read.problems;
    findings.leaveOut(
      subject,
      at,
      `the values file ${shown(name)} is not read (line ${problem?.line ?? 1}: ${problem?.what ?? ''})`,
    );
    return undefined;
  }
  const values = valuesTree(read.text, { file: name, line: 1, column: 1, key: undefined });
  if (values.kind === 'wrong') {
    findings.leaveOut(subject, at, `the values file ${shown(name)} is not read (${values.reason})`);
    return undefined;
  }
  return values.tree === undefined ? undefined : { origin: 'values-file', name, text: read.text };
}

/** The values of layers that were read before. */
export function treesOf(layers: readonly ValuesLayer[]): readonly TreeMap[] {
  return layers.flatMap(({ name, text }) => {
    const read = valuesTree(text, { file: name, line: 1, column: 1, key: undefined });
    return read.kind === 'values' && read.tree !== undefined ? [read.tree] : [];
  });
}

/** Values as the last layer of a release; none where there are none. */
export function inlineLayer(subject: Subject, tree: TreeMap | undefined): readonly ValuesLayer[] {
  if (tree === undefined || tree.fields.size === 0) return [];
  return [{ origin: 'inline', name: `${subject.place.file}:${subject.place.line}`, text: treeText(tree) }];
}

/** The chart in a directory: its name, or undefined where there is no `Chart.yaml` that names one. */
export async function chartIn(context: InputContext, directory: string): Promise<string | undefined> {
  const path = resolve(directory, 'Chart.yaml');
  if ((await context.files.kindOf(path)) !== 'file') return undefined;
  const read = await readYaml(context.files, path, nameOf(context, path));
  const source = read.kind === 'ok' ? read.sources[0] : undefined;
  const root = source === undefined ? undefined : rootOf(source);
  const tree = source === undefined || root === undefined ? undefined : treeOf(source, root);
  const name = tree?.kind === 'map' ? tree.fields.get('name')?.value : undefined;
  return name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : undefined;
}
