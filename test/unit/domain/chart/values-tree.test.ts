import { describe, expect, it } from 'vitest';
import { parseValues, valuesOf } from '../../../../src/domain/chart/values-document.ts';
import {
  firstDifference,
  formatPath,
  isSettable,
  mapsIn,
  mergeValues,
  nodeAt,
  stringLeaves,
  textNode,
  type ValueNode,
  withNode,
} from '../../../../src/domain/chart/values-tree.ts';
import { emitYaml } from '../../../../src/domain/overlay/emit-yaml.ts';

function read(text: string, kind: 'chart' | 'layer' = 'layer'): ValueNode {
  return valuesOf(parseValues(text, 'values'), (path) =>
    kind === 'chart' ? { kind, address: ['values.yaml'], path } : { kind, layer: 0, path },
  );
}

describe('merging', () => {
  it.each([
    ['maps are merged', 'a: { x: 1 }', 'a: { z: 2 }', 'a:\n  z: 2\n  x: 1\n'],
    ['lists are replaced', 'a: [1]', 'a: [2, 3]', 'a:\n  - 1\n'],
    ['texts are replaced', 'a: "x"', 'a: "z"', 'a: "x"\n'],
    ['a map replaces a text', 'a: { x: 1 }', 'a: "z"', 'a:\n  x: 1\n'],
    ['a text replaces a map', 'a: "x"', 'a: { z: 1 }', 'a: "x"\n'],
    ['null deletes', 'a: ~\nb: { c: ~ }', 'a: 1\nb: { c: 1, d: 2 }', 'b:\n  d: 2\n'],
    ['null that has nothing to delete stays', 'a: ~', 'b: 1', 'b: 1\na: null\n'],
    ['nothing changes nothing', '', 'a: 1', 'a: 1\n'],
  ])('%s', (_, strong, weak, expected) => {
    expect(emitYaml(mergeValues(read(strong), read(weak)))).toBe(expected);
  });

  it("keeps a subchart's default where a chart's own file says null, since helm 4 does", () => {
    expect(emitYaml(mergeValues(read('a: ~\nb: ~\n', 'chart'), read('a: 1\n', 'chart')))).toBe('a: 1\nb: null\n');
  });

  it('does not change what it merges', () => {
    const [strong, weak] = [read('a: { x: 1 }'), read('a: { z: ~ }')];
    mergeValues(strong, weak);
    expect([emitYaml(strong), emitYaml(weak)]).toEqual(['a:\n  x: 1\n', 'a:\n  z: null\n']);
  });
});

describe('paths', () => {
  const root = read('a: { b: [{ c: x }, [z]] }\n"0": w\n');

  it('lead to nodes, in maps by text, in lists by number', () => {
    expect(nodeAt(root, ['a', 'b', 0, 'c'])).toMatchObject({ value: 'x' });
    expect(nodeAt(root, ['a', 'b', 1, 0])).toMatchObject({ value: 'z' });
    expect(nodeAt(root, ['0'])).toMatchObject({ value: 'w' });
    expect(nodeAt(root, [])).toBe(root);
    for (const path of [['x'], ['a', 'b', 7], ['a', 'b', '0'], ['a', 'b', 0, 'c', 'd']])
      expect(nodeAt(root, path)).toBeUndefined();
  });

  it('of all texts come in document order', () => {
    expect(stringLeaves(root).map(({ path }) => formatPath(path))).toEqual(['a.b[0].c', 'a.b[1][0]', '0']);
  });

  it.each([
    [['a', 'b', 0, 'c'], 'a.b[0].c'],
    [['a.b', 'c/d'], '"a.b"."c/d"'],
    [[0, 1], '[0][1]'],
    [['', 'x'], '"".x'],
    [[], ''],
  ])('%j is shown as %s', (path, expected) => {
    expect(formatPath(path)).toBe(expected);
  });
});

describe('setting a text', () => {
  it.each([
    ['where there is one', ['a', 'b'], 'a:\n  b: "new"\n  l:\n    - "x"\n'],
    ['in a list', ['a', 'l', 0], 'a:\n  b: "x"\n  l:\n    - "new"\n'],
    ['where there is nothing', ['c', 'd'], 'a:\n  b: "x"\n  l:\n    - "x"\nc:\n  d: "new"\n'],
    ['below a text, which goes', ['a', 'b', 'c'], 'a:\n  b:\n    c: "new"\n  l:\n    - "x"\n'],
  ])('%s', (_, path, expected) => {
    const root = read('a: { b: x, l: [x] }\n');
    expect(emitYaml(withNode(root, path, textNode('new')))).toBe(expected);
    expect(nodeAt(root, ['a', 'b'])).toMatchObject({ value: 'x' });
  });
});

describe('a value could be set', () => {
  const root = read('m: { x: 1, n: ~, e: "" }\nl: [{ a: 1 }]\ns: text\n');

  it.each([
    ['a new key', ['m', 'y'], true],
    ['a null', ['m', 'n'], true],
    ['an empty text', ['m', 'e'], true],
    ['below a null', ['m', 'n', 'y'], true],
    ['below nothing', ['y', 'z'], true],
    ['an item of nothing', ['y', 0, 'z'], false],
    ['a key of an item that is not there', ['l', 1, 'b'], false],
    ['a key of an item', ['l', 0, 'b'], true],
    ['what is set', ['m', 'x'], false],
    ['below a number', ['m', 'x', 'y'], false],
    ['below a text', ['s', 'y'], false],
    ['a key of a list', ['l', 'b'], false],
    ['an item of a map', ['m', 0], false],
  ])('%s', (_, path, expected) => {
    expect(isSettable(root, path)).toBe(expected);
  });
});

it('maps come in document order, each before those inside it', () => {
  const maps = mapsIn(read('a: { b: { c: 1 } }\nl: [{ d: {} }, [{ e: 1 }]]\n'));
  expect(maps.map(({ path }) => formatPath(path))).toEqual(['', 'a', 'a.b', 'l[0]', 'l[0].d', 'l[1][0]']);
});

describe('differences', () => {
  it.each([
    ['a: 1', 'a: 1', undefined],
    ['a: 1\nb: 2', 'b: 2\na: 1', undefined],
    ['a: { b: x }', 'a: { b: z }', ['a', 'b']],
    ['a: 1', 'a: "1"', ['a']],
    ['a: 1.10', 'a: 1.1', ['a']],
    ['a: ~', 'a: ""', ['a']],
    ['a: ~', '{}', ['a']],
    ['{}', 'a: ~', ['a']],
    ['a: [1, 2]', 'a: [1]', ['a', 1]],
    ['a: [1]', 'a: [1, 2]', ['a', 1]],
    ['a: {}', 'a: []', ['a']],
    ['a: [{ b: 1, c: 2 }]', 'a: [{ b: 1, d: 2 }]', ['a', 0, 'c']],
  ])('between %s and %s are at %j', (left, right, expected) => {
    expect(firstDifference(read(left), read(right, 'chart'))).toEqual(expected);
  });
});
