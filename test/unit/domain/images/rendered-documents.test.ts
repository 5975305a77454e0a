import { describe, expect, it } from 'vitest';
import { findImages } from '../../../../src/domain/images/find.ts';
import { parsePlain } from '../../../../src/domain/images/parse-plain.ts';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';

const OBJECT = 'apiVersion: v1\nkind: Pod\n';

describe('the documents of a render', () => {
  it('have the template of their Source line, and the line where they begin', () => {
    const output = `---\n# Source: web/templates/a.yaml\n${OBJECT}---\n# Source: web/charts/sub/templates/b.yaml\n${OBJECT}`;
    expect(readRendered(output).map(({ template, line }) => [template, line])).toEqual([
      ['web/templates/a.yaml', 1],
      ['web/charts/sub/templates/b.yaml', 5],
    ]);
  });

  it('keep the template of the document before where they name none', () => {
    const output = `---\n# Source: web/templates/a.yaml\n${OBJECT}---\n${OBJECT}`;
    expect(readRendered(output).map(({ template }) => template)).toEqual([
      'web/templates/a.yaml',
      'web/templates/a.yaml',
    ]);
  });

  it.each(['---', '--- ', '--- # a comment', '---\r'])('are divided by %j', (mark) => {
    expect(readRendered(`${OBJECT}${mark}\n${OBJECT}`)).toHaveLength(2);
  });

  it('are not divided inside a block of text', () => {
    const output = `${OBJECT}data:\n  a: |\n    x\n    ---\n    y\n`;
    expect(readRendered(output)).toHaveLength(1);
  });

  it('without content are left out', () => {
    expect(readRendered('---\n# Source: a\n# only a comment\n---\n\n---\n')).toEqual([]);
  });

  it.each([
    ['a tab', 'kind: Pod\n\tx: 1\n'],
    ['an unclosed quote', 'kind: "Pod\n'],
    ['an alias without anchor', 'kind: *pod\n'],
    ['a merge of what is no map', 'kind: Pod\n<<: a\n'],
    ['a template', 'kind: Pod\n{{ if .Values.x }}\n'],
  ])('that are not readable are named: %s', (_, text) => {
    const { uses, unreadable } = findImages(readRendered(`---\n# Source: web/templates/a.yaml\n${text}`));
    expect(uses).toEqual([]);
    expect(unreadable).toEqual([{ template: 'web/templates/a.yaml', line: 1, reason: expect.stringMatching(/./) }]);
    expect(unreadable[0]?.reason).not.toContain('\n');
  });

  it('are named when their aliases multiply beyond measure', () => {
    const levels = Array.from({ length: 9 }, (_, index) => {
      const before = index === 0 ? 'x' : `*a${index - 1}`;
      return `a${index}: &a${index} [${Array.from({ length: 9 }, () => before).join(', ')}]`;
    });
    expect(parsePlain(levels.join('\n'))).toEqual({ reason: expect.stringContaining('alias') });
  });
});

describe('plain data', () => {
  it('keeps every scalar as it is written, but null, which is empty', () => {
    const text = 'a: 1.10\nb: yes\nc: 0x1F\nd: null\ne: ~\nf:\ng: "null"\nh: 1e3\ni: 2020-01-01\n';
    expect(parsePlain(text)).toMatchObject({
      value: { a: '1.10', b: 'yes', c: '0x1F', d: '', e: '', f: '', g: 'null', h: '1e3', i: '2020-01-01' },
    });
  });

  it('reads one document only, and says so when there are more', () => {
    expect(parsePlain('a: 1\n---\nb: 2\n')).toEqual({ reason: expect.stringContaining('multiple documents') });
  });

  it('keeps a key that objects have of their own', () => {
    const parsed = parsePlain('__proto__: {image: a}\nconstructor: b\n');
    expect(Object.entries('value' in parsed ? parsed.value : {}).map(([key]) => key)).toEqual([
      '__proto__',
      'constructor',
    ]);
  });
});
