import type { Parameters } from './template-text.ts';
import { plainOf, type Tree } from './tree.ts';

/** What one application of an ApplicationSet is made with. `open`: there are more parameters, which only the cluster knows. */
export interface ParameterSet {
  readonly values: Parameters;
  readonly open: boolean;
}

function isRecord(value: unknown): value is Parameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOfPlain(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** Nested data as one level, with dots between the keys, every value as text. */
export function flattened(value: unknown, prefix = ''): Parameters {
  if (!isRecord(value) && !Array.isArray(value)) return prefix === '' ? {} : { [prefix]: textOfPlain(value) };
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    Object.assign(result, flattened(inner, prefix === '' ? key : `${prefix}.${key}`));
  }
  return result;
}

/** A tree's data as parameters: as it is for Go templates, in one level otherwise. */
export function parametersOf(tree: Tree, isGo: boolean): Parameters {
  const data = plainOf(tree);
  if (!isGo) return flattened(data);
  return isRecord(data) ? data : {};
}

/** Parameters on top of others, maps joined. */
export function joinedParameters(under: Parameters, over: Parameters): Parameters {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isRecord(before) && isRecord(value) ? joinedParameters(before, value) : value;
  }
  return result;
}

/** Both sets of parameters in one. */
export function joinedSets(under: ParameterSet, over: ParameterSet): ParameterSet {
  return { values: joinedParameters(under.values, over.values), open: under.open || over.open };
}

// Undefined where a key is missing: nothing can be said to be equal to it.
function keyOf(set: ParameterSet, keys: readonly string[]): string | undefined {
  const flat = flattened(set.values);
  const values = keys.map((key) => flat[key]);
  return values.length === 0 || values.includes(undefined) ? undefined : JSON.stringify(values);
}

/**
 * The base sets, each with what the others say of it: those with the same values of the keys. Where only the cluster knows which
 * fits, each that may fit makes a set of its own: some cluster may get any of them.
 */
export function mergedSets(
  base: readonly ParameterSet[],
  others: readonly (readonly ParameterSet[])[],
  keys: readonly string[],
): readonly ParameterSet[] {
  return base.flatMap((one) => {
    const key = one.open ? undefined : keyOf(one, keys);
    let merged = one;
    for (const list of others) {
      const match = key === undefined ? undefined : list.find((other) => !other.open && keyOf(other, keys) === key);
      if (match !== undefined) merged = joinedSets(merged, match);
    }
    const possible = others.flat().filter(({ open }) => open || one.open);
    return [merged, ...possible.map((other) => joinedSets(merged, other))];
  });
}

/** A name as Argo CD makes it fit for Kubernetes: lower case, other characters than letters, digits, dots as hyphens. */
export function normalizedName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^-a-z0-9.]/g, '-')
    .slice(0, 253)
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** The parameters of a path in Git; with `file` also those of the file's name. */
export function pathParameters(
  path: string,
  file: string | undefined,
  prefix: string | undefined,
  isGo: boolean,
): Parameters {
  const segments = path.split('/');
  const basename = segments.at(-1) ?? '';
  const names: Record<string, unknown> = {
    basename,
    basenameNormalized: normalizedName(basename),
    ...(file === undefined ? {} : { filename: file, filenameNormalized: normalizedName(file) }),
  };
  if (isGo) {
    const own = { path: { path, ...names, segments } };
    return prefix === undefined ? own : { [prefix]: own };
  }
  const key = prefix === undefined ? 'path' : `${prefix}.path`;
  const flat: Record<string, unknown> = { [key]: path };
  for (const [name, value] of Object.entries(names)) flat[`${key}.${name}`] = value;
  for (const [index, segment] of segments.entries()) flat[`${key}[${index}]`] = segment;
  return flat;
}

/** Whether a label selector picks a set of parameters, which are its labels. Undefined for one that is not understood. */
export function isSelected(set: ParameterSet, selector: Tree): boolean | undefined {
  const flat = flattened(set.values);
  const plain = plainOf(selector);
  if (!isRecord(plain)) return undefined;
  const labels = isRecord(plain.matchLabels) ? Object.entries(plain.matchLabels) : [];
  const expressions: readonly unknown[] = Array.isArray(plain.matchExpressions) ? plain.matchExpressions : [];
  let isPicked = labels.every(([key, value]) => flat[key] === textOfPlain(value));
  for (const expression of expressions) {
    if (!isRecord(expression) || typeof expression.key !== 'string') return undefined;
    const value = flat[expression.key];
    const values: readonly unknown[] = Array.isArray(expression.values) ? expression.values : [];
    const isIn = value !== undefined && values.map(textOfPlain).includes(textOfPlain(value));
    switch (expression.operator) {
      case 'In':
        isPicked &&= isIn;
        break;
      case 'NotIn':
        isPicked &&= !isIn;
        break;
      case 'Exists':
        isPicked &&= value !== undefined;
        break;
      case 'DoesNotExist':
        isPicked &&= value === undefined;
        break;
      default:
        return undefined;
    }
  }
  return isPicked;
}
