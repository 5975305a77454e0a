import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import { isLifted, withOwnGlobals } from '../../../../src/domain/chart/own-globals.ts';
import { nodeAt } from '../../../../src/domain/chart/values-tree.ts';
import { emitYaml } from '../../../../src/domain/overlay/emit-yaml.ts';
import { archive, chartYaml } from './trees.ts';

/** The charts root, root/one, root/two and root/one/inner, with the globals of each. */
function charts(globals: Readonly<Record<'root' | 'one' | 'two' | 'inner', string>>) {
  const values = (text: string): string => (text === '' ? '{}\n' : `global: ${text}\n`);
  const tree = archive({
    'Chart.yaml': chartYaml('root'),
    'values.yaml': values(globals.root),
    'charts/one/Chart.yaml': chartYaml('one'),
    'charts/one/values.yaml': values(globals.one),
    'charts/two/Chart.yaml': chartYaml('two'),
    'charts/two/values.yaml': values(globals.two),
    'charts/one/charts/inner/Chart.yaml': chartYaml('inner'),
    'charts/one/charts/inner/values.yaml': values(globals.inner),
  });
  return { tree, root: readChartTree(tree, 'root') };
}

const NONE = { root: '', one: '', two: '', inner: '' };

function own(globals: Partial<typeof NONE>, layer = ''): string {
  const { tree, root } = charts({ ...NONE, ...globals });
  const layers = layer === '' ? [] : [{ origin: 'inline', name: 'v', text: layer } as const];
  return emitYaml(withOwnGlobals(effectiveValues(tree, root, layers), tree, root));
}

describe('globals of subcharts', () => {
  it('stand below the subchart that defines them, where they are defined', () => {
    expect(own({ one: '{ registry: one.io }' })).toContain(
      'one:\n  inner: {}\n  global:\n    registry: "one.io"\ntwo: {}\n',
    );
    expect(own({ one: '{ registry: one.io }' })).not.toMatch(/^global:/m);
    const { tree, root } = charts({ ...NONE, inner: '{ a: { registry: inner.io } }' });
    const values = withOwnGlobals(effectiveValues(tree, root, []), tree, root);
    expect(nodeAt(values, ['one', 'inner', 'global', 'a', 'registry'])).toMatchObject({
      value: 'inner.io',
      origin: { address: ['charts/one/charts/inner/values.yaml'], path: ['global', 'a', 'registry'] },
    });
  });

  it('are those of each where several define the same one', () => {
    const text = own({ one: '{ registry: one.io }', two: '{ registry: two.io }' });
    expect(text).toContain('registry: "one.io"');
    expect(text).toContain('registry: "two.io"');
  });

  it('yield to those of the charts above, and of the release', () => {
    expect(own({ root: '{ registry: "" }', one: '{ registry: one.io }' })).toBe(own({ root: '{ registry: "" }' }));
    expect(own({ one: '{ registry: one.io }', inner: '{ registry: inner.io, more: x }' })).not.toContain('inner.io');
    expect(own({ one: '{ registry: one.io }', inner: '{ registry: inner.io, more: x }' })).toContain('more: "x"');
    expect(own({ one: '{ registry: one.io }' }, 'global: { registry: given.io, list: [a] }\n')).toBe(
      own({}, 'global: { registry: given.io, list: [a] }\n'),
    );
  });

  it('are known by their path where no chart above has them', () => {
    const { tree, root } = charts({ ...NONE, root: '{ own: x }', one: '{ own: y, registry: one.io }' });
    expect(isLifted(tree, root, ['global', 'registry'])).toBe(true);
    expect(isLifted(tree, root, ['global', 'own'])).toBe(false);
    expect(isLifted(tree, root, ['global', 'other'])).toBe(false);
    expect(isLifted(tree, root, ['registry'])).toBe(false);
  });
});
