// Shares nothing with the finder, on purpose: see sweep.ts.
import { fieldsAround } from './line-maps.ts';
import type { Word } from './split-names.ts';

const REGISTRY =
  /((?:^|[\s{,"'\\])\w*(?:registry|repository|repo|hub)(?:_?host|_?url|_?server)?\\?["']?\s*[:=]\s*\\?["']?)((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*(?::\d+)?|(?:[a-z0-9-]+|\d+(?:\.\d+){3}):\d+)(?=\/?\\?["']?\s*(?:[,}\]#]|$))/gi;
const IMAGE = /^(?:\w*image|\w*image_?name|name)$/i;
// a quick look, since most lines have no such field
const HINT = /registry|repo|hub/i;

/**
 * Hosts in fields for registries beside an image at the target: a program that puts the one before the other pulls from elsewhere,
 * whatever the host is.
 */
export function foreignHosts(lines: readonly string[], isOwn: (text: string) => boolean): readonly Word[] {
  return lines.flatMap((text, line) =>
    (HINT.test(text) ? [...text.matchAll(REGISTRY)] : []).flatMap((match): readonly Word[] => {
      const [, before = '', host = ''] = match;
      const index = match.index + before.length;
      const isBeside = fieldsAround(lines, line, index).some(({ name, value }) => IMAGE.test(name) && isOwn(value));
      return isBeside ? [{ line, index, text: host }] : [];
    }),
  );
}
