import { declaredReferences } from '../domain/images/declared.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import { isInCluster, isNeverRegistry } from '../domain/images/registry-hosts.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import type { Extraction, ReleaseItem } from './release-item.ts';

/**
 * The hosts that no relocated render may name: those of the references that the original renders, and those of the images that its
 * values name. A program may put such a host before a name that was moved without it.
 */
export function sourceHosts(item: ChartItem, { addon }: ReleaseItem, { uses, values }: Extraction): readonly string[] {
  const { pulled } = item;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const named = declaredReferences(pulled.chart, values).filter(
    ({ reference, texts }) => texts.length > 0 && exclusionOf(addon, reference) === undefined,
  );
  const declared = named
    .map(({ reference }) => reference.registry)
    .filter((host) => !isInCluster(host) && !isNeverRegistry(host));
  return [...new Set([...uses.map(({ reference }) => reference.registry), ...declared])];
}
