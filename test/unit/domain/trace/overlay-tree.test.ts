import { describe, expect, it } from 'vitest';
import { emitYaml } from '../../../../src/domain/overlay/emit-yaml.ts';
import { overlayTree } from '../../../../src/domain/trace/overlay-tree.ts';
import { values } from './uses.ts';

describe('the smallest overlay', () => {
  it('sets what is assigned and nothing else', () => {
    const tree = overlayTree(values('a: { b: 1, c: x }\nd: 2\n'), [
      { path: ['a', 'c'], text: 'new' },
      { path: ['e', 'f'], text: 'also new' },
    ]);
    expect(emitYaml(tree)).toBe('a:\n  c: "new"\ne:\n  f: "also new"\n');
  });

  it('repeats a list whole, its other items as they are', () => {
    const base = values(
      'l:\n  - { image: a, tag: 1.10, mode: 0644, none: ~, deep: [[1e3]] }\n  - image: b\n  - 0x1F\n',
    );
    const tree = overlayTree(base, [
      { path: ['l', 0, 'image'], text: 'A' },
      { path: ['l', 1, 'image'], text: 'B' },
    ]);
    expect(emitYaml(tree)).toBe(
      'l:\n  - image: "A"\n    tag: 1.10\n    mode: 0644\n    none: null\n    deep:\n      - - 1e3\n  - image: "B"\n  - 0x1F\n',
    );
  });

  it('repeats the outer list of lists in lists', () => {
    const tree = overlayTree(values('a: { l: [{ m: [x, z] }, 1] }\n'), [{ path: ['a', 'l', 0, 'm', 1], text: 'new' }]);
    expect(emitYaml(tree)).toBe('a:\n  l:\n    - m:\n        - "x"\n        - "new"\n    - 1\n');
  });

  it('adds a key to a list item', () => {
    const tree = overlayTree(values('l: [{ name: x }]\n'), [{ path: ['l', 0, 'registry'], text: 'r' }]);
    expect(emitYaml(tree)).toBe('l:\n  - name: "x"\n    registry: "r"\n');
  });

  it('is empty without assignments', () => {
    expect(emitYaml(overlayTree(values('a: 1\n'), []))).toBe('{}\n');
  });

  it('takes keys of digits for keys, not for places in a list', () => {
    const tree = overlayTree(values('a: { "0": x }\n'), [{ path: ['a', '0'], text: 'new' }]);
    expect(emitYaml(tree)).toBe('a:\n  "0": "new"\n');
  });
});
