import { formatReference } from '../domain/reference.ts';
import type { Copier } from '../ports/registry.ts';
import type { Clock } from './http-retry.ts';
import type { run } from './process.ts';
import type { Relay } from './relay.ts';
import { toolEnvironment, writeRelayLogin } from './relay-login.ts';
import { relayRepository } from './relay-routes.ts';
import { runAtRelay } from './relay-tool.ts';

/** What crane is run with. `directory` becomes its home and must lie in the workspace; `file` is an absolute path. */
export interface CraneOptions {
  readonly file: string;
  readonly directory: string;
  readonly relay: Relay;
  readonly run: typeof run;
  readonly clock: Clock;
}

const CODES = {
  failed: 'IMAGE_COPY_FAILED',
  tagTaken: 'IMAGE_TAG_TAKEN',
  destinationDenied: 'IMAGE_DESTINATION_DENIED',
} as const;

/**
 * Copies with `crane copy` through the relay: by digest, whole indexes, so that the digest stays. crane sees 127.0.0.1 and
 * the relay's password, nothing else. Foreign layers are not copied (no `--allow-nondistributable-artifacts`): crane would
 * fetch them from the addresses in the manifest, past relay, proxy and credentials, and their licences forbid it as a rule.
 *
 * @throws MirrorError WORKSPACE_FAILED when its home cannot be written.
 */
export function createCrane(options: CraneOptions): Copier {
  const { file, directory, relay, run, clock } = options;
  const env = toolEnvironment(writeRelayLogin(directory, relay));
  return {
    async copy(job, onBytes, signal) {
      const { source, destination } = job;
      const spec = {
        source,
        destination: { ...destination, nested: false },
        onBytes,
        keepsLists: destination.tag !== undefined,
      };
      const named = destination.tag === undefined ? `@${source.digest}` : `:${destination.tag}`;
      const doing = `copying ${formatReference(source)} to ${formatReference(destination)}`;
      await runAtRelay(
        { file, relay, run, clock, env },
        spec,
        ({ id }) => [
          'copy',
          `${relay.host}/${relayRepository(id, 'from', source.repository)}@${source.digest}`,
          `${relay.host}/${relayRepository(id, 'to', destination.repository)}${named}`,
        ],
        { doing, tool: 'crane', codes: CODES },
        signal,
      );
    },
  };
}
