import { describe, expect, it } from 'vitest';
import type { FileAddress } from '../../../../src/domain/chart/archive-tree.ts';
import { parseValues, valuesOf } from '../../../../src/domain/chart/values-document.ts';
import {
  mergeValues,
  nodeAt,
  SWITCHED_ON,
  textNode,
  type ValueNode,
  type ValuePath,
} from '../../../../src/domain/chart/values-tree.ts';
import { editedValue } from '../../../../src/domain/overlay/edit-values.ts';
import { emitYaml } from '../../../../src/domain/overlay/emit-yaml.ts';
import { gatherEdits, type LeafChange, leafChanges } from '../../../../src/domain/overlay/gather-edits.ts';
import { overlayOf } from '../../../../src/domain/trace/overlay-tree.ts';

function valuesIn(yaml: string, address: FileAddress = ['values.yaml']): ValueNode {
  return valuesOf(parseValues(yaml, 'values.yaml'), (path) => ({ kind: 'chart', address, path }));
}

/** The change that puts `text` in place of `part` of a value. */
function change(values: ValueNode, path: ValuePath, part: string, text: string): readonly LeafChange[] {
  const node = nodeAt(values, path);
  const value = node?.kind === 'string' ? node.value : undefined;
  const slot = { id: 0, kind: 'host', path, value, offset: value?.indexOf(part) ?? 0, length: part.length } as const;
  return leafChanges(values, [{ slot, text }]);
}

function gathered(first: readonly LeafChange[], later: readonly LeafChange[]): readonly string[] {
  const { files, conflicts } = gatherEdits(first, later);
  expect(conflicts).toEqual([]);
  return files.flatMap(({ address, edits }) =>
    edits.map((edit) => `${address.join('!')} ${edit.path.join('.')} = ${editedValue(edit)}`),
  );
}

const VALUES = valuesIn('image: quay.io/a:1\nside: ghcr.io/b:2\n');

describe('changes for hidden images', () => {
  it('are made beside the others', () => {
    expect(gathered(change(VALUES, ['image'], 'quay.io', 'r'), change(VALUES, ['side'], 'ghcr.io', 'r'))).toEqual([
      'values.yaml image = r/a:1',
      'values.yaml side = r/b:2',
    ]);
  });

  it('are left out where they would change what was asked for, and are no conflict', () => {
    const asked = change(VALUES, ['image'], 'quay.io', 'r');
    expect(gathered(asked, change(VALUES, ['image'], 'quay.io', 'other'))).toEqual(['values.yaml image = r/a:1']);
    expect(gathered(asked, change(VALUES, ['image'], 'io/a', 'other'))).toEqual(['values.yaml image = r/a:1']);
  });

  it('of which two disagree, are those that come first', () => {
    const hidden = [...change(VALUES, ['side'], 'ghcr.io', 'one'), ...change(VALUES, ['side'], 'ghcr.io', 'two')];
    expect(gathered([], hidden)).toEqual(['values.yaml side = one/b:2']);
  });

  it('are made once where they are those that were asked for', () => {
    const asked = change(VALUES, ['image'], 'quay.io', 'r');
    expect(gathered(asked, change(VALUES, ['image'], 'quay.io', 'r'))).toEqual(['values.yaml image = r/a:1']);
  });

  it('of another alias of a subchart are set at the root where the shared file says something else', () => {
    const sub = (key: string): ValueNode => ({
      kind: 'map',
      entries: new Map([[key, valuesIn('registry: quay.io\n', ['charts/kv/values.yaml'])]]),
    });
    const values = mergeValues(sub('one'), sub('two'));
    expect(
      gathered(
        change(values, ['one', 'registry'], 'quay.io', 'r/a'),
        change(values, ['two', 'registry'], 'quay.io', 'r/b'),
      ),
    ).toEqual(['charts/kv/values.yaml registry = r/a', 'values.yaml two.registry = r/b']);
  });

  it('that two releases want different, and somebody asked for, are a conflict all the same', () => {
    const asked = [...change(VALUES, ['image'], 'quay.io', 'one'), ...change(VALUES, ['image'], 'quay.io', 'two')];
    const hidden = change(VALUES, ['side'], 'ghcr.io', 'r');
    expect(gatherEdits(asked, hidden).conflicts).toEqual([{ file: 'values.yaml', path: ['image'] }]);
  });

  it('of values that a release gives itself change no file', () => {
    const layer = valuesOf(parseValues('side: ghcr.io/b:2\n', 'x'), (path) => ({ kind: 'layer', layer: 0, path }));
    expect(gathered([], change(layer, ['side'], 'ghcr.io', 'r'))).toEqual([]);
  });
});

describe('an overlay of nodes', () => {
  it('sets switches and texts of one list together', () => {
    const values = valuesIn('l: [{ active: false, image: a }, { image: b, port: 1.10 }]\n');
    const overlay = overlayOf(values, [
      { path: ['l', 0, 'active'], node: SWITCHED_ON },
      { path: ['l', 1, 'image'], node: textNode('new') },
    ]);
    expect(emitYaml(overlay)).toBe('l:\n  - active: true\n    image: "a"\n  - image: "new"\n    port: 1.10\n');
  });

  it('leaves lists beside the path alone', () => {
    const values = valuesIn('a: { l: [1], active: false }\n');
    expect(emitYaml(overlayOf(values, [{ path: ['a', 'active'], node: SWITCHED_ON }]))).toBe('a:\n  active: true\n');
  });
});
