import { DOCKER_HUB, formatReference } from '../reference.ts';
import type { DeclaredReference } from './declared.ts';
import { type ImageUse, isCarried } from './image-use.ts';
import { type OperatorGap, operatorGaps, type RenderedObject } from './operator-gaps.ts';

/** What a render does not show. `text` is a sentence for people, without a full stop. */
export type Gap =
  | { readonly kind: 'no image'; readonly declared: readonly string[]; readonly text: string }
  | {
      readonly kind: 'declared only';
      readonly declared: string;
      readonly where: readonly string[];
      readonly text: string;
    }
  | { readonly kind: 'operator'; readonly operator: OperatorGap; readonly text: string };

/**
 * Whether a use renders a declared image, under whatever tag. A name at Docker Hub may be written without a host, and get
 * registry and owner from elsewhere, so the end of the path decides.
 */
function isRendered({ reference }: DeclaredReference, { reference: used }: ImageUse): boolean {
  if (used.registry === reference.registry && used.repository === reference.repository) return true;
  const path = reference.repository.replace(/^library\//, '');
  return reference.registry === DOCKER_HUB && (used.repository === path || used.repository.endsWith(`/${path}`));
}

function nameOf({ reference }: DeclaredReference): string {
  return `${reference.registry}/${reference.repository}`;
}

/** Declared images that no use renders, once per repository, with all places that declare them. */
export function declaredOnly(declarations: readonly DeclaredReference[], uses: readonly ImageUse[]): readonly Gap[] {
  const open = new Map<string, { texts: Set<string>; where: string[] }>();
  for (const declaration of declarations) {
    if (uses.some((use) => isRendered(declaration, use))) continue;
    const known = open.get(nameOf(declaration)) ?? { texts: new Set<string>(), where: [] };
    known.texts.add(formatReference(declaration.reference));
    if (!known.where.includes(declaration.where)) known.where.push(declaration.where);
    open.set(nameOf(declaration), known);
  }
  return [...open.values()].map(({ texts, where }): Gap => {
    const declared = [...texts].join(', ');
    return {
      kind: 'declared only',
      declared,
      where,
      text: `${declared} is declared (${where.join('; ')}) but not rendered`,
    };
  });
}

/** A chart that renders no image though it declares some: something is switched off, or a value is missing. */
export function noImageGap(declarations: readonly DeclaredReference[], uses: readonly ImageUse[]): Gap | undefined {
  if (declarations.length === 0 || uses.some(({ role }) => isCarried(role))) return undefined;
  const declared = [...new Set(declarations.map(({ reference }) => formatReference(reference)))];
  const shown =
    declared.length > 3 ? `${declared.slice(0, 3).join(', ')} and ${declared.length - 3} more` : declared.join(', ');
  return {
    kind: 'no image',
    declared,
    text: `the chart renders no image with these values, though it declares ${shown}: a value that it needs may be missing`,
  };
}

/** All gaps of one render: no image at all, images declared but not rendered, operators that pull more. */
export function findGaps(
  declarations: readonly DeclaredReference[],
  uses: readonly ImageUse[],
  objects: readonly RenderedObject[],
): readonly Gap[] {
  const none = noImageGap(declarations, uses);
  const operators = operatorGaps(uses, objects).map(
    (operator): Gap => ({ kind: 'operator', operator, text: operator.text }),
  );
  return [...(none === undefined ? [] : [none]), ...declaredOnly(declarations, uses), ...operators];
}
