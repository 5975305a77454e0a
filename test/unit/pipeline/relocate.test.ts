import { expect, it } from 'vitest';
import { effectiveValues } from '../../../src/domain/chart/effective-values.ts';
import { usesOf } from '../../../src/pipeline/find-uses.ts';
import { relocate } from '../../../src/pipeline/relocate.ts';
import type { RenderRequest, RenderResult } from '../../../src/ports/helm.ts';
import { addonOf, chartOf, portsOf, runOf } from './runs.ts';

const IMAGE = 'quay.io/team/app:1';

function rendered(image: string, more = ''): RenderResult {
  return {
    kind: 'rendered',
    text: `---\n# Source: web/templates/a.yaml\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: ${image}\n${more}`,
  };
}

/** What stands in for helm: it prints the value of `image`, and breaks the document when that is not the chart's own. */
function render(request: RenderRequest, files: ReadonlyMap<string, string>): RenderResult {
  const overlay = request.valuesFiles.map((file) => files.get(file) ?? '').join('\n');
  const image = /^image: "?([^"\n]*)"?$/m.exec(overlay)?.[1] ?? IMAGE;
  return rendered(image, image === IMAGE ? '' : 'note: [ }\n');
}

it('a probe whose output cannot be read is one that failed, and no end of the chart', async () => {
  const run = runOf([addonOf('a')], {}, portsOf({ render }));
  const chart = chartOf(run.releases, {
    'values.yaml': `image: ${IMAGE}\n`,
    'templates/a.yaml': 'image: {{ .Values.image }}\n',
  });
  run.charts = [chart];
  const [release] = run.releases;
  const { pulled } = chart;
  if (release === undefined || pulled === undefined) throw new RangeError('one release');
  const first = rendered(IMAGE);
  const output = first.kind === 'rendered' ? first.text : '';
  release.extraction = {
    settings: { namespace: 'a', kubeVersion: '1.34.0', valuesFiles: [], schemaSkipped: undefined },
    values: effectiveValues(pulled.tree, pulled.chart, []),
    uses: usesOf(chart, output, []),
    aside: [],
    texts: { once: Promise.resolve(output), again: undefined },
  };
  expect(release.extraction.uses.map(({ text }) => text)).toEqual([IMAGE]);
  await relocate(chart, 0, run);
  expect(release.relocation?.probes).toBeGreaterThan(0);
  expect(release.relocation?.literals.map(({ text }) => text)).toEqual([IMAGE]);
  expect(chart.relocated?.bytes.length).toBeGreaterThan(0);
});
