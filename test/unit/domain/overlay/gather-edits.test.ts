import { describe, expect, it } from 'vitest';
import type { FileAddress } from '../../../../src/domain/chart/archive-tree.ts';
import { parseValues, valuesOf } from '../../../../src/domain/chart/values-document.ts';
import { mergeValues, nodeAt, type ValueNode, type ValuePath } from '../../../../src/domain/chart/values-tree.ts';
import { editedValue } from '../../../../src/domain/overlay/edit-values.ts';
import { gatherEdits, type LeafChange, leafChanges } from '../../../../src/domain/overlay/gather-edits.ts';
import type { Fill } from '../../../../src/domain/trace/fills.ts';
import type { Slot } from '../../../../src/domain/trace/slot.ts';

const SUB: FileAddress = ['charts/kv-1.0.0.tgz', 'values.yaml'];

function chartValues(yaml: string, address: FileAddress = ['values.yaml']): ValueNode {
  return valuesOf(parseValues(yaml, 'values.yaml'), (path) => ({ kind: 'chart', address, path }));
}

function layer(yaml: string): ValueNode {
  return valuesOf(parseValues(yaml, 'layer'), (path) => ({ kind: 'layer', layer: 0, path }));
}

function below(key: string, node: ValueNode): ValueNode {
  return { kind: 'map', entries: new Map([[key, node]]) };
}

function textAt(values: ValueNode, path: ValuePath): string | undefined {
  const node = nodeAt(values, path);
  return node?.kind === 'string' ? node.value : undefined;
}

/** A fill that replaces `part` of the value at a path, or sets it where there is none. */
function fill(values: ValueNode, path: ValuePath, part: string, text: string): Fill {
  const value = textAt(values, path);
  const slot: Slot = { id: 0, kind: 'host', path, value, offset: value?.indexOf(part) ?? 0, length: part.length };
  return { slot, text };
}

/** The gathered edits as `file path = value`. */
function gathered(changes: readonly LeafChange[]): readonly string[] {
  return gatherEdits(changes).files.flatMap(({ address, edits }) =>
    edits.map((edit) => `${address.join('!')} ${edit.path.join('.')} = ${editedValue(edit)}`),
  );
}

describe('changes of values', () => {
  it('join the fills of one value', () => {
    const values = chartValues('images: quay.io/a:1 ghcr.io/b:2\n');
    const changes = leafChanges(values, [
      fill(values, ['images'], 'ghcr.io', 'r.test'),
      fill(values, ['images'], 'quay.io', 'r.test'),
    ]);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ before: 'quay.io/a:1 ghcr.io/b:2', after: 'r.test/a:1 r.test/b:2' });
  });

  it('know where the value is defined: in a file of the chart, or in a layer', () => {
    const values = mergeValues(layer('b: quay.io\n'), chartValues('a: quay.io\nb: ghcr.io\n'));
    const origins = leafChanges(values, [
      fill(values, ['a'], 'quay.io', 'r'),
      fill(values, ['b'], 'quay.io', 'r'),
      fill(values, ['c'], '', 'r'),
    ]).map(({ origin }) => origin?.kind);
    expect(origins).toEqual(['chart', 'layer', undefined]);
  });

  it('fill a null of a parent above a default only where that is said', () => {
    const parent = chartValues('kv: { image: null }\n');
    const values = mergeValues(parent, below('kv', chartValues('image: quay.io\n', SUB)));
    const fills = [fill(values, ['kv', 'image'], 'quay.io', 'r')];
    expect(leafChanges(values, fills, 'filled')[0]?.origin).toMatchObject({ address: ['values.yaml'] });
    expect(leafChanges(values, fills, 'kept')[0]?.origin).toMatchObject({ address: SUB, path: ['image'] });
  });

  it('know where a new key of a list item belongs, by its other values', () => {
    const list = 'l:\n  - { ports: [[1]], name: x }\n';
    const values = mergeValues(below('kv', chartValues(list, SUB)), layer(list.replace('l:', 'own:')));
    const [inSub, inLayer] = leafChanges(values, [
      fill(values, ['kv', 'l', 0, 'registry'], '', 'r'),
      fill(values, ['own', 0, 'image', 'registry'], '', 'r'),
    ]);
    expect(inSub?.origin).toEqual({ kind: 'chart', address: SUB, path: ['l', 0, 'registry'] });
    expect(inLayer?.origin).toMatchObject({ kind: 'layer', path: ['own', 0, 'image', 'registry'] });
  });
});

