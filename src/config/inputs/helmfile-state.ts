import { basename, dirname, join, resolve } from 'node:path';
import { listed, shown } from '../problems.ts';
import type { Subject } from './findings.ts';
import { fileLayer, type InputContext, nameOf, treesOf } from './input-context.ts';
import { pathPattern } from './path-pattern.ts';
import { readTrees } from './read-tree.ts';
import { isTrue, itemsAt, mapAt, type Tree, type TreeMap, textAt, textOf } from './tree.ts';
import { entriesBelow } from './tree-files.ts';
import { mergedMaps } from './tree-merge.ts';

/** A chart repository of a helmfile, as a catalog writes it. */
export type Repositories = ReadonlyMap<string, string>;

/** One document of a helmfile or of its bases, with the directory that its paths start from. */
export interface HelmfilePart {
  readonly tree: TreeMap;
  readonly file: string;
  readonly directory: string;
}

const MANY = 8;

function templateLines(text: string): string {
  const lines = text.split('\n').flatMap((line, index) => (line.includes('{{') ? [String(index + 1)] : []));
  const rest = lines.length - MANY;
  return rest > 0 ? `${lines.slice(0, MANY).join(', ')} and ${rest} more` : listed(lines);
}

/** The subject of a whole file. */
export function fileSubject(file: string, line = 1): Subject {
  return { label: basename(file), place: { file, line, column: 1, key: undefined } };
}

/** The files that a path of a helmfile names: itself, all of a directory, or those that fit a pattern. */
export async function namedFiles(context: InputContext, path: string): Promise<readonly string[]> {
  const isPattern = /[*?]/.test(path);
  const parts = path.split('/');
  const fixed = isPattern
    ? parts
        .slice(
          0,
          parts.findIndex((part) => /[*?]/.test(part)),
        )
        .join('/') || '/'
    : path;
  const kind = await context.files.kindOf(fixed);
  if (!isPattern && kind === 'file') return [path];
  if (kind !== 'directory') return [];
  const entries = await entriesBelow(context.files, fixed, () => isPattern);
  const files = entries.filter((entry) => entry.kind === 'file').map((entry) => entry.path);
  if (isPattern) return files.filter((file) => pathPattern(path, true).test(file));
  return files.filter((file) => /\.(?:yaml|yml|gotmpl)$/.test(file));
}

/** The documents of a helmfile, those of its bases first. What cannot be read is told. */
export async function helmfileParts(
  context: InputContext,
  path: string,
  seen: ReadonlySet<string> = new Set(),
): Promise<readonly HelmfilePart[]> {
  const file = nameOf(context, path);
  const { findings } = context;
  if (seen.has(path)) return [];
  let text: string;
  try {
    text = await context.files.readText(path);
  } catch {
    findings.refuse(fileSubject(file), 'this file cannot be read');
    return [];
  }
  const read = readTrees(file, text);
  if (read.kind === 'problems') {
    const [problem] = read.problems;
    const line = problem?.line ?? 1;
    if (text.includes('{{')) {
      const how = 'write what helmfile build makes of it to a file, and name that';
      findings.refuse(fileSubject(file, line), `templates (lines ${templateLines(text)}) make this no YAML; ${how}`);
    } else findings.refuse(fileSubject(file, line), `this file is not read: ${problem?.what ?? 'it is no YAML'}`);
    return [];
  }
  const parts: HelmfilePart[] = [];
  for (const tree of read.trees) {
    if (tree.kind !== 'map') continue;
    for (const base of itemsAt(tree, 'bases')) {
      const named = textOf(base) ?? '';
      const below = resolve(dirname(path), named);
      if (named.includes('{{') || (await context.files.kindOf(below)) !== 'file') {
        findings.leaveOut(fileSubject(file), base.at, `the base ${shown(named)} is not read: there is no such file`);
      } else parts.push(...(await helmfileParts(context, below, new Set([...seen, path]))));
    }
    parts.push({ tree, file, directory: dirname(path) });
  }
  return parts;
}

/** The repositories of a helmfile by name; those with `oci: true` as registries. */
export function repositoriesOf(parts: readonly HelmfilePart[], fill: (tree: Tree) => Tree): Repositories {
  return new Map(
    parts.flatMap(({ tree }) =>
      itemsAt(tree, 'repositories').flatMap((written) => {
        const item = fill(written);
        const name = textAt(item, 'name');
        const url = textAt(item, 'url');
        if (name === undefined || url === undefined) return [];
        const isRegistry = isTrue(item, 'oci') && !url.startsWith('oci://');
        return [[name, isRegistry ? `oci://${url}` : url] as const];
      }),
    ),
  );
}

async function valuesOf(context: InputContext, part: HelmfilePart, list: readonly Tree[]): Promise<readonly TreeMap[]> {
  const maps: TreeMap[] = [];
  for (const item of list) {
    if (item.kind === 'map') maps.push(item);
    const named = textOf(item);
    if (item.kind !== 'scalar' || named === undefined) continue;
    const path = join(part.directory, named);
    const isTemplate = named.includes('{{') || named.endsWith('.gotmpl');
    const reason = `the values ${shown(named)} of the environment are not read: they are a template`;
    if (isTemplate) context.findings.leaveOut(fileSubject(part.file), item.at, reason);
    const layer = isTemplate ? undefined : await fileLayer(context, fileSubject(part.file), item.at, path);
    if (layer !== undefined) maps.push(...treesOf([layer]));
  }
  return maps;
}

/** The values of an environment: those of the helmfile itself, and on top those of the environment. */
export async function environmentValues(
  context: InputContext,
  parts: readonly HelmfilePart[],
  environment: string,
): Promise<TreeMap | undefined> {
  const maps: TreeMap[] = [];
  for (const part of parts) maps.push(...(await valuesOf(context, part, itemsAt(part.tree, 'values'))));
  for (const part of parts) {
    const own = mapAt(part.tree, 'environments', environment);
    maps.push(...(await valuesOf(context, part, itemsAt(own, 'values'))));
    for (const secret of itemsAt(own, 'secrets')) {
      const reason = `the secrets ${shown(textOf(secret) ?? '')} of the environment are not read`;
      context.findings.leaveOut(fileSubject(part.file), secret.at, reason);
    }
  }
  return mergedMaps(maps);
}
