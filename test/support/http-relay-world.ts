import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBlobSource } from '../../src/adapters/blob-source.ts';
import { createCrane } from '../../src/adapters/crane.ts';
import { createDestinationPace } from '../../src/adapters/destination-pace.ts';
import { createHelmPush } from '../../src/adapters/helm-push.ts';
import { createNativeCopier, type NativeOptions } from '../../src/adapters/native/copier.ts';
import { type ProcessResult, run } from '../../src/adapters/process.ts';
import type { Relay } from '../../src/adapters/relay.ts';
import { parseDigest } from '../../src/domain/reference.ts';
import type { ChartPusher } from '../../src/ports/charts.ts';
import type { Copier, CopyJob } from '../../src/ports/registry.ts';
import { fastClock, networkWith, type TestNetwork, type TestNetworkOptions } from './http-network.ts';

/** A program as it was started. */
export interface Started {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A network with a relay and the tools that use it, in a directory of its own. */
export interface RelayWorld {
  readonly network: TestNetwork;
  readonly relay: Relay;
  readonly directory: string;
  readonly started: Started[];
  crane(file: string): Copier;
  native(options?: Pick<NativeOptions, 'chunkBytes' | 'journal'>): Copier;
  helm(file: string): ChartPusher;
  close(): Promise<void>;
}

/** Starts it. The tools are real; what they are started with is remembered. */
export async function startRelayWorld(options: TestNetworkOptions = {}): Promise<RelayWorld> {
  const network = networkWith(options);
  const relay = await network.startRelay();
  const directory = mkdtempSync(join(tmpdir(), 'relay-world-'));
  const started: Started[] = [];
  const clock = options.clock ?? fastClock();
  const recording = (...[file, argv, given]: Parameters<typeof run>): Promise<ProcessResult> => {
    started.push({ file, argv, env: given.env });
    return (options.run ?? run)(file, argv, given);
  };
  return {
    network,
    relay,
    directory,
    started,
    crane: (file) => createCrane({ file, directory: join(directory, 'crane'), relay, run: recording, clock }),
    native: (own = {}) => {
      const { access, settings, registry } = network;
      const pace = createDestinationPace(settings, clock);
      const blobs = createBlobSource({ access, settings, clock });
      return createNativeCopier({ access, settings, registry, blobs, pace, clock, known: [], ...own });
    },
    helm: (file) => createHelmPush({ file, directory: join(directory, 'helm'), relay, run: recording, clock }),
    async close() {
      await relay.close();
      await network.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A copy of `host/repository@digest` to `host/repository:tag`. */
export function copyJob(
  source: readonly [string, string, string],
  destination: readonly [string, string, string],
): CopyJob {
  const digest = parseDigest(source[2]);
  if (digest === undefined) throw new Error(`${source[2]} is no digest`);
  return {
    source: { registry: source[0], repository: source[1], tag: undefined, digest },
    destination: { registry: destination[0], repository: destination[1], tag: destination[2], digest: undefined },
  };
}

/** Every file below a directory, with its mode and content. */
export function filesBelow(directory: string): { path: string; mode: number; content: string }[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, mode: statSync(path).mode & 0o777, content: readFileSync(path, 'utf8') };
    });
}
