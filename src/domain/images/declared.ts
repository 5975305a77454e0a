import type { ChartTree } from '../chart/chart-tree.ts';
import { formatPath, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import { isTag, looksLikeRegistry, parseReference, type Reference } from '../reference.ts';
import { IMAGE_ANNOTATIONS, referencesInAnnotation } from './annotations.ts';
import { isImageKey } from './reference-text.ts';
import { isKnownRegistry } from './registry-hosts.ts';

/** A reference that values or an annotation name. Without tag and digest, templates add what nobody knows before. */
export interface DeclaredReference {
  readonly reference: Reference;
  /** The key, or the annotation, for people. */
  readonly where: string;
  /** The key in the values; undefined for an annotation. */
  readonly path: ValuePath | undefined;
  /** Whether its tag or digest stands there, too; otherwise it is missing, or guessed. */
  readonly isWhole: boolean;
}

type Entries = ReadonlyMap<string, ValueNode>;

const REGISTRIES = ['registry', 'imageRegistry', 'hub'];
const NAMES = ['repository', 'image', 'name'];
const TAGS = ['tag', 'imageTag', 'version'];
const DIGESTS = ['digest', 'sha', 'sha256'];

function text(entries: Entries, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const node = entries.get(key);
    if (node?.kind === 'string' && node.value !== '') return node.value;
    if (node?.kind === 'plain') return node.source;
  }
  return undefined;
}

function hasHost(name: string): boolean {
  return name.includes('/') && looksLikeRegistry(name.split('/')[0] ?? '');
}

function suffix(entries: Entries, fallback: string | undefined): string {
  const digest = text(entries, DIGESTS)?.replace(/^sha256:/, '');
  const tag = text(entries, TAGS) ?? fallback;
  const named = tag !== undefined && isTag(tag.split('@')[0] ?? '') ? `:${tag}` : '';
  return digest !== undefined && /^[0-9a-f]{64}$/.test(digest) && !named.includes('@')
    ? `${named}@sha256:${digest}`
    : named;
}

type Named = Pick<DeclaredReference, 'reference' | 'isWhole'>;

function isIdentified({ tag, digest }: Reference): boolean {
  return tag !== undefined || digest !== undefined;
}

/** `{registry, repository, tag}`: a reference where a registry, a tag or the word repository says that it is one. */
function ofMap(entries: Entries, appVersion: string | undefined): Named | undefined {
  const name = text(entries, NAMES);
  if (name === undefined || /[\s{}]/.test(name)) return undefined;
  const registry = text(entries, REGISTRIES)?.replace(/\/+$/, '');
  const isTagged = ['tag', 'digest', 'sha', 'imageTag'].some((key) => entries.has(key));
  const isNamed = text(entries, ['repository']) === name && (registry !== undefined || isTagged || hasHost(name));
  if (!isNamed && !(isTagged && (registry !== undefined || hasHost(name)))) return undefined;
  const whole = registry === undefined || hasHost(name) ? name : `${registry}/${name}`;
  const written = parseReference(`${whole}${/:[^/]*$|@/.test(whole) ? '' : suffix(entries, undefined)}`);
  if (written !== undefined && isIdentified(written)) return { reference: written, isWhole: true };
  const guessed = parseReference(`${whole}${suffix(entries, entries.has('tag') ? appVersion : undefined)}`);
  const reference = guessed ?? parseReference(whole);
  return reference === undefined ? undefined : { reference, isWhole: false };
}

function ofText(key: string, value: string): Named | undefined {
  const trimmed = value.trim();
  const host = trimmed.split('/')[0] ?? '';
  if (!hasHost(trimmed) || !(isImageKey(key) || isKnownRegistry(host)) || /[\s{}]/.test(trimmed)) return undefined;
  const reference = parseReference(trimmed);
  if (reference === undefined || !(isIdentified(reference) || isImageKey(key))) return undefined;
  return { reference, isWhole: isIdentified(reference) };
}

/** The chart whose values stand at a path: its version is what a tag is usually left out for. */
type VersionAt = (path: ValuePath) => string | undefined;

function inValues(node: ValueNode, path: ValuePath, versionAt: VersionAt): readonly DeclaredReference[] {
  const found = (named: Named | undefined): readonly DeclaredReference[] =>
    named === undefined ? [] : [{ ...named, where: formatPath(path), path }];
  switch (node.kind) {
    case 'map': {
      const own = ofMap(node.entries, versionAt(path));
      const below = [...node.entries].flatMap(([key, value]) =>
        own !== undefined && value.kind === 'string' ? [] : inValues(value, [...path, key], versionAt),
      );
      return [...found(own), ...below];
    }
    case 'list':
      return node.items.flatMap((item, index) => inValues(item, [...path, index], versionAt));
    case 'string':
      return found(ofText(String(path.findLast((step) => typeof step === 'string') ?? ''), node.value));
    case 'plain':
    case 'null':
      return [];
  }
}

function versions(chart: ChartTree): VersionAt {
  return (path) => {
    let current = chart;
    for (const step of path) {
      const alias = current.metadata.dependencies.find((one) => (one.alias ?? one.name) === step)?.name ?? step;
      const sub = current.subcharts.find(({ metadata }) => metadata.name === alias);
      if (sub === undefined) break;
      current = sub;
    }
    return current.metadata.appVersion;
  };
}

function inAnnotations(chart: ChartTree): readonly DeclaredReference[] {
  const own = IMAGE_ANNOTATIONS.flatMap((annotation) =>
    referencesInAnnotation(chart.metadata.annotations.get(annotation) ?? '').flatMap(({ text: written }) => {
      const reference = parseReference(written);
      const where = `annotation ${annotation} of ${chart.metadata.name}`;
      if (reference === undefined) return [];
      return [{ reference, where, path: undefined, isWhole: isIdentified(reference) }];
    }),
  );
  return [...own, ...chart.subcharts.flatMap(inAnnotations)];
}

/**
 * The references that values and annotations of a chart and its subcharts name, rendered or not. A tag that is left out of a
 * map with a `tag` key is taken for the chart's `appVersion`.
 */
export function declaredReferences(chart: ChartTree, values: ValueNode): readonly DeclaredReference[] {
  return [...inValues(values, [], versions(chart)), ...inAnnotations(chart)];
}
