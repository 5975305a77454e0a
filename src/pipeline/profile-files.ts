import { posix } from 'node:path';
import { textAt } from '../domain/chart/archive-tree.ts';
import { formatProfile } from '../domain/profiles/profile.ts';
import type { ChartItem } from './chart-item.ts';
import type { ProfileItem, ReleaseItem } from './release-item.ts';

/** A file that a profile is rendered with, below the output directory. */
export interface ProfileValues {
  readonly path: string;
  readonly text: string;
}

function folderOf(chart: ChartItem, release: ReleaseItem): string {
  return `helm-charts/${chart.source.chart}/${release.addon.release}/profiles`;
}

/** The test values of the chart that a profile is, as they are; undefined for other profiles. */
export function testValues(
  chart: ChartItem,
  release: ReleaseItem,
  { profile }: ProfileItem,
): ProfileValues | undefined {
  if (profile.kind !== 'ci' || chart.pulled === undefined) return undefined;
  const path = `${folderOf(chart, release)}/${posix.basename(profile.file)}`;
  return { path, text: textAt(chart.pulled.tree, [profile.file]) ?? '' };
}

/**
 * The moved values that are laid over a profile that nobody asked for: what its own values name is no part of the relocated
 * chart. Undefined where it needs none.
 */
export function movedValues(
  chart: ChartItem,
  release: ReleaseItem,
  { profile, ownOverlay }: ProfileItem,
): ProfileValues | undefined {
  if (profile.kind === 'release' || profile.kind === 'catalog' || ownOverlay === undefined) return undefined;
  const name = profile.kind === 'ci' ? posix.basename(profile.file) : encodeURIComponent(formatProfile(profile));
  const head = `# What ${formatProfile(profile)} names, moved: laid over it to prove the relocated chart.\n`;
  return { path: `${folderOf(chart, release)}/moved-${name.replace(/\.ya?ml$/, '')}.yaml`, text: head + ownOverlay };
}
