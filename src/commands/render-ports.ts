import { join } from 'node:path';
import { contentDigest, packChart, packScratch, unpackChart } from '../adapters/archive.ts';
import { createHelm } from '../adapters/helm.ts';
import { createLocalCharts } from '../adapters/local-charts.ts';
import { requireTool } from '../adapters/tools/find.ts';
import { openWorkspace } from '../adapters/workspace.ts';
import { TOOLS } from '../domain/tool.ts';
import type { LookingPorts } from '../pipeline/looking.ts';
import type { Connections } from './connect.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

/** What fetches and renders charts, and where its helm is. */
export type RenderPorts = Omit<LookingPorts, 'cache'> & { readonly helmPath: string };

/**
 * Gives `work` what fetches and renders charts, so many at once, in a workspace that is gone afterwards: values hold
 * passwords.
 *
 * @throws MirrorError where there is no helm.
 */
export async function withRenderPorts<T>(
  { registry, charts }: Connections,
  width: number,
  around: Surroundings,
  work: (ports: RenderPorts) => Promise<T>,
): Promise<T> {
  const { env, signal, temporary } = around;
  const tool = await requireTool(TOOLS.helm, { searchPath: env.PATH, cacheDir: cacheDirectory(around), signal });
  const workspace = await openWorkspace(temporary);
  const sandboxRoot = join(workspace.root, 'sandboxes');
  const helm = createHelm({ path: tool.path, version: tool.version ?? 'unknown', sandboxRoot, width });
  const archives = { unpack: unpackChart, pack: packChart, packScratch, contentDigest };
  const ports = { helmPath: tool.path, helm, registry, charts, localCharts: createLocalCharts(), archives, workspace };
  return work(ports).finally(() => workspace.close());
}
