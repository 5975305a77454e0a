import { formatReference } from '../reference.ts';
import type { DeclaredReference } from './declared.ts';
import { type ImageUse, isCarried } from './image-use.ts';

/**
 * What to say of a chart that renders no image though it declares some, without a full stop: something is switched off, or a
 * value is missing. Undefined for others.
 */
export function noImageGap(declarations: readonly DeclaredReference[], uses: readonly ImageUse[]): string | undefined {
  if (declarations.length === 0 || uses.some(({ role }) => isCarried(role))) return undefined;
  const declared = [...new Set(declarations.map(({ reference }) => formatReference(reference)))];
  const shown =
    declared.length > 3 ? `${declared.slice(0, 3).join(', ')} and ${declared.length - 3} more` : declared.join(', ');
  return `the chart renders no image with these values, though it declares ${shown}: a value that it needs may be missing`;
}
