import type { ValuesLayer } from '../../domain/addon.ts';
import { textAt } from '../../domain/chart/archive-tree.ts';
import type { Profile } from '../../domain/profiles/profile.ts';
import type { ReleaseItem } from '../release-item.ts';
import type { PulledChart } from '../resolved-chart.ts';

/**
 * The layers of a profile as `explore` gives them to helm, which origins of values count; files of the chart under the name
 * that helm shows.
 */
export function layersOf(
  profile: Profile,
  { addon }: ReleaseItem,
  { tree, chart }: PulledChart,
): readonly ValuesLayer[] {
  const overrides = addon.layers.filter(({ origin }) => origin === 'shipped-override' || origin === 'user-override');
  switch (profile.kind) {
    case 'release':
    case 'switch':
      return addon.layers;
    case 'catalog':
      return [...addon.layers, ...(addon.profiles.find(({ name }) => name === profile.name)?.layers ?? [])];
    case 'defaults':
      return overrides;
    case 'ci': {
      const name = `${chart.metadata.name}/${profile.file}`;
      return [...overrides, { origin: 'values-file', name, text: textAt(tree, [profile.file]) ?? '' }];
    }
  }
}
