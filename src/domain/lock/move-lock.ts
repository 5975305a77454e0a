import { parseReference, type Reference } from '../reference.ts';

const IMAGE_LINE = /^(\s*image:\s*)(["']?)([^\s"']+)\2(\s*)$/;

/**
 * An `Images.lock` whose images are named where they are now; the digests of platforms are the same there. `moved` gives
 * undefined for what keeps its name. Every other line stays as it is.
 */
export function moveLock(text: string, moved: (reference: Reference) => string | undefined): string {
  return text
    .split('\n')
    .map((line) => {
      const [, key, quote = '', image, end = ''] = IMAGE_LINE.exec(line) ?? [];
      const reference = image === undefined ? undefined : parseReference(image);
      const after = reference === undefined ? undefined : moved(reference);
      return key === undefined || after === undefined ? line : `${key}${quote}${after}${quote}${end}`;
    })
    .join('\n');
}
