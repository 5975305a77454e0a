import { describe, expect, it } from 'vitest';
import { formatPath } from '../../../../src/domain/chart/values-tree.ts';
import { marksIn, tagMarks } from '../../../../src/domain/explain/tag-marks.ts';
import { use, values } from '../trace/uses.ts';

const HEX = 'ab'.repeat(32);

function marked(yaml: string, ...texts: readonly string[]): readonly string[] {
  const marks = tagMarks(
    values(yaml),
    texts.map((text) => use(text)),
  );
  return marks.map(({ path, marked: text }) => `${formatPath(path)}=${text}`);
}

describe('values that may make a tag', () => {
  it.each([
    ['the tag itself', 'image: { tag: "1.0" }', ['org/a:1.0'], ['image.tag=1.0-zq0z']],
    ['a number with such a key', 'imageTag: 644', ['org/a:644'], ['imageTag=644-zq0z']],
    ['no number with another key', 'replicas: 1', ['org/a:1'], []],
    ['a part of it with such a key', 'version: 2.3', ['org/a:v2.3-alpine'], ['version=2.3-zq0z']],
    ['no part with another key', 'name: alpine', ['org/a:3-alpine'], []],
    ['no whole reference', 'image: org/a:1.0', ['org/a:1.0'], []],
    ['a digest', `sha: ${HEX}`, [`org/a@sha256:${HEX}`], [`sha=da7a0000da7a${HEX.slice(12)}`]],
    [
      'a digest behind a tag',
      `tag: "1@sha256:${HEX}"`,
      [`org/a:1@sha256:${HEX}`],
      [`tag=1@sha256:da7a0000da7a${HEX.slice(12)}`],
    ],
  ])('%s', (_, yaml, texts, expected) => {
    expect(marked(yaml, ...texts)).toEqual(expected);
  });
});

describe('marks in references', () => {
  const base = [use('org/a:1', 'p'), use('org/b:1', 'q'), use(`org/c@sha256:${HEX}`, 'r')];
  const marks = tagMarks(values(`a: { tag: "1" }\nb: { tag: "1" }\nc: { digest: "sha256:${HEX}" }`), base);

  it('name the value of each', () => {
    const digest = marks[2]?.marked ?? '';
    const probed = [use('org/a:1-zq0z', 'p'), use('org/b:1-zq1z', 'q'), use(`org/c@${digest}`, 'r')];
    const found = marksIn(base, probed, marks);
    expect(base.map((one) => found.get(one)?.map(({ path }) => formatPath(path)))).toEqual([
      ['a.tag'],
      ['b.tag'],
      ['c.digest'],
    ]);
  });

  it('tell nothing where a place has more or fewer references than before', () => {
    expect(marksIn(base, [use('org/a:1-zq0z', 'p'), use('org/x:1-zq1z', 'p')], marks).size).toBe(0);
  });
});
