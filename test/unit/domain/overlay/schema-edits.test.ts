import { describe, expect, it } from 'vitest';
import type { ArchiveTree } from '../../../../src/domain/chart/archive-tree.ts';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { formatPath } from '../../../../src/domain/chart/values-tree.ts';
import { editedValue } from '../../../../src/domain/overlay/edit-values.ts';
import type { FileEdits } from '../../../../src/domain/overlay/gather-edits.ts';
import { schemaEdits } from '../../../../src/domain/overlay/schema-edits.ts';
import { archive, chartYaml } from '../chart/trees.ts';

const AFTER = 'r.test/x/org/app:1';

function edited(path: readonly (string | number)[], before: string | undefined, file = 'values.yaml'): FileEdits {
  const edits = [{ offset: 0, length: before?.length ?? 0, text: AFTER }];
  return { address: [file], edits: [{ path, before, edits }] };
}

function found(files: Readonly<Record<string, unknown>>, edits: readonly FileEdits[]): readonly string[] {
  const texts = Object.entries(files).map(([name, data]) => [
    name,
    typeof data === 'string' ? data : JSON.stringify(data),
  ]);
  const tree: ArchiveTree = archive({ 'Chart.yaml': chartYaml('web'), ...Object.fromEntries(texts) });
  return schemaEdits(tree, readChartTree(tree, 'web'), edits).flatMap((file) =>
    file.edits.map((edit) => `${file.address.join('!')} ${formatPath(edit.path)} = ${editedValue(edit)}`),
  );
}

const SCHEMA = 'values.schema.json';

describe('a schema that lists images', () => {
  it.each([
    ['const', { const: 'org/app:1', description: 'org/app:1' }, ['const']],
    ['enum', { enum: ['org/other:1', 'org/app:1'], default: 'org/app:1' }, ['enum[1]', 'default']],
    ['one of several', { anyOf: [{ const: 'x' }, { const: 'org/app:1' }] }, ['anyOf[1].const']],
    ['another value', { const: 'org/app:2' }, []],
  ])('lets the edited value be, in place of the one before: %s', (_, image, places) => {
    const schema = { properties: { a: { properties: { image } }, b: { const: 'org/app:1' } } };
    expect(found({ [SCHEMA]: schema }, [edited(['a', 'image'], 'org/app:1')])).toEqual(
      places.map((place) => `${SCHEMA} properties.a.properties.image.${place} = ${AFTER}`),
    );
  });

  it('may say it in a definition, and of the items of a list', () => {
    const schema = {
      properties: { list: { items: { $ref: '#/definitions/image' } } },
      definitions: { image: { enum: ['org/app:1'] } },
    };
    expect(found({ [SCHEMA]: schema }, [edited(['list', 0], 'org/app:1')])).toEqual([
      `${SCHEMA} definitions.image.enum[0] = ${AFTER}`,
    ]);
  });

  it('is that of the chart, of its subchart, or of its parent', () => {
    const sub = { properties: { image: { const: 'org/app:1' } } };
    const root = { properties: { sub } };
    const files = { 'charts/sub/Chart.yaml': chartYaml('sub'), [`charts/sub/${SCHEMA}`]: sub, [SCHEMA]: root };
    const both = [
      `${SCHEMA} properties.sub.properties.image.const = ${AFTER}`,
      `charts/sub/${SCHEMA} properties.image.const = ${AFTER}`,
    ];
    expect(found(files, [edited(['sub', 'image'], 'org/app:1')])).toEqual(both);
    const own = edited(['image'], 'org/app:1', 'charts/sub/values.yaml');
    expect(found({ ...files, 'charts/sub/values.yaml': 'image: org/app:1\n' }, [own])).toEqual(both);
  });

  it.each([
    ['a new key', { properties: { a: { const: '' } } }, undefined],
    ['a schema that is no JSON', '{', 'org/app:1'],
    ['a schema that says nothing of it', { type: 'object' }, 'org/app:1'],
  ])('is left as it is for %s', (_, schema, before) => {
    expect(found({ [SCHEMA]: schema }, [edited(['a'], before)])).toEqual([]);
  });
});
