import { MirrorError } from '../../errors.ts';
import { parseValues, valuesOf } from './values-document.ts';
import { nodeAt, type ValueNode } from './values-tree.ts';

/** One entry of `import-values`: a table of the subchart's values, and its place in the parent's. Dotted paths; `.` is the root. */
export interface ImportedValues {
  readonly child: string;
  readonly parent: string;
}

/** One entry of `dependencies` in Chart.yaml. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly alias: string | undefined;
  readonly condition: string | undefined;
  readonly tags: readonly string[];
  readonly importValues: readonly ImportedValues[];
}

/** The facts of a Chart.yaml that decide anything here. Versions keep the spelling of the source text. */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string | undefined;
  readonly kubeVersion: string | undefined;
  readonly type: string | undefined;
  readonly dependencies: readonly Dependency[];
  readonly annotations: ReadonlyMap<string, string>;
}

/** A scalar as its own text; undefined where it is null or empty, or no scalar. */
function text(node: ValueNode | undefined, key: string): string | undefined {
  const value = node?.kind === 'map' ? node.entries.get(key) : undefined;
  if (value?.kind === 'plain') return value.source;
  return value?.kind === 'string' && value.value !== '' ? value.value : undefined;
}

function parseImport(node: ValueNode): readonly ImportedValues[] {
  if (node.kind === 'string') return [{ child: `exports.${node.value}`, parent: '.' }];
  const [child, parent] = [text(node, 'child'), text(node, 'parent')];
  return child === undefined || parent === undefined ? [] : [{ child, parent }];
}

function parseDependency(node: ValueNode): readonly Dependency[] {
  const name = text(node, 'name');
  if (name === undefined) return [];
  const imports = nodeAt(node, ['import-values']);
  const tags = nodeAt(node, ['tags']);
  return [
    {
      name,
      version: text(node, 'version') ?? '',
      repository: text(node, 'repository') ?? '',
      alias: text(node, 'alias'),
      condition: text(node, 'condition'),
      tags: tags?.kind === 'list' ? tags.items.flatMap((tag) => (tag.kind === 'string' ? [tag.value] : [])) : [],
      importValues: imports?.kind === 'list' ? imports.items.flatMap(parseImport) : [],
    },
  ];
}

function dependenciesOf(root: ValueNode | undefined): readonly Dependency[] | undefined {
  const listed = root === undefined ? undefined : nodeAt(root, ['dependencies']);
  return listed?.kind === 'list' ? listed.items.flatMap(parseDependency) : undefined;
}

function annotationsOf(root: ValueNode): ReadonlyMap<string, string> {
  const node = nodeAt(root, ['annotations']);
  if (node?.kind !== 'map') return new Map();
  const entries = [...node.entries].flatMap(([key, value]): readonly [string, string][] =>
    value.kind === 'string' ? [[key, value.value]] : [],
  );
  return new Map(entries);
}

function readMap(yaml: string): ValueNode | undefined {
  try {
    return valuesOf(parseValues(yaml, 'metadata'), (path) => ({ kind: 'layer', layer: -1, path }));
  } catch (error) {
    if (error instanceof MirrorError) return undefined;
    throw error;
  }
}

/**
 * Reads Chart.yaml, and requirements.yaml, whose dependencies win over it (helm reads it second, whatever the
 * `apiVersion`). Undefined when one of them is no YAML, or Chart.yaml has no name and version. Scalars keep their own
 * spelling, so that `version: 1.10` stays `1.10`.
 */
export function parseMetadata(chartYaml: string, requirementsYaml: string | undefined): ChartMetadata | undefined {
  const chart = readMap(chartYaml);
  const requirements = readMap(requirementsYaml ?? '');
  const [name, version] = [text(chart, 'name'), text(chart, 'version')];
  if (chart === undefined || requirements === undefined || name === undefined || version === undefined)
    return undefined;
  return {
    name,
    version,
    appVersion: text(chart, 'appVersion'),
    kubeVersion: text(chart, 'kubeVersion'),
    type: text(chart, 'type'),
    dependencies: dependenciesOf(requirements) ?? dependenciesOf(chart) ?? [],
    annotations: annotationsOf(chart),
  };
}

/** What Chart.lock (or requirements.lock) pins: dependencies with exact versions. Empty when it cannot be read. */
export function parseLock(yaml: string): readonly Dependency[] {
  return dependenciesOf(readMap(yaml)) ?? [];
}
