import type { LockedChart } from '../../domain/catalog-lock/catalog-lock.ts';
import { MirrorError } from '../../errors.ts';
import { type ChartItem, chartName } from '../chart-item.ts';
import { planningSteps, writingSteps } from '../graph.ts';
import type { Step } from '../progress.ts';
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
 * The run of a lock: the sentence of a mirror run, in which an archive or a dependency that is not the locked one fails its chart.
 * Versions were pinned before; images are what `lockedDigest` says.
 */
export function lockedSentence(run: Run): readonly Step[] {
  const planning = planningSteps(run, async (chart) => {
    for (const { addon } of chart.releases) {
      const row = run.lock?.charts.get(addon);
      if (row !== undefined) checkRow(chart, row);
    }
  });
  return [...planning, ...writingSteps(run)];
}
