import { describe, expect, it } from 'vitest';
import { pullContinuations, pushContinuations } from '../../../../src/domain/chart/continuation-lines.ts';
import { DOCUMENTS } from './yaml-samples.ts';

/** The numbers of the lines, from 1, that are pushed. */
function pushed(text: string): readonly number[] {
  const before = text.split('\n');
  return pushContinuations(text)
    .split('\n')
    .flatMap((line, index) => (line === before[index] ? [] : [index + 1]));
}

describe('lines that go on', () => {
  it.each([
    ['stand in brackets', 'a: {\nb: 1\n}\nc: [x,\ny]\n', [2, 3, 5]],
    ['stand in brackets in brackets', 'a: [{\nb: [\nc]},\nd]\ne: 1\n', [2, 3, 4]],
    ['go on with a quoted text', 'a: "x\ny\nz"\nb: \'x\ny\'\nc: 1\n', [2, 3, 5]],
    ['go on with a quoted text in brackets', 'a: ["x\ny", z]\nb: 1\n', [2]],
    ['stand behind a comment in brackets', 'a: { # [ "\nb: 1 }\nc: 1\n', [2]],
    ['follow a quoted key', '"a": {\nb: 1}\n\'c\': [\nd]\n', [2, 4]],
    ['follow the dash of an item, and an explicit key', '- {\na: 1}\n- - "x\ny"\n? k\n: [\nx]\n', [2, 4, 7]],
    ['follow an anchor or a tag', 'a: &x {\nb: 1}\nc: !!str "x\ny"\n', [2, 4]],
    ['hold escaped quotes', "a: \"x\\\"\ny\\\\\"\nb: 1\nc: 'x''\ny'\nd: 1\n", [2, 5]],
    ['follow a key with a colon in it', 'a:b: {\nc: 1}\n', [2]],
    ['follow an item that is a block text', 'x:\n- >\n  a "b\ny:\n  z: "\n  c\n    "\n', [6, 7]],
    ['begin a block text below its key', 'a:\n  b.yaml:\n  |\n    x: "\nc: |\n  d\n', [3]],
    ['begin a block text below a key in a list', 'l:\n- a: b\n  i:\n  |\n   x: "\n  args: [x,\ny]\n', [4, 7]],
    ['begin a block text below a quoted key', '"i":\n|-\n  x: "\nb: [x,\ny]\n', [2, 5]],
    ['begin a block text behind a tag', 'i: !!str\n|-\n  x: "\nb: [x,\ny]\n', [2, 5]],
    ['end with carriage returns', 'a: {\r\nb: 1\r\n}\r\nc: 1\r\n', [2, 3]],
  ])('are those that %s', (_, text, lines) => {
    expect(pushed(text)).toEqual(lines);
  });

  it.each([
    ['a plain text with quotes', 'a: say "hi\nb: don\'t\nc: it\'s "\n'],
    ['a plain word with brackets', 'a: x[1\nb: y{z\n'],
    ['an address', 'a: http://x/{y\nb: 1\n'],
    ['a comment', '# "{[\na: 1 # "\nb: 1\n'],
    ['a block text', 'a: |\n  "x\n  {\n\n  [\nb: 1\nc: >2-\n    "\nd: 1\n- e: |\n    {\n  f: 1\n'],
    ['words in brackets with apostrophes', 'a: [it\'s, x"y]\nb: 1\n'],
    ['brackets that are closed', 'a: {b: [c]}\nd: "x"\n'],
  ])('are none in %s', (_, text) => {
    expect(pushed(text)).toEqual([]);
  });

  it('are no blank lines', () => {
    expect(pushed('a: [x,\n\n  \ny]\n')).toEqual([4]);
  });

  it.each(DOCUMENTS.map((text) => [text]))('come back: %j', (text) => {
    expect(pullContinuations(pushContinuations(text))).toBe(text);
  });
});
