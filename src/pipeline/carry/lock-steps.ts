import type { ChartItem } from '../chart-item.ts';
import type { Step } from '../progress.ts';
import type { Carrying } from './carry-run.ts';
import { confirmStep, eachCargo, listSteps, readStep } from './carry-steps.ts';
import { makeLists } from './wrap-steps.ts';

/** Everything up to a chart's annotations; of the registries only those of doubtful images are asked. */
export function annotateSteps(carrying: Carrying, write: (chart: ChartItem) => Promise<string>): readonly Step[] {
  return [
    ...listSteps(carrying),
    confirmStep(carrying),
    eachCargo(carrying, 'Write annotations', 1, async (chart) => {
      await makeLists(chart, undefined, carrying);
      return write(chart);
    }),
  ];
}

/** Everything up to a chart's lock. `time` is in milliseconds since the epoch. */
export function lockSteps(
  carrying: Carrying,
  time: number | undefined,
  write: (chart: ChartItem) => Promise<string | undefined>,
): readonly Step[] {
  return [
    ...listSteps(carrying),
    readStep(carrying),
    eachCargo(carrying, 'Make locks', 1, async (chart) => {
      await makeLists(chart, time, carrying);
      return write(chart);
    }),
  ];
}
