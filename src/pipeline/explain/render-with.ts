import type { ValueNode } from '../../domain/chart/values-tree.ts';
import type { ImageUse } from '../../domain/images/image-use.ts';
import { emitYaml } from '../../domain/overlay/emit-yaml.ts';
import type { ChartItem } from '../chart-item.ts';
import type { ReleaseItem, RenderSettings } from '../release-item.ts';
import { measure } from '../results/measure.ts';
import type { Run } from '../run.ts';

/** A release of a chart under one set of values. */
export interface Ground {
  readonly item: ChartItem;
  readonly release: ReleaseItem;
  readonly values: ValueNode;
  readonly settings: RenderSettings;
  /** All that it renders, and those that are asked about. */
  readonly all: readonly ImageUse[];
  readonly uses: readonly ImageUse[];
  /** Where its overlays stand in the workspace. */
  readonly folder: string;
}

/**
 * The uses that a render with further values shows; undefined where helm refuses it, or prints what cannot be read. As in
 * tracing, schemas and NOTES.txt are left out.
 */
export function usesWith(
  { item, release, settings, folder }: Ground,
  overlay: ValueNode,
  name: string,
  run: Run,
): Promise<readonly ImageUse[] | undefined> {
  return measure(item, release, settings, { name: `${folder}/${name}`, overlay: emitYaml(overlay) }, run);
}
