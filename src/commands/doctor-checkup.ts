import type { Configuration } from '../config/configuration.ts';
import type { SourceHosts } from '../domain/doctor/hosts-of-run.ts';
import type { Report } from '../domain/report/report.ts';
import type { Connections } from './connect.ts';
import type { Surroundings } from './surroundings.ts';

/** What the doctor looks at, and with what. */
export interface Checkup {
  readonly configuration: Configuration;
  readonly hosts: SourceHosts;
  /** The report that was named. */
  readonly report: Report | undefined;
  readonly connections: Connections;
  readonly around: Surroundings;
  readonly signal: AbortSignal;
}
