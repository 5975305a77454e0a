import type { Told } from '../../../src/report/told.ts';

/** All that is told of a subject, in the order of a summary. */
export function toldLines({ failed, doubtful, listed, totals }: Told): readonly string[] {
  return [...[...failed, ...doubtful, ...listed].flatMap(({ lines }) => lines), ...totals];
}
