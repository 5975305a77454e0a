import { type Addon, isOverride, type ValuesLayer } from '../domain/addon.ts';
import type { ChartItem } from './chart-item.ts';
import { pulledOf } from './find-uses.ts';
import type { ReleaseItem, RenderSettings } from './release-item.ts';
import { writeLayers } from './render.ts';
import { readRender } from './results/read-render.ts';
import type { Run } from './run.ts';

/** The values of a chart as it comes, where a release has others: what is said of the chart as such, and nothing of the release. */
export function defaultLayers({ layers }: Addon): readonly ValuesLayer[] | undefined {
  const overrides = layers.filter(isOverride);
  return overrides.length < layers.length ? overrides : undefined;
}

/**
 * Renders a chart as it comes, beside the first render of a release with other values: the profile of its defaults is looked at in any
 * case. Why it cannot be rendered is told when that is done.
 */
export async function renderDefaults(
  item: ChartItem,
  release: ReleaseItem,
  index: number,
  settings: RenderSettings,
  run: Run,
): Promise<void> {
  const layers = defaultLayers(release.addon);
  if (layers === undefined) return;
  const valuesFiles = await writeLayers(`releases/${index}/defaults`, layers, run);
  const { archive } = pulledOf(item);
  const rendering = { release, settings: { ...settings, valuesFiles }, archive, more: [] };
  await readRender(item, rendering, 'everything', run).catch(() => undefined);
}
