import { basename, dirname, join, resolve } from 'node:path';
import { listed, type Problem, shown } from '../problems.ts';
import type { Subject } from './findings.ts';
import { fileLayer, type InputContext, nameOf, treesOf } from './input-context.ts';
import { pathPattern } from './path-pattern.ts';
import { readTrees, type TreesRead } from './read-tree.ts';
import { goFill, type Parameters } from './template-text.ts';
import { isTrue, itemsAt, mapAt, plainOf, type Tree, type TreeMap, textAt, textOf } from './tree.ts';
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

/** The documents of a helmfile's text, each with empty lines in front so that its lines keep their numbers. */
function documentsOf(text: string): readonly string[] {
  const documents: string[] = [];
  let lines: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (!/^---(?:\s|$)/.test(line)) {
      lines.push(line);
      continue;
    }
    documents.push(lines.join('\n'));
    lines = new Array<string>(index + 1).fill('');
  }
  return [...documents, lines.join('\n')];
}

/**
 * Reads a helmfile as helmfile does, document by document: templates in its text are filled in, as far as they are plain
 * references, from the environment that the documents before and the document itself define. What cannot be read is told.
 */
export class HelmfileState {
  readonly context: InputContext;
  readonly environment: string;
  readonly parts: HelmfilePart[] = [];
  readonly #defaults: TreeMap[] = [];
  readonly #own: TreeMap[] = [];
  readonly #seen = new Set<string>();

  constructor(context: InputContext, environment: string) {
    this.context = context;
    this.environment = environment;
  }

  /** What templates may name. */
  get parameters(): Parameters {
    const values = mergedMaps([...this.#defaults, ...this.#own]);
    const data = values === undefined ? {} : plainOf(values);
    return { Environment: { Name: this.environment }, Values: data, StateValues: data };
  }

  /** The repositories by name; those with `oci: true` as registries. */
  get repositories(): Repositories {
    const items = this.parts.flatMap(({ tree }) => itemsAt(tree, 'repositories'));
    return new Map(
      items.flatMap((item) => {
        const name = textAt(item, 'name');
        const url = textAt(item, 'url');
        if (name === undefined || url === undefined) return [];
        const isRegistry = isTrue(item, 'oci') && !url.startsWith('oci://');
        return [[name, isRegistry ? `oci://${url}` : url] as const];
      }),
    );
  }

  /** Whether no document defines the environment, although some are defined. */
  get lacksEnvironment(): boolean {
    const defined = this.parts.flatMap(({ tree }) => [...(mapAt(tree, 'environments')?.fields.keys() ?? [])]);
    return this.environment !== 'default' && defined.length > 0 && !defined.includes(this.environment);
  }

  async read(path: string): Promise<void> {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    const file = nameOf(this.context, path);
    let text: string;
    try {
      text = await this.context.files.readText(path);
    } catch {
      this.context.findings.refuse(fileSubject(file), 'this file cannot be read');
      return;
    }
    for (const document of documentsOf(text)) await this.#document(document, file, dirname(path));
  }

  async #document(text: string, file: string, directory: string): Promise<void> {
    const first = this.#parsed(text, file);
    if (first.kind === 'problems' || first.trees[0]?.kind !== 'map') {
      if (first.kind === 'problems') this.#tellProblems(first.problems, text, file);
      return;
    }
    for (const base of itemsAt(first.trees[0], 'bases')) await this.#base(base, file, directory);
    const part: HelmfilePart = { tree: first.trees[0], file, directory };
    this.#defaults.push(...(await valuesOf(this.context, part, itemsAt(part.tree, 'values'))));
    const own = mapAt(part.tree, 'environments', this.environment);
    this.#own.push(...(await valuesOf(this.context, part, itemsAt(own, 'values'))));
    for (const secret of itemsAt(own, 'secrets')) {
      const reason = `the secrets ${shown(textOf(secret) ?? '')} of the environment are not read`;
      this.context.findings.leaveOut(fileSubject(file), secret.at, reason);
    }
    // now with what the document itself and its bases define
    const second = this.#parsed(text, file);
    const tree = second.kind === 'trees' ? second.trees[0] : undefined;
    this.parts.push(tree?.kind === 'map' ? { ...part, tree } : part);
  }

  #parsed(text: string, file: string): TreesRead {
    return readTrees(file, goFill(this.parameters)(text).text);
  }

  #tellProblems(problems: readonly Problem[], text: string, file: string): void {
    const [problem] = problems;
    const subject = fileSubject(file, problem?.line);
    const left = goFill(this.parameters)(text).text;
    const reason = left.includes('{{')
      ? `templates (lines ${templateLines(left)}) make this no YAML; write what helmfile build makes of it to a file, and name that`
      : `this file is not read: ${problem?.what ?? 'it is no YAML'}`;
    this.context.findings.refuse(subject, reason);
  }

  async #base(base: Tree, file: string, directory: string): Promise<void> {
    const named = textOf(base) ?? '';
    const path = resolve(directory, named);
    if (!named.includes('{{') && (await this.context.files.kindOf(path)) === 'file') await this.read(path);
    else
      this.context.findings.leaveOut(
        fileSubject(file),
        base.at,
        `the base ${shown(named)} is not read: there is no such file`,
      );
  }
}
