import { type ArchiveTree, formatAddress, textAt } from '../chart/archive-tree.ts';
import { type ChartTree, fileIn, valueKeys } from '../chart/chart-tree.ts';
import type { ValuePath } from '../chart/values-tree.ts';
import { editedValue, type LeafEdit } from './edit-values.ts';
import type { FileEdits } from './gather-edits.ts';

/** A chart of the tree, with the path at which its values stand in those of the root. */
interface Placed {
  readonly chart: ChartTree;
  readonly prefix: ValuePath;
}

function placedCharts(chart: ChartTree, prefix: ValuePath = []): readonly Placed[] {
  const below = chart.subcharts.flatMap((sub) =>
    valueKeys(chart, sub).flatMap((key) => placedCharts(sub, [...prefix, key])),
  );
  return [{ chart, prefix }, ...below];
}

/** What is edited, by its path from the root. */
interface Change {
  readonly path: ValuePath;
  readonly before: string;
  readonly after: string;
}

function changesOf(placed: readonly Placed[], files: readonly FileEdits[]): readonly Change[] {
  return placed.flatMap(({ chart, prefix }) => {
    const own = formatAddress(fileIn(chart.location, 'values.yaml'));
    const edits = files.filter(({ address }) => formatAddress(address) === own).flatMap((file) => file.edits);
    return edits.flatMap((edit): readonly Change[] =>
      edit.before === undefined || edit.before === ''
        ? []
        : [{ path: [...prefix, ...edit.path], before: edit.before, after: editedValue(edit) }],
    );
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What is allowed for a value, and where in the schema that stands. */
interface Part {
  readonly schema: unknown;
  readonly at: ValuePath;
}

function stepInto({ schema, at }: Part, steps: readonly string[]): Part | undefined {
  let part: unknown = schema;
  for (const step of steps) part = isRecord(part) ? part[step] : undefined;
  return part === undefined ? undefined : { schema: part, at: [...at, ...steps] };
}

/** A part of the same schema that is written elsewhere in it (`#/definitions/image`). */
function followed(part: Part, whole: unknown): Part {
  const reference = isRecord(part.schema) ? part.schema.$ref : undefined;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return part;
  return stepInto({ schema: whole, at: [] }, reference.slice(2).split('/')) ?? part;
}

function partAt(whole: unknown, path: ValuePath): Part | undefined {
  let part: Part | undefined = { schema: whole, at: [] };
  for (const step of path) {
    if (part === undefined) return undefined;
    part = stepInto(followed(part, whole), typeof step === 'number' ? ['items'] : ['properties', step]);
  }
  return part === undefined ? undefined : followed(part, whole);
}

const WORDS = new Set(['title', 'description', '$comment', 'pattern']);

/** The places below a part at which a text stands as a value that is allowed. */
function placesOf({ schema, at }: Part, text: string): readonly ValuePath[] {
  if (schema === text) return [at];
  if (Array.isArray(schema))
    return schema.flatMap((inner, index) => placesOf({ schema: inner, at: [...at, index] }, text));
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([key, inner]) =>
    WORDS.has(key) ? [] : placesOf({ schema: inner, at: [...at, key] }, text),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // helm says so by itself when it checks values
    return undefined;
  }
}

/**
 * The edits of values.schema.json, of the chart and of its subcharts, that let values be what they are edited to: a schema may
 * list the images that a chart takes (`enum`, `const`). `files` are the edits of values.
 */
export function schemaEdits(tree: ArchiveTree, chart: ChartTree, files: readonly FileEdits[]): readonly FileEdits[] {
  const placed = placedCharts(chart);
  const changes = changesOf(placed, files);
  const found = new Map<string, FileEdits>();
  for (const { chart: one, prefix } of placed) {
    const address = fileIn(one.location, 'values.schema.json');
    const schema = parsed(textAt(tree, address) ?? '');
    if (schema === undefined) continue;
    const known = new Map(found.get(formatAddress(address))?.edits.map((edit) => [JSON.stringify(edit.path), edit]));
    for (const { path, before, after } of changes) {
      if (!prefix.every((step, index) => path[index] === step)) continue;
      const part = partAt(schema, path.slice(prefix.length));
      for (const place of part === undefined ? [] : placesOf(part, before)) {
        const edit: LeafEdit = { path: place, before, edits: [{ offset: 0, length: before.length, text: after }] };
        const key = JSON.stringify(place);
        if (!known.has(key)) known.set(key, edit);
      }
    }
    if (known.size > 0) found.set(formatAddress(address), { address, edits: [...known.values()] });
  }
  return [...found.values()];
}
