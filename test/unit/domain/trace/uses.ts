import { parseValues, valuesOf } from '../../../../src/domain/chart/values-document.ts';
import type { ValueNode } from '../../../../src/domain/chart/values-tree.ts';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { parseReference } from '../../../../src/domain/reference.ts';

/** A use of an image; those of one test stand at different places unless a place is given. */
export function use(text: string, path: string = `spec.containers[0].image of ${text}`): ImageUse {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is not a reference`);
  return {
    text,
    reference,
    role: 'image',
    certainty: 'certain',
    why: undefined,
    place: 'container',
    template: 'chart/templates/d.yaml',
    kind: 'Deployment',
    name: 'd',
    path,
  };
}

/** Values from YAML text, defined in the chart's values.yaml. */
export function values(text: string): ValueNode {
  return valuesOf(parseValues(text, 'values.yaml'), (path) => ({ kind: 'chart', address: ['values.yaml'], path }));
}
