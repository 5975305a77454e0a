import { createOutput } from '../adapters/output.ts';
import type { OpenWorkspace } from '../adapters/workspace.ts';
import type { Digest } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { MirrorOptions, Ports } from '../pipeline/run-settings.ts';
import type { ResultCache } from '../ports/files.ts';
import type { Journal } from '../ports/journal.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import type { SourceQuota } from '../ports/source-quota.ts';
import type { ChartPorts } from './chart-ports.ts';
import type { Connections } from './connect.ts';
import type { PushTools } from './push-parts.ts';

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
  readonly charts: ChartPorts;
  readonly workspace: OpenWorkspace;
  readonly cache: ResultCache | undefined;
  readonly connections: Connections;
  readonly push: PushTools;
  readonly options: MirrorOptions;
  readonly outputDir: string;
  readonly journal: Journal | undefined;
  readonly signatures: SignatureVerifier | undefined;
  readonly quota: SourceQuota | undefined;
}

function looksAtNone(): never {
  throw new RangeError('a run without charts looks at none');
}

/** The ports of charts in a run that has none. */
export const NO_CHARTS: ChartPorts = {
  helm: { version: 'none', render: looksAtNone },
  archives: { unpack: looksAtNone, pack: looksAtNone, packScratch: looksAtNone, contentDigest: looksAtNone },
  localCharts: { archive: looksAtNone, provenance: looksAtNone },
};

/** What verifies signatures; undefined where nobody asks for them, and then it is not loaded. */
export async function verifierFor({
  signatures,
}: Pick<MirrorOptions, 'signatures'>): Promise<SignatureVerifier | undefined> {
  if (signatures === undefined) return undefined;
  const { createSignatureVerifier } = await import('../adapters/signatures/verifier.ts');
  return createSignatureVerifier(signatures);
}

/** The ports of a run that writes. */
export function portsOf({
  journal,
  charts,
  workspace,
  cache,
  connections,
  push,
  options,
  outputDir,
  signatures,
  quota,
}: PortParts): Ports {
  return {
    ...charts,
    registry: connections.registry,
    releaseManifests: (digests) => connections.manifests.release('source', digests),
    quota,
    charts: connections.charts,
    repositories: repositoriesOf(connections, options),
    copier: push.copier,
    pusher: push.pusher,
    artifacts: push.artifacts,
    signatures,
    workspace,
    cache,
    journal,
    output: createOutput(outputDir),
  };
}

/** What sources say of quotas. Manifests that are known from before need no reading. */
export function quotaOf(
  { use }: Connections,
  known: ReadonlyMap<Digest, unknown> | undefined,
  warn: SourceQuota['warn'],
): SourceQuota {
  const isRead: SourceQuota['isRead'] = (registry, digest) =>
    use.hasRead(registry, digest) || known?.has(digest) === true;
  return { leftOf: use.quotaOf, isRead, warn };
}
