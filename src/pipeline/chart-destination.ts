import type { Reference } from '../domain/reference.ts';
import { suffixedVersion } from '../domain/version/suffix.ts';
import { versionToTag } from '../domain/version/tags.ts';
import type { ChartItem } from './chart-item.ts';
import type { Run } from './run.ts';

/** The tag a chart gets: `+` is no tag character, so registries of charts write `_`. */
export function chartTag(chart: ChartItem, suffix: string): string {
  const version = chart.pulled?.chart.metadata.version ?? chart.version;
  return versionToTag(suffix === '' ? version : suffixedVersion(version, suffix));
}

/** The chart's reference at the target. */
export function chartReference(chart: ChartItem, run: Run): Reference & { readonly tag: string } {
  return { ...chart.destination, tag: chartTag(chart, run.options.chartVersionSuffix) };
}
