import { createHostLimits } from '../adapters/host-limits.ts';
import { createHttpClient } from '../adapters/http.ts';
import { createRetries, SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import { createRequests } from '../adapters/requests.ts';
import { createFetchBytes } from '../adapters/tools/fetch-bytes.ts';
import { type FoundTool, findTool } from '../adapters/tools/find.ts';
import { type InstalledTool, type InstallOptions, installTool } from '../adapters/tools/install.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { TOOLS, type ToolSpec } from '../domain/tool.ts';
import { MirrorError } from '../errors.ts';
import { Redactor } from '../redaction.ts';

/** What a checkout runs: the demo, or the tests, which need both majors of helm and a strict registry too. */
export type CheckoutMode = 'start' | 'test';

/** Where the programs of a checkout go to. `env` is the whole environment; `onProgress` hears every step in one line. */
export type CheckoutOptions = Pick<InstallOptions, 'cacheDir' | 'env' | 'signal' | 'onProgress'>;

const DIRECT: NetworkSettings = {
  hosts: new Map(),
  plainHttpHosts: [],
  plainHttpLoopback: true,
  caFile: undefined,
  mirrors: [],
};

const HELM_3 = { ceiling: '4.0.0-0', pinned: '3.22.0', goPackage: 'helm.sh/helm/v3/cmd/helm' };

/** CNCF Distribution: stricter than `crane registry serve` (missing blobs and children are refused). */
const REGISTRY: ToolSpec = {
  program: 'registry',
  versionArgs: ['--version'],
  floor: '3.1.0',
  ceiling: '4.0.0-0',
  pinned: '3.1.2',
  goPackage: 'github.com/distribution/distribution/v3/cmd/registry',
  buildMinutes: 2,
  release: () => undefined,
};

const DEBIAN_REGISTRY: ToolSpec = { ...REGISTRY, program: 'docker-registry', floor: '2.8.0' };

async function provideRegistry(options: InstallOptions): Promise<InstalledTool | FoundTool> {
  try {
    return await installTool(REGISTRY, options);
  } catch (error) {
    if (!(error instanceof MirrorError) || error.code !== 'TOOL_MISSING') throw error;
    const { cacheDir, signal } = options;
    const second = await findTool(DEBIAN_REGISTRY, { searchPath: options.env.PATH, cacheDir, signal });
    if (second.kind === 'missing') throw error;
    options.onProgress(`${error.message}; taken instead: ${second.note}`);
    return second;
  }
}

/**
 * Finds the programs that a checkout needs on PATH or in `cacheDir`, or installs them there, one after the other.
 * Returns their paths: for `start` as HELM and CRANE, for `test` as TEST_HELM (4.x), TEST_HELM3, TEST_CRANE, TEST_REGISTRY.
 *
 * @throws MirrorError TOOL_MISSING or TOOL_FAILED; an Error named AbortError.
 */
export async function provideCheckoutTools(
  mode: CheckoutMode,
  options: CheckoutOptions,
): Promise<Readonly<Record<string, string>>> {
  const client = createHttpClient({ settings: DIRECT, env: options.env, redactor: new Redactor() });
  try {
    const fetchBytes = createFetchBytes(createRequests(client, createHostLimits(DIRECT), createRetries(SYSTEM_CLOCK)));
    const host = { os: process.platform, arch: process.arch };
    const install: InstallOptions = { ...options, host, fetchBytes };
    const path = async (spec: ToolSpec): Promise<string> => (await installTool(spec, install)).path;
    if (mode === 'start') return { HELM: await path(TOOLS.helm), CRANE: await path(TOOLS.crane) };
    return {
      TEST_HELM: await path({ ...TOOLS.helm, floor: '4.0.0' }),
      TEST_HELM3: await path({ ...TOOLS.helm, ...HELM_3 }),
      TEST_CRANE: await path(TOOLS.crane),
      TEST_REGISTRY: (await provideRegistry(install)).path,
    };
  } finally {
    await client.close();
  }
}
