import type { Policy } from '../domain/policy/policy.ts';
import type { Ports } from './run-settings.ts';

/** What resolving and fetching charts needs of a run. */
export interface ChartAccess {
  readonly ports: Pick<Ports, 'charts' | 'registry' | 'localCharts' | 'archives'>;
  /** What charts may come in at all; left out by what only looks at them. */
  readonly options?: { readonly policy: Policy | undefined };
  readonly signal: AbortSignal;
}
