import { describe, expect, it } from 'vitest';
import { type Digest, parseDigest } from '../../../../src/domain/reference.ts';
import { digestFills } from '../../../../src/domain/trace/digest-fills.ts';
import { fillSlots } from '../../../../src/domain/trace/slot.ts';
import { values } from './uses.ts';

function digest(letter: string): Digest {
  const parsed = parseDigest(`sha256:${letter.repeat(64)}`);
  if (parsed === undefined) throw new Error('no digest');
  return parsed;
}

const [INDEX, CHILD, OTHER] = [digest('a'), digest('b'), digest('c')];
const HEX = 'a'.repeat(64);
const COPIED = new Map([
  [INDEX, CHILD],
  [OTHER, OTHER],
]);

function filled(yaml: string): Readonly<Record<string, string>> {
  const groups = new Map<string, ReturnType<typeof digestFills>[number][]>();
  for (const fill of digestFills(values(yaml), COPIED)) {
    const key = fill.slot.path.join('.');
    groups.set(key, [...(groups.get(key) ?? []), fill]);
  }
  return Object.fromEntries([...groups].map(([key, fills]) => [key, fillSlots(fills[0]?.slot.value ?? '', fills)]));
}

describe('digests of copied platforms', () => {
  it.each([
    ['in a key of their own', `digest: ${INDEX}`, { digest: CHILD }],
    ['as bare digits', `sha: ${HEX}`, { sha: 'b'.repeat(64) }],
    ['behind a tag', `tag: "1.2@${INDEX}"`, { tag: `1.2@${CHILD}` }],
    ['in a whole reference', `image: quay.io/a/b@${INDEX}`, { image: `quay.io/a/b@${CHILD}` }],
    ['in lists', `l: [{ digest: "${INDEX}" }]`, { 'l.0.digest': CHILD }],
    ['several times in one text', `t: "x@${INDEX} w@${INDEX}"`, { t: `x@${CHILD} w@${CHILD}` }],
  ])('replace the old ones %s', (_, yaml, expected) => {
    expect(filled(`${yaml}\n`)).toEqual(expected);
  });

  it('leave digests alone that are the same at the target, and those of others', () => {
    expect(filled(`a: ${OTHER}\nb: ${digest('d')}\n`)).toEqual({});
  });
});
