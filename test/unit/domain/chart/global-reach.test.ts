import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import { globalReach } from '../../../../src/domain/chart/global-reach.ts';
import { relocatedText } from '../../../../src/domain/plan/destination.ts';
import { declaredFills } from '../../../../src/domain/trace/declared-fills.ts';
import { archive, chartYaml } from './trees.ts';

const GLOBAL = 'global: { imageRegistry: "" }\n';
const READS = '{{ .Values.global.imageRegistry }}';
const NAME = 'image: { repository: org/app, tag: v1 }\n';

/** The charts root, root/one, root/two and root/one/inner, with further files. */
function charts(files: Readonly<Record<string, string>>) {
  const tree = archive({
    'Chart.yaml': chartYaml('root'),
    'charts/one/Chart.yaml': chartYaml('one'),
    'charts/two/Chart.yaml': chartYaml('two'),
    'charts/one/charts/inner/Chart.yaml': chartYaml('inner'),
    ...files,
  });
  return { tree, root: readChartTree(tree, 'root') };
}

/** To which charts the global of that name reaches. */
function reached(files: Readonly<Record<string, string>>): readonly string[] {
  const { tree, root } = charts(files);
  const reaches = globalReach(tree, root);
  const paths = { root: ['image'], one: ['one', 'image'], inner: ['one', 'inner', 'image'], two: ['two', 'image'] };
  return Object.entries(paths).flatMap(([name, path]) => (reaches('imageRegistry', path) ? [name] : []));
}

describe('a global', () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['of the root reaches all', { 'values.yaml': GLOBAL }, ['root', 'one', 'inner', 'two']],
    ['of a subchart reaches it and those below', { 'charts/one/values.yaml': GLOBAL }, ['one', 'inner']],
    ['of the last one reaches that', { 'charts/one/charts/inner/values.yaml': GLOBAL }, ['inner']],
    ['reaches whose templates read it', { 'charts/two/templates/a.yaml': READS }, ['two']],
    [
      'reaches whose helper of another chart reads it',
      {
        'templates/a.yaml': '{{ include "two.image" . }}',
        'charts/two/templates/_a.tpl': '{{- define "two.image" }}{{ template "one.image" . }}{{ end }}',
        'charts/one/templates/_b.tpl': `{{- define "one.image" -}}${READS}{{- end }}`,
      },
      ['root', 'one', 'two'],
    ],
    ['reaches nobody else', { 'templates/a.yaml': '{{ .Values.image }}' }, []],
  ])('%s', (_, files, names) => {
    expect(reached(files)).toEqual(names);
  });
});

describe('a name without a host, by its form', () => {
  function moved(files: Readonly<Record<string, string>>, layer = ''): readonly string[] {
    const { tree, root } = charts(files);
    const values = effectiveValues(tree, root, layer === '' ? [] : [{ origin: 'inline', name: 'v', text: layer }]);
    const fills = declaredFills(values, {
      wanted: (reference) =>
        relocatedText(reference, { registry: 'r.test/m', prefix: '', imagePath: 'source' }, new Map()),
      known: new Set(),
      isLeft: () => false,
      reaches: globalReach(tree, root),
    });
    return fills.map(({ slot }) => slot.path.join('.'));
  }

  it('moves beside a subchart that has an empty global registry for itself', () => {
    expect(moved({ 'values.yaml': NAME, 'charts/two/values.yaml': GLOBAL })).toEqual(['image.repository']);
    expect(moved({ 'charts/one/values.yaml': NAME, 'charts/two/values.yaml': GLOBAL })).toEqual([
      'one.image.repository',
    ]);
  });

  it('is left to an empty one that reaches it', () => {
    expect(moved({ 'charts/two/values.yaml': GLOBAL + NAME })).toEqual([]);
    expect(moved({ 'values.yaml': NAME, 'templates/a.yaml': READS, 'charts/two/values.yaml': GLOBAL })).toEqual([]);
    expect(moved({ 'values.yaml': NAME }, GLOBAL)).toEqual([]);
  });
});
