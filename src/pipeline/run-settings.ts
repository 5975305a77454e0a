import type { NamingRule } from '../domain/plan/destination.ts';
import type { Platform } from '../domain/platform.ts';
import type { ExistingRules } from '../domain/preflight/decide.ts';
import type {
  Archives,
  ChartPusher,
  ChartRepository,
  Copier,
  Helm,
  LocalCharts,
  Output,
  Registry,
  Workspace,
} from '../ports.ts';

/** Everything outside that the pipeline uses. */
export interface Ports {
  readonly helm: Helm;
  readonly registry: Registry;
  readonly charts: ChartRepository;
  readonly localCharts: LocalCharts;
  readonly archives: Archives;
  readonly copier: Copier;
  readonly pusher: ChartPusher;
  readonly workspace: Workspace;
  readonly output: Output;
}

/** What the person asked for. */
export interface MirrorOptions {
  readonly scanOnly: boolean;
  readonly naming: NamingRule;
  readonly includeDependencies: boolean;
  readonly kubeVersion: string;
  readonly platform: Platform | undefined;
  readonly existing: ExistingRules;
  readonly pushUnproven: boolean;
  readonly chartVersionSuffix: string;
  readonly strict: boolean;
  /** Images copied at once. */
  readonly concurrency: number;
  /** Charts rendered at once. */
  readonly renders: number;
}
