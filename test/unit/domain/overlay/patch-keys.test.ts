import { describe, expect, it } from 'vitest';
import { patchKeys } from '../../../../src/domain/overlay/patch-keys.ts';

const KEYS = [
  { text: 'org/tool:1.2', wanted: 'r.test/m/org/tool:1.2' },
  { text: 'alpine:3', wanted: 'r.test/m/library/alpine:3' },
];

function patched(text: string): ReturnType<typeof patchKeys> {
  return patchKeys({ shown: 'c/values.yaml', address: ['values.yaml'], text }, KEYS);
}

describe('a key that is a reference', () => {
  it.each([
    ['in a line', 'images:\n  org/tool:1.2:\n    cmd: [x]'],
    ['in quotes', 'images:\n  "org/tool:1.2": {}'],
    ['in a list', '- org/tool:1.2: x'],
    ['in braces', 'images: {a: b, "org/tool:1.2": [x]}'],
    ['at the end of a line with a carriage return', 'images:\r\n  org/tool:1.2:\r\n    cmd: [x]\r\n'],
  ])('is renamed %s', (_, text) => {
    expect(patched(text).text).toBe(text.replace('org/tool:1.2', 'r.test/m/org/tool:1.2'));
  });

  it('is one changed line, with what was replaced', () => {
    const [tool, alpine] = KEYS;
    expect(patched('images:\n  org/tool:1.2: {}\n  alpine:3: {}\n').patches).toMatchObject([
      { shown: 'c/values.yaml', line: 2, before: 'org/tool:1.2: {}', references: [tool] },
      { line: 3, after: 'r.test/m/library/alpine:3: {}', references: [alpine] },
    ]);
  });

  it.each([
    ['a value', 'image: org/tool:1.2'],
    ['a value with a colon behind it', 'image: org/tool:1.2: x'],
    ['a key that goes on', 'org/tool:1.2.3: x'],
    ['the end of another key', 'quay.io/org/tool:1.2: x'],
    ['a comment', '# org/tool:1.2: x'],
    ['an item', '- org/tool:1.2'],
    ['a word of a text', 'text: see org/tool:1.2: it is good'],
  ])('is not %s', (_, text) => {
    expect(patched(text)).toEqual({ text, patches: [] });
  });

  it('is left in a file that could not be written back', () => {
    expect(patched('org/tool:1.2: \ufffd').patches).toEqual([]);
  });
});
