import type { ImageUse } from './image-use.ts';
import type { Operator, ResourceKinds } from './operator.ts';
import { OPERATORS } from './operators.ts';
import { isPlainList, isPlainMap, type Plain } from './plain.ts';
import type { RenderedDocument } from './rendered-documents.ts';

/** An object of the render by what it is. */
export interface RenderedObject {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/**
 * An operator that pulls what the render does not show. `images` are its own images, `resources` those of its custom
 * resources that name no image (`Elasticsearch/logs`); at least one of the two is there.
 */
export interface OperatorGap {
  readonly operator: Operator;
  readonly images: readonly string[];
  readonly resources: readonly string[];
  readonly text: string;
}

function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value : '';
}

function objectsOf(value: Plain): readonly RenderedObject[] {
  if (!isPlainMap(value)) return [];
  const { metadata, items } = value;
  const apiVersion = textOf(value.apiVersion);
  const kind = textOf(value.kind);
  if (!apiVersion.includes('/') && kind.endsWith('List') && isPlainList(items)) return items.flatMap(objectsOf);
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return [{ group, kind, name: isPlainMap(metadata) ? textOf(metadata.name) : '' }];
}

/** All objects of a render, those in lists included. */
export function renderedObjects(documents: readonly RenderedDocument[]): readonly RenderedObject[] {
  return documents.flatMap(({ content }) => (content.kind === 'object' ? objectsOf(content.value) : []));
}

function belongsTo({ group, kind }: RenderedObject, resources: readonly ResourceKinds[]): boolean {
  return resources.some((one) => one.group === group && (one.kinds?.includes(kind) ?? true));
}

function ownImages({ images }: Operator, uses: readonly ImageUse[]): readonly string[] {
  const own = uses.filter(
    ({ role, reference }) =>
      role === 'image' && images.some((image) => image.test(`${reference.registry}/${reference.repository}`)),
  );
  return [...new Set(own.map(({ text }) => text))];
}

function unnamed(
  { resources }: Operator,
  uses: readonly ImageUse[],
  objects: readonly RenderedObject[],
): readonly string[] {
  const naming = new Set(uses.filter(({ role }) => role === 'image').map(({ kind, name }) => `${kind}/${name}`));
  const own = objects.filter((object) => belongsTo(object, resources)).map(({ kind, name }) => `${kind}/${name}`);
  return [...new Set(own)].filter((object) => !naming.has(object));
}

/** What the operators in a render pull beside it. Operators whose images all stand in the render make no gap. */
export function operatorGaps(uses: readonly ImageUse[], objects: readonly RenderedObject[]): readonly OperatorGap[] {
  return OPERATORS.flatMap((operator): readonly OperatorGap[] => {
    if (operator.pulls === undefined) return [];
    const images = ownImages(operator, uses);
    const resources = unnamed(operator, uses, objects);
    if (images.length === 0 && resources.length === 0) return [];
    const seen = [...images, ...resources].join(', ');
    const text = `${operator.name} (${seen}) pulls ${operator.pulls}. Steer it with ${operator.steer}, and name what it pulls under images of the catalog entry`;
    return [{ operator, images, resources, text }];
  });
}
