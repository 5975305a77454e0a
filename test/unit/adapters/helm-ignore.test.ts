import { describe, expect, it } from 'vitest';
import { parseHelmIgnore } from '../../../src/adapters/helm-ignore.ts';

const FILES = [
  'a.txt',
  'b.txt',
  'keep.md',
  'a+b.txt',
  'foo[1].txt',
  'foo1.txt',
  '#hash.txt',
  '!bang.txt',
  'sub/a.txt',
  'sub/deep/a.txt',
  'a.b/c.txt',
  '.git/config',
  'templates/x.yaml',
  'templates/.hidden',
  'charts/k/a.txt',
];

/** What is left of the files, directories first as they are walked. */
function kept(rules: string): readonly string[] {
  const ignored = parseHelmIgnore(rules);
  return FILES.filter((file) => {
    const parts = file.split('/');
    const above = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
    return !above.some((directory) => ignored(directory, true)) && !ignored(file, false);
  });
}

/** What a rule leaves out, beside the hidden files of templates. */
function leftOut(rules: string): readonly string[] {
  const left = kept(rules);
  return FILES.filter((file) => !left.includes(file) && file !== 'templates/.hidden');
}

// each line was compared with what `helm package` 4.3 puts into the archive
describe('.helmignore', () => {
  it('always leaves out the hidden files of templates', () => {
    expect(kept('')).toEqual(FILES.filter((file) => file !== 'templates/.hidden'));
  });

  it.each<readonly [string, readonly string[]]>([
    ['a.txt', ['a.txt', 'sub/a.txt', 'sub/deep/a.txt', 'charts/k/a.txt']],
    ['/a.txt', ['a.txt']],
    ['sub/a.txt', ['sub/a.txt']],
    ['sub/', ['sub/a.txt', 'sub/deep/a.txt']],
    ['sub', ['sub/a.txt', 'sub/deep/a.txt']],
    ['/sub/', ['sub/a.txt', 'sub/deep/a.txt']],
    ['sub/*', ['sub/a.txt', 'sub/deep/a.txt']],
    ['*/a.txt', ['sub/a.txt']],
    ['sub/d*p', ['sub/deep/a.txt']],
    ['deep', ['sub/deep/a.txt']],
    ['a.txt/', []],
    ['?.txt', ['a.txt', 'b.txt', 'sub/a.txt', 'sub/deep/a.txt', 'a.b/c.txt', 'charts/k/a.txt']],
    ['[ab].txt', ['a.txt', 'b.txt', 'sub/a.txt', 'sub/deep/a.txt', 'charts/k/a.txt']],
    ['[^a].txt', ['b.txt', 'a.b/c.txt']],
    ['foo\\[1\\].txt', ['foo[1].txt']],
    ['foo[[]1].txt', ['foo[1].txt']],
    ['a+b.txt', ['a+b.txt']],
    ['a.b', ['a.b/c.txt']],
    ['\\#hash.txt', ['#hash.txt']],
    ['\\!bang.txt', ['!bang.txt']],
    ['.git', ['.git/config']],
    ['# a.txt', []],
    ['  a.b  ', ['a.b/c.txt']],
    ['a.b\r\n\r\n.git\r\n', ['a.b/c.txt', '.git/config']],
    ['\ufeffa.b', ['a.b/c.txt']],
    ['/', []],
  ])('%j leaves out %j', (rules, expected) => {
    expect(leftOut(rules)).toEqual(expected);
  });

  it('leaves out everything that a negated rule does not name', () => {
    expect(kept('!*.txt')).toEqual(FILES.filter((file) => /^[^/]*\.txt$/.test(file)));
  });
});
