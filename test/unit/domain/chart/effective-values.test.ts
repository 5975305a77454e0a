import { describe, expect, it } from 'vitest';
import type { ValuesLayer } from '../../../../src/domain/addon.ts';
import type { ArchiveTree } from '../../../../src/domain/chart/archive-tree.ts';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import { nodeAt, type ValueNode, type ValueOrigin, type ValuePath } from '../../../../src/domain/chart/values-tree.ts';
import { emitYaml } from '../../../../src/domain/overlay/emit-yaml.ts';
import { archive, chartYaml } from './trees.ts';

// what is the same with real helm is asked in test/real/values; here are the rules one by one, and the origins

function layers(...texts: readonly string[]): readonly ValuesLayer[] {
  return texts.map((text, index): ValuesLayer => ({ origin: 'inline', name: `layer ${index}`, text }));
}

function effective(tree: ArchiveTree, ...texts: readonly string[]): ValueNode {
  return effectiveValues(tree, readChartTree(tree, 'chart'), layers(...texts));
}

function originAt(values: ValueNode, path: ValuePath): ValueOrigin | undefined {
  const node = nodeAt(values, path);
  return node === undefined || node.kind === 'map' || node.kind === 'list' ? undefined : node.origin;
}

const DEEP = archive({
  'Chart.yaml': chartYaml('deep'),
  'values.yaml': 'image: deep:1\nglobal: { registry: deep.io }\n',
});
const TREE = archive(
  {
    'Chart.yaml': chartYaml('root', '1.0.0', 'dependencies:', '  - { name: kv, version: 1.x, alias: store }'),
    'values.yaml': 'image: root:1\nlist: [a, b]\nstore:\n  image: overridden:1\nglobal: { own: x }\n',
    'charts/kv/Chart.yaml': chartYaml('kv'),
    'charts/kv/values.yaml': 'image: kv:1\nname: kv\nglobal: { registry: kv.io, own: y }\n',
  },
  { 'charts/deep.tgz': DEEP },
);

