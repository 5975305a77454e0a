import type { KeepRules } from '../../domain/prune/keep-rules.ts';
import type { Archives } from '../../ports/charts.ts';
import type { Registry } from '../../ports/registry.ts';
import type { RegistryContents } from '../../ports/repositories.ts';

/** Everything outside that prune uses. */
export interface PrunePorts {
  readonly contents: RegistryContents;
  readonly registry: Registry;
  readonly archives: Pick<Archives, 'unpack'>;
}

/** What of a registry may be touched: repositories below the path, and of these those with our tag, unless `all`. */
export interface PruneScope {
  readonly host: string;
  /** Empty for the whole registry. */
  readonly path: string;
  readonly all: boolean;
}

/** One run of prune. */
export interface PruneRun {
  readonly ports: PrunePorts;
  readonly scope: PruneScope;
  readonly rules: KeepRules;
  /** Whether anything is removed; otherwise it is only shown. */
  readonly remove: boolean;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** Tells a person what happens, one line each. */
  readonly say: (line: string) => void;
}

/** Requests at once. */
export const WIDTH = 8;
