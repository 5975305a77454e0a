import { describe, expect, it } from 'vitest';
import type { Addon } from '../../../src/domain/addon.ts';
import type { NamingRule } from '../../../src/domain/plan/destination.ts';
import { checkChartCollisions } from '../../../src/pipeline/collisions.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import { addonOf, chartOf, imageOf, runOf } from './runs.ts';

const OTHER: Addon['source'] = { kind: 'http', repository: 'https://other.example.com', chart: 'web' };

/** A run of two versions of a chart of one name, each with what differs. */
function twoCharts(imagePath: NamingRule['imagePath'], second: Partial<Addon>): Run {
  const naming: NamingRule = { registry: 'r.test/m', prefix: '', imagePath };
  const run = runOf([addonOf('one'), addonOf('two', second)], { naming });
  run.charts = run.releases.map((release, index) => chartOf([release], {}, { version: `1.0.${index}` }));
  // their archives have one version: the tags are to differ as the versions do
  run.charts = run.charts.map((chart) => ({ ...chart, pulled: undefined }));
  return run;
}

function codes({ charts }: Run): readonly (string | undefined)[] {
  return charts.map(({ failure }) => failure?.code);
}

describe('charts with flat names', () => {
  it.each<NamingRule['imagePath']>(['flat', 'flat-host'])('of two sources do not share a repository: %s', (way) => {
    const run = twoCharts(way, { source: OTHER });
    checkChartCollisions(run);
    expect(codes(run)).toEqual(['DESTINATION_COLLISION', 'DESTINATION_COLLISION']);
    expect(run.charts[0]?.failure?.hint).toContain('--target-registry');
  });

  it('of one source do, by their versions', () => {
    const run = twoCharts('flat', {});
    checkChartCollisions(run);
    expect(codes(run)).toEqual([undefined, undefined]);
  });

  it('are apart by their versions where names keep their paths', () => {
    const run = twoCharts('source', { source: OTHER });
    checkChartCollisions(run);
    expect(codes(run)).toEqual([undefined, undefined]);
  });

  it('tell the image that shares their repository', () => {
    const run = twoCharts('flat', {});
    const [chart] = run.charts;
    if (chart === undefined) throw new RangeError('two charts');
    run.images = [{ ...imageOf('web', chart), destination: { ...chart.destination, tag: '7' } }];
    checkChartCollisions(run);
    expect(codes(run)).toEqual([undefined, undefined]);
    expect(chart.releases.flatMap(({ notes }) => notes).join()).toMatch(
      /registry\.example\.com\/m\/web holds the chart web 1\.0\.0 and the image quay\.io\/web:1/,
    );
  });
});
