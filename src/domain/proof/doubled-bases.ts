// Shares nothing with the finder, on purpose: see sweep.ts.
import { fieldsAround, keyAbove, keyAt, keysBeside } from './line-maps.ts';
import { type PageField, pageFields } from './page-fields.ts';
import type { Word } from './split-names.ts';

/** The page of one object, and what is known of it. */
export interface BaseQuery {
  readonly target: string;
  /** Whether a text at the target is a planned reference, or begins one. */
  readonly isPlanned: (text: string) => boolean;
  /** Whether a text is a whole planned reference. */
  readonly isWhole: (text: string) => boolean;
  /** Whether a field said a name without a host in the original; `tail` is what stands behind the target now. */
  readonly wasHostless: (line: number, field: string, tail: string) => boolean;
}

const SCHEME = /^(?:https?|oci|docker):\/\//;
// registries of schemas, packages and models hold no images
const OTHER = /(?:schema|avro|npm|yarn|pypi|gem|maven|model|service)s?[_.-]?(?:registry|hub)/i;
const REGISTRY =
  /(?:registry|registries|(?<!git)hub|(?:repository|repo)(?=[_-]?(?:host|server|domain)))(?:[_-]?(?:host|hostname|url|server|address|domain|prefix))?$/i;
const HOST_FIELD = /(?:host|hostname|server|domain|base|url|address)$/i;
const IMAGE_PART = /(?:image|repository|repo|name|tag|digest|version|pull_?policy|pull_?secrets?)$/i;
const NAME = /(?:image|repository|repo|name)$/i;
const TAG = /tag$/i;
const HOST = /^(?:(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*(?::\d+)?|(?:[a-z0-9-]+|\d+(?:\.\d+){3}):\d+)(?:\/[\w./-]*)?$/i;
// hosts whose names say that they hold images
const CALLED =
  /^(?:(?:docker|container|image)-?)?(?:registry|harbor|cr|quay|ghcr|docker)\.[a-z0-9-]+\.[a-z0-9.-]+(?::\d+)?$/i;
const IN_CLUSTER = /\.svc(?:\.cluster\.local)?\.?(?::\d+)?(?:\/|$)/i;
// a quick look at pages that do not name the target, where only a field for registries counts: most pages have none
const HINT =
  /registr|(?<!git)hub|(?:repository|repo)[_-]?(?:host|server|domain)|(?:harbor|cr|quay|ghcr|docker)\.[a-z0-9-]+\./i;
const CONTAINERS = /^(?:containers|initContainers|ephemeralContainers)$/;
// how many lines away another variable of the same list may stand
const NEAR = 8;

function withoutScheme(value: string): string {
  return value.replace(SCHEME, '').replace(/\/+$/, '');
}

/** Whether the cluster itself pulls what a field says, so that nothing is put before it. */
function isOfContainer(lines: readonly string[], { line, name }: PageField): boolean {
  const key = keyAt(lines, line);
  if (name !== 'image' || key === undefined) return false;
  return CONTAINERS.test(keyAbove(lines, keysBeside(lines, key))?.name ?? '');
}

/** The names at the target that had no host, and that the cluster does not pull by itself. */
function movedNames(lines: readonly string[], fields: readonly PageField[], query: BaseQuery): readonly PageField[] {
  return fields.filter((field) => {
    const value = withoutScheme(field.value);
    if (!value.startsWith(`${query.target}/`) || isOfContainer(lines, field)) return false;
    return query.wasHostless(field.line, field.name, value.slice(query.target.length + 1));
  });
}

/** Whether a field is for registries by its name, by that of the map which it is in (`registry: {host}`), or by what the host is called. */
function isForRegistries(lines: readonly string[], { line, name, value }: PageField): boolean {
  if (REGISTRY.test(name) || CALLED.test(withoutScheme(value))) return true;
  const key = HOST_FIELD.test(name) ? keyAt(lines, line) : undefined;
  const above = key && keyAbove(lines, keysBeside(lines, key))?.name;
  return above !== undefined && REGISTRY.test(above) && !OTHER.test(above);
}

/** The values of the map that a field is in, and of the variables near it. */
function besides(
  lines: readonly string[],
  fields: readonly PageField[],
  { line, index }: PageField,
): readonly string[] {
  const near = fields.filter((other) => Math.abs(other.line - line) <= NEAR && /^[A-Z0-9_]+$|[-]/.test(other.name));
  return [...fieldsAround(lines, line, index), ...near].map(({ value }) => value);
}

/** The bases at the target that no name beside them completes to what was planned. */
function freeBases(lines: readonly string[], fields: readonly PageField[], query: BaseQuery): readonly PageField[] {
  return fields.filter((field) => {
    const value = withoutScheme(field.value);
    const isBare = value === query.target;
    const isPath = value.startsWith(`${query.target}/`) && REGISTRY.test(field.name) && !query.isWhole(value);
    if (!isBare && !isPath) return false;
    return !besides(lines, fields, field).some((name) => /^[a-z0-9]/.test(name) && query.isPlanned(`${value}/${name}`));
  });
}

/** Whether a host, which was not moved, is one that programs put before names: by its field, or by the map that it is in. */
function leadsNames(lines: readonly string[], field: PageField, moved: readonly PageField[]): boolean {
  const { line, index, name } = field;
  if (OTHER.test(name)) return false;
  const isRegistry = isForRegistries(lines, field);
  if (isRegistry && moved.length > 0) return true;
  if (!isRegistry && !HOST_FIELD.test(name)) return false;
  const map = fieldsAround(lines, line, index).filter((one) => one.name !== name);
  // `{hub, tag}` is of the names further inside
  if (isRegistry) return map.some((one) => TAG.test(one.name) && one.value !== '');
  const isImage = map.every((one) => IMAGE_PART.test(one.name));
  return isImage && map.some((one) => NAME.test(one.name) && moved.some(({ value }) => value === one.value));
}

function foreignBases(
  lines: readonly string[],
  fields: readonly PageField[],
  moved: readonly PageField[],
  { target }: BaseQuery,
): readonly PageField[] {
  return fields.filter((field) => {
    const value = withoutScheme(field.value);
    const isHost = HOST.test(value) && !IN_CLUSTER.test(value);
    const isOwn = value === target || value.startsWith(`${target}/`);
    return isHost && !isOwn && leadsNames(lines, field, moved);
  });
}

/**
 * What a program would join to another name than planned: names that had no host, and now begin with the target, in an object
 * that has a base at the target, too; and a host that stayed in a field for registries in such an object.
 */
export function doubledBases(lines: readonly string[], query: BaseQuery): readonly Word[] {
  if (!lines.some((line) => HINT.test(line) || line.includes(query.target))) return [];
  const fields = pageFields(lines);
  const moved = movedNames(lines, fields, query);
  const foreign = foreignBases(lines, fields, moved, query).map(({ line, index, value }) => ({
    line,
    index,
    text: value,
  }));
  const bases = moved.length === 0 ? [] : freeBases(lines, fields, query);
  // `registry: org` beside `image: org/app` is no lead of that: it has the owner itself
  const isLeadOf = (base: PageField, { value }: PageField): boolean => {
    const lead = withoutScheme(base.value);
    const hasLead = lead !== query.target && `${withoutScheme(value)}/`.startsWith(`${lead}/`);
    return !hasLead || !query.wasHostless(base.line, base.name, lead.slice(query.target.length + 1));
  };
  return [
    ...foreign,
    ...moved.flatMap((name) => {
      const base = bases.find((one) => isLeadOf(one, name));
      const text = `${name.value} (behind ${base?.name}: ${base?.value})`;
      return base === undefined ? [] : [{ line: name.line, index: name.index, text }];
    }),
  ];
}
