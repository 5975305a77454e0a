import type { Ports } from './run-settings.ts';

/** What resolving and fetching charts needs of a run. */
export interface ChartAccess {
  readonly ports: Pick<Ports, 'charts' | 'registry' | 'localCharts' | 'archives'>;
  readonly signal: AbortSignal;
}
