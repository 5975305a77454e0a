import { type ChartTree, valueKeys } from './chart-tree.ts';

/**
 * The chart that a rendered file belongs to, from its name in helm's output: `<chart>/charts/<alias>/templates/…`. Helm
 * names subcharts there by their aliases (pkg/chart/v2/util/dependencies.go, getAliasDependency).
 */
export function ownerOf(chart: ChartTree, template: string): ChartTree {
  const [, key, rest] = /^[^/]+\/charts\/([^/]+)(\/.+)$/.exec(template) ?? [];
  if (key === undefined || rest === undefined) return chart;
  const sub = chart.subcharts.find((one) => valueKeys(chart, one).includes(key) || one.metadata.name === key);
  return sub === undefined ? chart : ownerOf(sub, `${key}${rest}`);
}