describe('gathering edits', () => {
  it('sorts them into the files that define the values', () => {
    const values = mergeValues(chartValues('a: quay.io/x\n'), below('kv', chartValues('image: quay.io/y\n', SUB)));
    const changes = leafChanges(values, [
      fill(values, ['a'], 'quay.io', 'r.test'),
      fill(values, ['kv', 'image'], 'quay.io', 'r.test'),
      fill(values, ['kv', 'registry'], '', 'r.test'),
    ]);
    expect(gathered(changes)).toEqual([
      'values.yaml a = r.test/x',
      'values.yaml kv.registry = r.test',
      'charts/kv-1.0.0.tgz!values.yaml image = r.test/y',
    ]);
  });

  it("leaves out what a release's own values say", () => {
    const values = layer('a: quay.io/x\nl: [{ name: x }]\n');
    expect(
      gathered(leafChanges(values, [fill(values, ['a'], 'quay.io', 'r'), fill(values, ['l', 0, 'registry'], '', 'r')])),
    ).toEqual([]);
  });

  it('joins what several releases want of one value, once each', () => {
    const values = chartValues('images: quay.io/a:1 ghcr.io/b:2\n');
    const first = leafChanges(values, [fill(values, ['images'], 'quay.io', 'r.test')]);
    const second = leafChanges(values, [
      fill(values, ['images'], 'ghcr.io', 'r.test'),
      fill(values, ['images'], 'quay.io', 'r.test'),
    ]);
    expect(gathered([...first, ...second])).toEqual(['values.yaml images = r.test/a:1 r.test/b:2']);
  });

  it('names a value that two releases want different', () => {
    const values = chartValues('image: quay.io/a:1\n');
    const changes = ['one.test', 'two.test'].flatMap((host) =>
      leafChanges(values, [fill(values, ['image'], 'quay.io', host)]),
    );
    expect(gatherEdits(changes).conflicts).toEqual([{ file: 'values.yaml', path: ['image'] }]);
  });

  it('takes edits that overlap for different ones', () => {
    const values = chartValues('image: quay.io/a:1\n');
    const changes = [
      ...leafChanges(values, [fill(values, ['image'], 'quay.io', 'one.test')]),
      ...leafChanges(values, [fill(values, ['image'], '', 'one.test/')]),
      ...leafChanges(values, [fill(values, ['image'], 'io/a', 'x')]),
    ];
    expect(gatherEdits(changes).conflicts).toHaveLength(2);
  });

  it('takes edits that only touch for two', () => {
    const values = chartValues('image: quay.io/a:1\n');
    const changes = [
      ...leafChanges(values, [fill(values, ['image'], 'quay.io', 'r.test')]),
      ...leafChanges(values, [fill(values, ['image'], '/a', '/b')]),
    ];
    expect(gathered(changes)).toEqual(['values.yaml image = r.test/b:1']);
  });

  it('sets at the root, for each alias, what aliases of one subchart want different', () => {
    const sub = (): ValueNode => chartValues('registry: quay.io\n', SUB);
    const values = mergeValues(below('one', sub()), below('two', sub()));
    const changes = leafChanges(values, [
      fill(values, ['one', 'registry'], 'quay.io', 'r.test/a'),
      fill(values, ['two', 'registry'], 'quay.io', 'r.test/b'),
    ]);
    expect(gathered(changes)).toEqual([
      'charts/kv-1.0.0.tgz!values.yaml registry = r.test/a',
      'values.yaml two.registry = r.test/b',
    ]);
    expect(gatherEdits(changes).conflicts).toEqual([]);
  });

  it('edits a shared value once where the aliases agree', () => {
    const sub = (): ValueNode => chartValues('registry: quay.io\n', SUB);
    const values = mergeValues(below('one', sub()), below('two', sub()));
    const changes = leafChanges(values, [
      fill(values, ['one', 'registry'], 'quay.io', 'r.test'),
      fill(values, ['two', 'registry'], 'quay.io', 'r.test'),
    ]);
    expect(gathered(changes)).toEqual(['charts/kv-1.0.0.tgz!values.yaml registry = r.test']);
  });
});
