import { join } from 'node:path';
import { contentDigest, packChart, packScratch, unpackChart } from '../adapters/archive.ts';
import { createHelm } from '../adapters/helm.ts';
import { createOutput } from '../adapters/output.ts';
import type { FoundTool } from '../adapters/tools/find.ts';
import type { OpenWorkspace } from '../adapters/workspace.ts';
import { MirrorError } from '../errors.ts';
import type { MirrorOptions, Ports } from '../pipeline/run-settings.ts';
import type { LocalCharts } from '../ports/charts.ts';
import type { ResultCache } from '../ports/files.ts';
import type { Helm } from '../ports/helm.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { Connections } from './connect.ts';
import type { PushTools } from './push-tools.ts';

/** The longest that a scan waits for ECR, in milliseconds: it can do without an answer. */
const SCAN_PATIENCE_MS = 30_000;

function repositoriesOf({ ecr }: Connections, { ecr: registry, scanOnly }: MirrorOptions): Repositories | undefined {
  if (registry === undefined) return undefined;
  const repositories = ecr.repositories(registry);
  if (!scanOnly) return repositories;
  return {
    ...repositories,
    async describe(wanted, signal) {
      const patience = AbortSignal.timeout(SCAN_PATIENCE_MS);
      try {
        return await repositories.describe(wanted, AbortSignal.any([signal, patience]));
      } catch (error) {
        if (!patience.aborted || signal.aborted) throw error;
        const message = `${registry.host} was not waited for longer than ${SCAN_PATIENCE_MS / 1000} s`;
        throw new MirrorError(message, { code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
      }
    },
  };
}

/** What the ports of a run are made from. */
export interface PortParts {
  /** Undefined where no chart is looked at. */
  readonly helm: FoundTool | undefined;
  readonly workspace: OpenWorkspace;
  readonly cache: ResultCache | undefined;
  readonly connections: Connections;
  readonly push: PushTools;
  readonly options: MirrorOptions;
  readonly outputDir: string;
  readonly localCharts: LocalCharts;
}

function rendersNothing(): never {
  throw new RangeError('a run without charts renders nothing');
}

function helmOf({ helm, workspace, options }: PortParts): Helm {
  if (helm === undefined) return { version: 'none', render: rendersNothing };
  return createHelm({
    path: helm.path,
    version: helm.version ?? 'unknown',
    sandboxRoot: join(workspace.root, 'sandboxes'),
    width: options.renders,
  });
}

/** The ports of a run that writes. */
export function portsOf(parts: PortParts): Ports {
  const { workspace, cache, connections, push, options, outputDir, localCharts } = parts;
  return {
    helm: helmOf(parts),
    registry: connections.registry,
    charts: connections.charts,
    localCharts,
    archives: { unpack: unpackChart, pack: packChart, packScratch, contentDigest },
    repositories: repositoriesOf(connections, options),
    copier: push.copier,
    pusher: push.pusher,
    artifacts: push.artifacts,
    workspace,
    cache,
    output: createOutput(outputDir),
  };
}
