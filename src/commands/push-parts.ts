import type { KnownBlob } from '../adapters/relay.ts';
import type { OpenWorkspace } from '../adapters/workspace.ts';
import type { NetworkSettings } from '../domain/network.ts';
import type { ChartPusher } from '../ports/charts.ts';
import type { Contents } from '../ports/contents.ts';
import type { Journal } from '../ports/journal.ts';
import type { ArtifactPusher, Copier } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import type { Connections } from './connect.ts';

/** What writes to the target: the native engine, or crane; helm. Programs stand behind a relay on loopback that lives as long as the run. */
export interface PushTools {
  readonly copier: Copier;
  readonly pusher: ChartPusher;
  readonly artifacts: ArtifactPusher;
  readonly close: () => Promise<void>;
}

/** A program of this machine. */
export interface Program {
  readonly path: string;
}

/** What the writing side is made of. */
export interface PushToolsOptions {
  /** Without crane, images are copied by the engine of this tool; without helm there are no charts. */
  readonly tools: { readonly helm: Program | undefined; readonly crane: Program | undefined };
  readonly workspace: OpenWorkspace;
  readonly connections: Connections;
  readonly network: NetworkSettings;
  readonly redactor: Redactor;
  /** What has the blobs of all sources; undefined where the registries have them. */
  readonly contents?: Contents | undefined;
  /** What the target is known to have. */
  readonly known?: readonly KnownBlob[] | undefined;
  /** Undefined where nothing is written. */
  readonly journal?: Journal | undefined;
}
