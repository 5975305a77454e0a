import type { ValueNode } from '../../domain/chart/values-tree.ts';
import type { ImageUse } from '../../domain/images/image-use.ts';
import { emitYaml } from '../../domain/overlay/emit-yaml.ts';
import { MirrorError } from '../../errors.ts';
import type { ChartItem } from '../chart-item.ts';
import { read } from '../extract.ts';
import type { ReleaseItem, RenderSettings } from '../release-item.ts';
import { renderAs } from '../render.ts';
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
export async function usesWith(
  { item, release, settings, folder }: Ground,
  overlay: ValueNode,
  name: string,
  run: Run,
): Promise<readonly ImageUse[] | undefined> {
  const { pulled } = item;
  if (pulled === undefined) throw new RangeError(`${release.addon.chart} was not pulled`);
  const file = await run.ports.workspace.write(`${folder}/${name}.yaml`, emitYaml(overlay));
  const result = await renderAs(release, { ...settings, schemaSkipped: 'probing' }, pulled.probePath, [file], run);
  if (result.kind === 'failed') return undefined;
  try {
    return read(item, release, result.text, run).uses;
  } catch (error) {
    if (error instanceof MirrorError && error.code === 'IMAGES_UNREADABLE') return undefined;
    throw error;
  }
}
