import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryKey } from '../../../../src/config/inputs/checkouts.ts';
import { pathPattern } from '../../../../src/config/inputs/path-pattern.ts';
import { readTrees } from '../../../../src/config/inputs/read-tree.ts';
import { goFill, plainFill } from '../../../../src/config/inputs/template-text.ts';
import type { TreeMap } from '../../../../src/config/inputs/tree.ts';
import { mergedMaps, setSteps } from '../../../../src/config/inputs/tree-merge.ts';
import { treeText } from '../../../../src/config/inputs/tree-text.ts';

function treeOf(text: string): TreeMap {
  const read = readTrees('a.yaml', text);
  const tree = read.kind === 'trees' ? read.trees[0] : undefined;
  if (tree?.kind !== 'map') throw new Error('no map');
  return tree;
}

describe('values that are written again', () => {
  it.each([
    'a: 0644\nb: 1e3\nc: 1.10\nd: ~\ne: yes\nf: 0x1F\ng: 2020-01-01\nh: .inf\ni: null\nj:\n',
    'a: "yes"\n"on": \'1\'\n? x\n: y\n"a b": 1\n"": 2\n8080: a\ntrue: b\n',
    'a: |\n  one\n\n  two\nb: |-\n  one\n  two\nc: |+\n  one\n\nd: >\n  folded\n  text\ne: "  lead\\nb"\nf: "tab\\there\\nx"\ng: "trail \\nx"\n',
    'a: [[1, [2]], {b: {c: []}}, {}, [], {d: |-\n x\n}]\n'.replace('{d: |-\n x\n}', '"x"'),
    'a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n',
    'a: "{{ .Values.x }}"\nb: "#no remark"\nc: "x: y"\nd: "- e"\nf: "*g"\nh: "\\u00e9\\u2028\\u0007"\n',
    'list:\n  - a: 1\n    b: |\n      x\n      y\n  - - 1\n    - |\n      p\n      q\n',
  ])('mean the same: %j', (text) => {
    const written = treeText(treeOf(text));
    expect(parse(written, { version: '1.1' })).toEqual(parse(text, { version: '1.1', merge: true }));
    const further = `v:\n${written.replace(/^(?=.)/gm, '      ')}`;
    expect(parse(further, { version: '1.1' })).toEqual({ v: parse(text, { version: '1.1', merge: true }) });
  });

  it('are put together as helm does: maps joined, lists replaced, null kept', () => {
    const merged = mergedMaps([
      treeOf('a: {b: 1, c: [1, 2], d: {e: 1}}\nf: 1\n'),
      treeOf('a: {c: [3], d: null, g: 2}\n'),
    ]);
    expect(merged === undefined ? undefined : parse(treeText(merged))).toEqual({
      a: { b: 1, c: [3], d: null, g: 2 },
      f: 1,
    });
    expect(mergedMaps([])).toBeUndefined();
  });

  it.each([
    ['a.b[0].c', ['a', 'b', 0, 'c']],
    ['a\\.b.c', ['a.b', 'c']],
    ['a[1][2]', ['a', 1, 2]],
    ['', undefined],
    ['a..b', undefined],
    ['[0]', undefined],
    ['a.', undefined],
    ['a[x]', undefined],
    ['a[0]b', undefined],
  ])('are set at %s', (name, steps) => {
    expect(setSteps(name)).toEqual(steps);
  });
});

describe('templates', () => {
  const parameters = { a: { b: 'x', n: 3, list: ['p', 'q'], 'c-d': 'e' }, empty: '', no: false };

  it.each([
    ['{{ .a.b }}-{{.a.n}}', 'x-3'],
    ['{{ $.a.b }}', 'x'],
    ['{{ index .a "c-d" }}{{ index .a.list 1 }}', 'eq'],
    ['{{ .a.missing | default "d" }}{{ default "d" .empty }}{{ .no | default "f" }}', 'ddf'],
    ['{{ .a.b | upper | quote }}', '"X"'],
    ['{{ replace "x" "y" .a.b }}{{ .a.b | trimSuffix "x" }}', 'y'],
    ['{{ "{{ .Values.x }}" }}{{ `a}}b` }}', '{{ .Values.x }}a}}b'],
    ['a\n  {{- .a.b -}}\n b {{ .a.n }}', 'axb 3'],
    ['a\n  {{- /* remark */ -}}\n b', 'ab'],
    ['a {{- "" }} b', 'a b'],
    ['{{ .a.b -}} {{- .a.b }}', 'xx'],
    ['a {{/* remark */}} b', 'a  b'],
  ])('of Go: %j', (text, expected) => {
    expect(goFill(parameters)(text)).toEqual({ text: expected, open: undefined });
  });

  it.each([
    '{{ .a }}',
    '{{ .missing }}',
    '{{ .a.b.c }}',
    '{{ index .a.list 7 }}',
    '{{ if .a }}',
    '{{ end }}',
    '{{- if .x }}',
    '{{ printf "%s" .a.b }}',
    '{{ .a.b .a.n }}',
    '{{ (.a).b }}',
    '{{ lower }}',
    '{{ constructor }}',
    '{{ .constructor }}',
    '{{ "a" | .a.b }}',
    '{{}}',
    '{{ range $i, $x := .a.list }}',
  ])('of Go that are more stay, with the reason: %s', (text) => {
    const result = goFill(parameters)(`x ${text}`);
    expect(result.text).toBe(`x ${text}`);
    expect(result.open).toBeDefined();
  });

  it('without Go are names of parameters', () => {
    const fill = plainFill({ name: 'n', 'path[0]': 'p', 'metadata.labels.a/b': 'l' });
    expect(fill('{{name}}/{{ path[0] }}/{{metadata.labels.a/b}}')).toEqual({ text: 'n/p/l', open: undefined });
    expect(fill('{{toString}}')).toEqual({ text: '{{toString}}', open: 'there is no parameter toString' });
  });
});

describe('addresses and patterns', () => {
  it.each([
    'https://github.com/Org/repo.git',
    'https://user:token@github.com/org/repo',
    'git@github.com:org/repo.git',
    'ssh://git@github.com:22/org/repo/',
    'http://github.com/org/repo',
  ])('of one Git repository are one: %s', (url) => {
    expect(repositoryKey(url)).toBe('github.com/org/repo');
  });

  it('stop at slashes or not', () => {
    expect(['a/b', 'a/b/c', 'a'].filter((path) => pathPattern('a/*', true).test(path))).toEqual(['a/b']);
    expect(['a/b.x', 'a/b/c.x', 'a/bxx'].filter((path) => pathPattern('a/*.x', false).test(path))).toEqual([
      'a/b.x',
      'a/b/c.x',
    ]);
    expect(pathPattern('[', true).test('a')).toBe(false);
  });
});
