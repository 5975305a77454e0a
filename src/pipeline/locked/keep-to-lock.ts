import type { LockedChart } from '../../domain/catalog-lock/catalog-lock.ts';
import { MirrorError } from '../../errors.ts';
import { type ChartItem, chartName } from '../chart-item.ts';
import type { Run } from '../run.ts';

function notLocked(message: string): MirrorError {
  return new MirrorError(message, {
    code: 'LOCK_MOVED',
    origin: 'input',
    hint: 'look at what moved, then write the lock anew: airgap-charts catalog lock',
  });
}

function checkRow(chart: ChartItem, row: LockedChart): void {
  const { pulled } = chart;
  if (pulled === undefined) return;
  if (pulled.digest !== row.digest)
    throw notLocked(`${chartName(chart)} is ${pulled.digest} now, ${row.digest} is locked`);
  const known = new Map(row.dependencies.map(({ path, version }) => [path, version]));
  for (const { path, version, state } of pulled.dependencies) {
    if (state !== 'fetched' || known.get(path) === version) continue;
    throw notLocked(
      `${chartName(chart)}: its dependency ${path} is ${version} now, ${known.get(path) ?? 'none'} is locked`,
    );
  }
}

/**
 * Holds an archive, and the versions of what it depends on, to the lock of the run, if it keeps to one. Versions of charts were pinned
 * before; images are what `lockedDigest` says.
 *
 * @throws MirrorError LOCK_MOVED when one is not the locked one.
 */
export function keepToLock(chart: ChartItem, { lock }: Run): void {
  if (lock === undefined) return;
  for (const { addon } of chart.releases) {
    const row = lock.charts.get(addon);
    if (row !== undefined) checkRow(chart, row);
  }
}
