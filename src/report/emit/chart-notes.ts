import type { MirroredChart } from '../../domain/emit/mirrored.ts';

/** Releases whose own values name images: no rewritten chart changes these. */
export function ownValuesNotes(charts: readonly MirroredChart[]): readonly string[] {
  return charts.flatMap(({ chart, release, ownValues }) =>
    ownValues === undefined
      ? []
      : [
          `the values of ${chart} (${release}) name images themselves: add those of ${ownValues} in the output directory of the run`,
        ],
  );
}
