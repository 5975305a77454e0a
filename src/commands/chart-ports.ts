import { join } from 'node:path';
import { contentDigest, packChart, packScratch, unpackChart } from '../adapters/archive.ts';
import { createHelm } from '../adapters/helm.ts';
import { createLocalCharts } from '../adapters/local-charts.ts';
import type { FoundTool } from '../adapters/tools/find.ts';
import type { OpenWorkspace } from '../adapters/workspace.ts';
import type { Ports } from '../pipeline/run-settings.ts';
import type { LocalCharts } from '../ports/charts.ts';

/** The ports that only charts need. */
export type ChartPorts = Pick<Ports, 'helm' | 'archives' | 'localCharts'>;

/** What they are made from. `renders` is how many charts are rendered at once. */
export interface ChartPortParts {
  readonly helm: FoundTool;
  readonly workspace: OpenWorkspace;
  readonly renders: number;
  /** In place of the charts of this machine. */
  readonly localCharts: LocalCharts | undefined;
}

/** Renders, reads and packs charts. */
export function chartPorts({ helm, workspace, renders, localCharts }: ChartPortParts): ChartPorts {
  return {
    helm: createHelm({
      path: helm.path,
      version: helm.version ?? 'unknown',
      sandboxRoot: join(workspace.root, 'sandboxes'),
      width: renders,
    }),
    archives: { unpack: unpackChart, pack: packChart, packScratch, contentDigest },
    localCharts: localCharts ?? createLocalCharts(),
  };
}