describe('effective values', () => {
  it('are those of the chart over those of its subcharts, under their aliases', () => {
    const values = effective(TREE);
    expect(nodeAt(values, ['image'])).toMatchObject({ value: 'root:1' });
    expect(nodeAt(values, ['store', 'image'])).toMatchObject({ value: 'overridden:1' });
    expect(nodeAt(values, ['store', 'name'])).toMatchObject({ value: 'kv' });
    expect(nodeAt(values, ['deep', 'image'])).toMatchObject({ value: 'deep:1' });
    expect(nodeAt(values, ['kv'])).toBeUndefined();
  });

  it('know the file and the path at which each one is defined', () => {
    const values = effective(TREE);
    expect(originAt(values, ['store', 'name'])).toEqual({
      kind: 'chart',
      address: ['charts/kv/values.yaml'],
      path: ['name'],
    });
    expect(originAt(values, ['store', 'image'])).toEqual({
      kind: 'chart',
      address: ['values.yaml'],
      path: ['store', 'image'],
    });
    expect(originAt(values, ['deep', 'image'])).toEqual({
      kind: 'chart',
      address: ['charts/deep.tgz', 'values.yaml'],
      path: ['image'],
    });
    expect(originAt(values, ['list', 1])).toMatchObject({ path: ['list', 1] });
  });

  it('take the layers last, the last one over the others, lists whole', () => {
    const values = effective(
      TREE,
      'image: one\nlist: [c]\nstore: { image: one }\n',
      'image: two\nstore: { name: ~ }\n',
    );
    expect(emitYaml(values)).toContain('image: "two"\nlist:\n  - "c"\n');
    expect(nodeAt(values, ['store', 'image'])).toMatchObject({ value: 'one' });
    expect(nodeAt(values, ['store', 'name'])).toBeUndefined();
    expect(originAt(values, ['image'])).toMatchObject({ kind: 'layer', layer: 1 });
    expect(originAt(values, ['list', 0])).toMatchObject({ kind: 'layer', layer: 0, path: ['list', 0] });
  });

  it("let a later layer bring back what an earlier one's null took", () => {
    expect(nodeAt(effective(TREE, 'image: ~\n', 'image: back\n'), ['image'])).toMatchObject({ value: 'back' });
    expect(nodeAt(effective(TREE, 'image: x\n', 'image: ~\n'), ['image'])).toBeUndefined();
  });

  it("lack what a release's null deletes in a subchart, though the parent sets it too", () => {
    const values = effective(TREE, 'store: { image: ~, name: ~ }\n');
    expect([nodeAt(values, ['store', 'image']), nodeAt(values, ['store', 'name'])]).toEqual([undefined, undefined]);
    const below = archive({
      'Chart.yaml': chartYaml('root'),
      'values.yaml': 'kv: { image: { repository: parent } }\n',
      'charts/kv/Chart.yaml': chartYaml('kv'),
      'charts/kv/values.yaml': 'image: { repository: sub, tag: "1" }\n',
    });
    expect(
      nodeAt(effective(below, 'kv: { image: { repository: ~ } }\n'), ['kv', 'image', 'repository']),
    ).toBeUndefined();
    expect(nodeAt(effective(below, 'kv: { image: ~ }\n'), ['kv', 'image'])).toBeUndefined();
  });

  it('reach below a text of the parent when a release puts a map over it', () => {
    const tree = archive({
      'Chart.yaml': chartYaml('root'),
      'values.yaml': 'kv: { image: text }\n',
      'charts/kv/Chart.yaml': chartYaml('kv'),
      'charts/kv/values.yaml': 'image: { repository: nginx, tag: "1" }\n',
    });
    const values = effective(tree, 'kv: { image: { tag: "2" } }\n');
    expect(nodeAt(values, ['kv', 'image', 'repository'])).toMatchObject({ value: 'nginx' });
    expect(nodeAt(values, ['kv', 'image', 'tag'])).toMatchObject({ value: '2' });
    expect(nodeAt(effective(tree), ['kv', 'image'])).toMatchObject({ value: 'text' });
  });

  it('hold those of subcharts that are switched off by a condition or a tag, since a switch may turn', () => {
    const tree = archive({
      'Chart.yaml': chartYaml(
        'root',
        '1.0.0',
        'dependencies:',
        '  - { name: kv, version: 1.0.0, condition: kv.enabled }',
        '  - { name: side, version: 1.0.0, tags: [extras] }',
      ),
      'values.yaml': 'kv: { enabled: false }\ntags: { extras: false }\n',
      'charts/kv/Chart.yaml': chartYaml('kv'),
      'charts/kv/values.yaml': 'image: kv:1\n',
      'charts/side/Chart.yaml': chartYaml('side'),
      'charts/side/values.yaml': 'image: side:1\n',
    });
    const values = effective(tree);
    expect(nodeAt(values, ['kv', 'image'])).toMatchObject({ value: 'kv:1' });
    expect(nodeAt(values, ['side', 'image'])).toMatchObject({ value: 'side:1' });
  });

  it('are empty for a chart without values.yaml', () => {
    expect(emitYaml(effective(archive({ 'Chart.yaml': chartYaml('root') })))).toBe('{}\n');
  });

  it('name the file and the layer that cannot be read', () => {
    const broken = archive({
      'Chart.yaml': chartYaml('root'),
      'charts/kv/Chart.yaml': chartYaml('kv'),
      'charts/kv/values.yaml': 'a: [\n',
    });
    expect(() => effective(broken)).toThrow(/^charts\/kv\/values\.yaml is not readable YAML/);
    expect(() => effective(TREE, 'a: 1\n', '{')).toThrow(/^layer 1 is not readable YAML/);
  });
});

