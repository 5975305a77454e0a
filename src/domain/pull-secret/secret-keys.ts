import { type Entries, isSettable, mapsIn, nodeAt, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import { isSecretKey, type MinedKeys } from './mined-keys.ts';
import type { SecretShape } from './secret-shape.ts';
import type { Speaks } from './speaking-templates.ts';

/** A key that could hold pull secrets. */
export interface SecretKey {
  readonly path: ValuePath;
  /** A boolean that has to be turned on with it. */
  readonly gate: ValuePath | undefined;
  /** The form in which a template reads it. */
  readonly hint: SecretShape | undefined;
}

/** Keys that could hold pull secrets, the surest first. */
export interface SecretKeys {
  /** Those of that name, and those that templates read by that name and the values lack. */
  readonly named: readonly SecretKey[];
  /** Keys in a map about registries or credentials that is switched off, with the switch. */
  readonly gated: readonly SecretKey[];
  /** What else is read where the lists are written, and such names beside images. */
  readonly beside: readonly SecretKey[];
  /** Such names in every map that describes a pod, for templates that are given a map. */
  readonly invented: readonly SecretKey[];
  /** Pod specs that the values spell out: they take every field of one. */
  readonly podSpecs: readonly SecretKey[];
  /** Where no template says the word, only pod specs help. */
  readonly speaks: Speaks;
}

type Takes = (key: string | undefined, entries: Entries) => boolean;

const IMAGE_FIELDS = ['repository', 'tag', 'registry', 'pullPolicy'];
const POD_FIELDS = [
  ...['image', 'nodeSelector', 'tolerations', 'affinity', 'podSecurityContext', 'podAnnotations', 'replicas'],
  ...['replicaCount', 'resources', 'securityContext', 'serviceAccount', 'priorityClassName', 'podLabels', 'extraEnv'],
];

function hasTwo(fields: readonly string[]): Takes {
  return (_, entries) => fields.filter((field) => entries.has(field)).length > 1;
}

function isPodSpec(key: string | undefined, entries: Entries): boolean {
  return entries.get('containers')?.kind === 'list' || /podspec$/i.test(key ?? '');
}

function mapsThat(takes: Takes, values: ValueNode): readonly ValuePath[] {
  return mapsIn(values).flatMap(({ path, entries }) => {
    const key = path.at(-1);
    return takes(typeof key === 'string' ? key : undefined, entries) ? [path] : [];
  });
}

/** Such keys below these maps, where none is yet. */
function additions(values: ValueNode, maps: readonly ValuePath[], names: readonly string[]): readonly ValuePath[] {
  return maps.flatMap((path) => names.map((name) => [...path, name])).filter((path) => isSettable(values, path));
}

function isOpen(node: ValueNode): boolean {
  return node.kind === 'list' || node.kind === 'string' || node.kind === 'null';
}

/** The keys in which a map under a key for pull secrets names them. */
const INNER = /^(?:names?|secrets?|secretNames?|existingSecrets?|list|value)$/i;

function present(root: ValueNode, path: ValuePath = []): readonly ValuePath[] {
  if (root.kind === 'list') return root.items.flatMap((item, index) => present(item, [...path, index]));
  if (root.kind !== 'map') return [];
  return [...root.entries].flatMap(([key, node]) => {
    const at = [...path, key];
    if (!isSecretKey(key)) return present(node, at);
    if (node.kind !== 'map') return isOpen(node) ? [at] : [];
    return [...node.entries].flatMap(([inner, value]) =>
      INNER.test(inner) && isOpen(value) ? [[...at, inner]] : present(value, [...at, inner]),
    );
  });
}

/** Empty maps under such a key: of credentials mostly, from which the chart makes secrets. */
function emptyMaps(values: ValueNode): readonly ValuePath[] {
  return mapsThat((key, entries) => entries.size === 0 && isSecretKey(key ?? ''), values);
}

const SWITCH = /^(?:enabled?|use)$/i;
const ABOUT_CREDENTIALS = /registr|pull|secret|credential|docker/i;

/** The switch of a map about credentials that is off. */
function gateOf(path: ValuePath, entries: Entries): ValuePath | undefined {
  const off = [...entries].find(([key, node]) => SWITCH.test(key) && node.kind === 'plain' && node.source === 'false');
  return off === undefined || !ABOUT_CREDENTIALS.test(String(path.at(-1) ?? '')) ? undefined : [...path, off[0]];
}

function gatedKeys(values: ValueNode): readonly Omit<SecretKey, 'hint'>[] {
  return mapsIn(values).flatMap(({ path, entries }) => {
    const gate = entries.size > 1 ? gateOf(path, entries) : undefined;
    const keys = [...entries].filter(([key, value]) => isOpen(value) && (isSecretKey(key) || INNER.test(key)));
    return gate === undefined ? [] : keys.map(([key]) => ({ path: [...path, key], gate }));
  });
}

/** Such keys that one item of a list has, for its other items. */
function itemKeys(values: ValueNode): readonly ValuePath[] {
  const own = present(values).filter((path) => typeof path.at(-2) === 'number');
  return own.flatMap((path) => {
    const list = nodeAt(values, path.slice(0, -2));
    const count = list?.kind === 'list' ? list.items.length : 0;
    const all = Array.from({ length: count }, (_, index) => [...path.slice(0, -2), index, ...path.slice(-1)]);
    return all.filter((one) => isSettable(values, one));
  });
}

function isLeaf(values: ValueNode, path: ValuePath): boolean {
  const node = nodeAt(values, path);
  return node === undefined ? isSettable(values, path) : isOpen(node);
}

/** The keys of the effective values that could hold pull secrets, also those that are not there yet. */
export function secretKeys(values: ValueNode, { named, beside, names, hints, speaks }: MinedKeys): SecretKeys {
  const shapes = new Map([...hints].reverse().map(({ path, shape }) => [JSON.stringify(path), shape]));
  const hinted = (key: Omit<SecretKey, 'hint'>): SecretKey => ({ ...key, hint: shapes.get(JSON.stringify(key.path)) });
  const seen = new Set<string>();
  const fresh = (paths: readonly ValuePath[]): readonly SecretKey[] => {
    const left = paths.filter((path) => {
      const key = JSON.stringify(path);
      return seen.has(key) ? false : seen.add(key);
    });
    return left.map((path) => hinted({ path, gate: undefined }));
  };
  const maps = beside.filter((path) => nodeAt(values, path)?.kind === 'map' && path.at(-1) !== 'global');
  const images = mapsThat(hasTwo(IMAGE_FIELDS), values);
  const pods = [[], ['global'], ...mapsThat(hasTwo(POD_FIELDS), values)];
  return {
    named: fresh([...present(values), ...named.filter((path) => isSettable(values, path))]),
    gated: gatedKeys(values).map(hinted),
    beside: fresh([
      ...beside.filter((path) => isLeaf(values, path)),
      ...additions(values, [...maps, ...images], names),
      ...emptyMaps(values),
      ...itemKeys(values),
    ]),
    podSpecs: fresh(additions(values, mapsThat(isPodSpec, values), ['imagePullSecrets'])),
    invented: fresh(additions(values, pods, names)),
    speaks,
  };
}
