// Shares nothing with the finder, on purpose: see sweep.ts.
import { fieldsAround } from './line-maps.ts';
import type { Word } from './split-names.ts';

const PREFIX =
  /((?:^|[\s{,"'\\])\w*prefix\\?["']?\s*[:=]\s*\\?["']?)([a-z0-9]+(?:[._:/-]+[a-z0-9]+)*)\/?(?=\\?["']?\s*(?:[,}\]#]|$))/gi;
const NAME = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const VERSION = /^(?:latest|stable|nightly|v?\d+\.\d[\w.-]*|v\d[\w.-]*)$/;
// a quick look, since most lines have no such field
const HINT = /prefix/i;

/** Names behind a prefix that stands in a field of its own, with a version beside them: `{prefix, name, tag}`. */
export function ledNames(lines: readonly string[]): readonly Word[] {
  return lines.flatMap((text, line) =>
    (HINT.test(text) ? [...text.matchAll(PREFIX)] : []).flatMap((match): readonly Word[] => {
      const [, before = '', lead = ''] = match;
      const index = match.index + before.length;
      const fields = fieldsAround(lines, line, index);
      const name = fields.find(({ name: key, value }) => /name$/i.test(key) && NAME.test(value))?.value;
      const tag = fields.find(({ name: key, value }) => /tag$/i.test(key) && VERSION.test(value))?.value;
      return name === undefined || tag === undefined ? [] : [{ line, index, text: `${lead}/${name}:${tag}` }];
    }),
  );
}