describe('globals', () => {
  it('of subcharts are lifted to the root, below its own; the first subchart wins', () => {
    const values = effective(TREE);
    expect(nodeAt(values, ['global', 'own'])).toMatchObject({ value: 'x' });
    expect(nodeAt(values, ['global', 'registry'])).toMatchObject({ value: 'kv.io' });
    expect(nodeAt(values, ['store', 'global'])).toBeUndefined();
    expect(nodeAt(values, ['deep', 'global'])).toBeUndefined();
  });

  it("are defined in the root's values.yaml, where they reach every subchart, whoever brought them", () => {
    expect(originAt(effective(TREE), ['global', 'registry'])).toEqual({
      kind: 'chart',
      address: ['values.yaml'],
      path: ['global', 'registry'],
    });
  });

  it('of a subchart of a subchart are lifted too', () => {
    const tree = archive({
      'Chart.yaml': chartYaml('root'),
      'charts/a/Chart.yaml': chartYaml('a'),
      'charts/a/charts/b/Chart.yaml': chartYaml('b'),
      'charts/a/charts/b/values.yaml': 'global: { list: [x], deep: { registry: b.io } }\n',
    });
    const values = effective(tree);
    expect(originAt(values, ['global', 'deep', 'registry'])).toMatchObject({
      address: ['values.yaml'],
      path: ['global', 'deep', 'registry'],
    });
    // the root could only set the list as a whole
    expect(originAt(values, ['global', 'list', 0])).toMatchObject({
      address: ['charts/a/charts/b/values.yaml'],
      path: ['global', 'list', 0],
    });
  });

  it('that a parent means for one subchart stay with it', () => {
    const tree = archive({
      'Chart.yaml': chartYaml('root'),
      'values.yaml': 'kv: { global: { registry: only.io } }\n',
      'charts/kv/Chart.yaml': chartYaml('kv'),
    });
    expect(nodeAt(effective(tree), ['kv', 'global', 'registry'])).toMatchObject({ value: 'only.io' });
    expect(nodeAt(effective(tree), ['global'])).toBeUndefined();
  });

  it('that are no map are no globals', () => {
    const tree = archive({
      'Chart.yaml': chartYaml('root'),
      'charts/kv/Chart.yaml': chartYaml('kv'),
      'charts/kv/values.yaml': 'global: x\n',
    });
    expect(nodeAt(effective(tree), ['global'])).toBeUndefined();
  });
});

describe('imported values', () => {
  function importing(imports: string, root = '{}\n'): ArchiveTree {
    return archive({
      'Chart.yaml': chartYaml(
        'root',
        '1.0.0',
        'dependencies:',
        `  - { name: kv, version: 1.0.0, alias: store, import-values: ${imports} }`,
      ),
      'values.yaml': root,
      'charts/kv/Chart.yaml': chartYaml('kv'),
      'charts/kv/values.yaml':
        'data: { image: kv:1, tag: "1" }\nexports: { data: { shared: { image: shared:1 } } }\ntext: x\n',
    });
  }

  it('come from the subchart to the place in the parent, and keep their origin', () => {
    const values = effective(importing('[{ child: data, parent: my.kv }]'));
    expect(nodeAt(values, ['my', 'kv', 'image'])).toMatchObject({ value: 'kv:1' });
    expect(originAt(values, ['my', 'kv', 'image'])).toEqual({
      kind: 'chart',
      address: ['charts/kv/values.yaml'],
      path: ['data', 'image'],
    });
  });

  it('come to the root from exports, by their short form', () => {
    expect(nodeAt(effective(importing('[data]')), ['shared', 'image'])).toMatchObject({ value: 'shared:1' });
  });

  it("lose to the parent's own values, and see what the parent gives the subchart", () => {
    const tree = importing('[{ child: data, parent: . }]', 'image: own\nstore: { data: { tag: "2" } }\n');
    expect(nodeAt(effective(tree), ['image'])).toMatchObject({ value: 'own' });
    expect(nodeAt(effective(tree), ['tag'])).toMatchObject({ value: '2' });
  });

  it("do not see a release's values for the subchart", () => {
    const values = effective(importing('[{ child: data, parent: my }]'), 'store: { data: { image: given } }\n');
    expect(nodeAt(values, ['my', 'image'])).toMatchObject({ value: 'kv:1' });
    expect(nodeAt(values, ['store', 'data', 'image'])).toMatchObject({ value: 'given' });
  });

  it('are nothing where the subchart has no such table', () => {
    const values = effective(importing('[{ child: none, parent: a }, { child: text, parent: b }]'));
    expect([nodeAt(values, ['a']), nodeAt(values, ['b'])]).toEqual([undefined, undefined]);
  });
});
