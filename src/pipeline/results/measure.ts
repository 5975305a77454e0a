import type { ImageUse } from '../../domain/images/image-use.ts';
import type { ChartItem } from '../chart-item.ts';
import { sorted } from '../extract.ts';
import { pulledOf } from '../find-uses.ts';
import type { ReleaseItem, RenderSettings } from '../release-item.ts';
import type { Run } from '../run.ts';
import { type WorkspaceFile, writeFile } from '../workspace-file.ts';
import { readRender } from './read-render.ts';

/** A values document that is laid over those of a release or profile to measure something, and where it stands. */
export interface Probe {
  readonly name: string;
  readonly overlay: string;
}

/**
 * The references that a release shows with further values; undefined where helm refuses them, or prints what cannot be read.
 * Schemas and NOTES.txt are left out, whose guards refuse markers.
 */
export async function measure(
  item: ChartItem,
  release: ReleaseItem,
  settings: RenderSettings,
  probe: Probe | undefined,
  run: Run,
): Promise<readonly ImageUse[] | undefined> {
  const { probe: archive } = pulledOf(item);
  const more: WorkspaceFile[] = [];
  if (probe !== undefined) more.push(await writeFile(`${probe.name}.yaml`, probe.overlay, run.ports));
  const rendering = { release, settings: { ...settings, schemaSkipped: 'probing' }, archive, more };
  const reading = await readRender(item, rendering, 'references', run);
  return reading.kind === 'read' ? sorted(reading, release).uses : undefined;
}
