import type { Command } from 'commander';
import {
  addLogins,
  addOutput,
  addProfile,
  addSources,
  type LoginFlags,
  type OutputFlags,
  repeatable,
  type SourceFlags,
} from './options.ts';

/** The flags of commands that look at a single chart: which it is, how it is installed, and how it is fetched. */
export interface ChartFlags extends SourceFlags, LoginFlags, OutputFlags {
  readonly values: readonly string[];
  readonly repo?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
  readonly config?: string;
}

/** The options that say how a chart is installed, but for its values. */
export function addInstall(command: Command): Command {
  return command
    .option('--repo <url>', 'the chart repository that CHART is in')
    .option('--release <name>', 'the name of the release (default: the name of the chart)')
    .option('--namespace <name>', 'its namespace (default: the name of the release)')
    .option('--kube-version <version>', 'render for this Kubernetes version (default: 1.34.0)')
    .addOption(repeatable('--api-versions <names>', 'APIs that the cluster has (repeatable, or separated by commas)'));
}

/** The options that say how a chart is fetched, and what is printed. */
export function addFetch(command: Command): Command {
  addLogins(addProfile(addSources(command, 'chart repository')));
  return addOutput(command, 'result as JSON');
}
