import { parse } from 'yaml';
import { parseDigest } from '../domain/reference.ts';
import type { ChartIndexEntry } from '../ports/charts.ts';

/** An index.yaml, read as far as it is needed. Throws SyntaxError or a YAML error when it is no index. */
export interface ChartIndex {
  readonly charts: readonly string[];
  /** The usable entries of a chart in the index's order; undefined when it has no such chart. URLs as the index writes them. */
  entries(chart: string): readonly ChartIndexEntry[] | undefined;
}

type Table = ReadonlyMap<string, unknown>;

function tableOf(value: unknown): Table | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

function digestFrom(value: unknown): ChartIndexEntry['digest'] {
  if (typeof value !== 'string' || value === '') return undefined;
  return parseDigest(value.includes(':') ? value : `sha256:${value}`) ?? 'unreadable';
}

/** An entry, or undefined for one that names no version or nothing to fetch: helm passes over such entries, too. */
function entryFrom(value: unknown): ChartIndexEntry | undefined {
  const fields = tableOf(value);
  const version = fields?.get('version');
  const listed = fields?.get('urls');
  const urls = Array.isArray(listed) ? listed.filter((url) => typeof url === 'string' && url !== '') : [];
  if (typeof version !== 'string' || version === '' || urls.length === 0) return undefined;
  return { version, urls, digest: digestFrom(fields?.get('digest')) };
}

function entriesFrom(value: unknown): readonly ChartIndexEntry[] {
  if (!Array.isArray(value)) return [];
  return value.map(entryFrom).filter((entry) => entry !== undefined);
}

/** Scalars stay as they are written: a version 1.10 must not become the number 1.1. */
function parseYaml(text: string): unknown {
  return parse(text, { schema: 'failsafe', maxAliasCount: 100, logLevel: 'silent' });
}

function wholeIndex(text: string): ChartIndex {
  const top = tableOf(text.trimStart().startsWith('{') ? JSON.parse(text) : parseYaml(text));
  const entries = tableOf(top?.get('entries'));
  if (top === undefined || (entries === undefined && top.get('apiVersion') === undefined)) {
    throw new SyntaxError('it has neither entries nor apiVersion');
  }
  const charts = entries ?? new Map<string, unknown>();
  return {
    charts: [...charts.keys()],
    entries: (chart) => (charts.has(chart) ? entriesFrom(charts.get(chart)) : undefined),
  };
}

interface Block {
  readonly start: number;
  end: number;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function keyOf(line: string): string | undefined {
  const match = /^ *(?:"([^"\\]*)"|'([^']*)'|([A-Za-z0-9_][^:#'"]*)):[ \t]*(?:#.*)?$/.exec(line);
  return match?.[1] ?? match?.[2] ?? match?.[3]?.trimEnd();
}

/**
 * Finds each chart's lines in the layout that helm writes: `entries:` at the left edge, names indented below it, lists
 * below those. Undefined for any other layout.
 */
function findBlocks(lines: readonly string[]): ReadonlyMap<string, Block> | undefined {
  const first = lines.findIndex((line) => /^entries:[ \t]*$/.test(line));
  const unusual = lines.some((line, number) => /^[\t%]/.test(line) || (number > first && line.startsWith('---')));
  if (first < 0 || unusual) return undefined;
  const blocks = new Map<string, Block>();
  let indent = 0;
  let current: Block | undefined;
  for (let number = first + 1; number < lines.length; number += 1) {
    const line = lines[number] ?? '';
    const depth = indentOf(line);
    if (depth === line.length || (depth === 0 && line.startsWith('#'))) continue;
    if (depth === 0) break;
    if (indent === 0) indent = depth;
    if (depth < indent) return undefined;
    if (depth > indent || line[depth] === '-' || line[depth] === '#') {
      if (current === undefined && line[depth] !== '#') return undefined;
    } else {
      const name = keyOf(line);
      if (name === undefined || blocks.has(name)) return undefined;
      current = { start: number, end: number + 1 };
      blocks.set(name, current);
    }
    if (current !== undefined) current.end = number + 1;
  }
  return blocks.size === 0 ? undefined : blocks;
}

const WANTED = new Set(['version', 'urls', 'digest']);

/**
 * The lines of a chart's list without the fields that nobody reads; annotations and dependencies are most of an index.
 * Undefined when an entry is not a plain block mapping.
 */
function condense(lines: readonly string[]): string | undefined {
  const kept: string[] = [];
  let dash: number | undefined;
  let wanted = false;
  for (const line of lines) {
    const depth = indentOf(line);
    if (depth === line.length) continue;
    if (dash === undefined) dash = depth;
    if (depth < dash) return undefined;
    const item = depth === dash;
    if (item && !/^ *- +[A-Za-z]/.test(line)) return undefined;
    const column = item ? line.length - line.slice(dash + 1).trimStart().length : depth;
    if (item) kept.push(`${' '.repeat(dash)}-`);
    if (column === dash + 2) {
      const name = /^([A-Za-z][A-Za-z0-9_-]*):(?:[ \t]|$)/.exec(line.slice(column))?.[1];
      const listItem = line[column] === '-' && !item;
      if (name === undefined && !listItem) return undefined;
      if (name !== undefined) wanted = WANTED.has(name);
    } else if (item) return undefined;
    if (wanted) kept.push(`${' '.repeat(column)}${line.slice(column)}`);
  }
  return kept.join('\n');
}

function blockEntries(lines: readonly string[]): readonly ChartIndexEntry[] {
  // anchors and tags may tie a kept field to a dropped one
  const plain = !lines.some((line) => /(?:^[ \t]*|[:-][ \t]+)[&*!][A-Za-z0-9_]/.test(line));
  const condensed = plain ? condense(lines) : undefined;
  return entriesFrom(parseYaml(condensed ?? lines.join('\n')));
}

/**
 * Reads an index. Indexes reach tens of megabytes, and whole YAML parsing takes a minute for them: so the usual layout is
 * cut into charts by lines and only the charts asked for are parsed, from their version, urls and digest alone. JSON and
 * unusual layouts are parsed whole.
 *
 * @throws an Error of the parser, or SyntaxError when the document is no index.
 */
export function readChartIndex(text: string): ChartIndex {
  if (text.trimStart().startsWith('{')) return wholeIndex(text);
  const lines = text.split(/\r?\n/);
  const blocks = findBlocks(lines);
  if (blocks === undefined) return wholeIndex(text);
  const parsed = new Map<string, readonly ChartIndexEntry[]>();

  function entriesOf(chart: string, block: readonly string[]): readonly ChartIndexEntry[] {
    try {
      return blockEntries(block);
    } catch {
      // what a part does not tell, such as an alias to an anchor elsewhere, the whole does; or it throws
      return wholeIndex(text).entries(chart) ?? [];
    }
  }

  return {
    charts: [...blocks.keys()],
    entries(chart) {
      const block = blocks.get(chart);
      if (block === undefined) return undefined;
      const known = parsed.get(chart) ?? entriesOf(chart, lines.slice(block.start + 1, block.end));
      parsed.set(chart, known);
      return known;
    },
  };
}
