import { describe, expect, it } from 'vitest';
import { type Intended, otherChanges } from '../../../../src/domain/proof/other-changes.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const PLAIN = 'registry.example.com/org/a:1';
const INTENDED: Intended = {
  before: ['docker.io/org/a:1'],
  planned: [PLAIN],
  parts: ['registry.example.com', `1@${DIGEST}`],
  pinned: [{ text: `${PLAIN}@${DIGEST}`, plain: PLAIN }],
};

function changes(before: string, after: string): readonly (readonly [string | undefined, string | undefined])[] {
  const page = (lines: string): string => `---\n# Source: a/templates/d.yaml\n${lines}\n`;
  return otherChanges({ once: page(before), again: page(before) }, page(after), INTENDED).residue.map(
    ({ expected, found }) => [expected, found],
  );
}

const IMAGE = 'image: docker.io/org/a:1';
const PINNED = `image: ${PLAIN}@${DIGEST}`;

describe('lines with pinned references', () => {
  it('are as planned, also in base64', () => {
    const encoded = (text: string): string => `  data: ${Buffer.from(`${text}\nmore: 1\n`).toString('base64')}`;
    expect(changes(IMAGE, PINNED)).toEqual([]);
    expect(changes(encoded(IMAGE), encoded(PINNED))).toEqual([]);
  });

  it('do not excuse a label that changes with the tag', () => {
    expect(changes(`${IMAGE}\nversion: "1"`, `${PINNED}\nversion: "1@${DIGEST}"`)).toEqual([
      ['version: "1"', undefined],
    ]);
    expect(changes(`${IMAGE}\nversion: "1"`, `${PINNED}\nversion: "1@sha256"`)).toEqual([
      ['version: "1"', 'version: "1@sha256"'],
    ]);
  });
});
