import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningProxy, startProxy } from './proxy.ts';
import type { ProxyCounts } from './proxy-protocol.ts';
import { startRegistry } from './registries.ts';

/** How far away registries are, and how wide the lines to them. */
export interface Profile {
  readonly name: string;
  readonly sourceDelayMs: number;
  readonly targetDelayMs: number;
  /** Bytes per second and direction, of one connection and of all of one side; undefined is without a bound. */
  readonly connectionRate: number | undefined;
  readonly totalRate: number | undefined;
}

/** What a world is made of. */
export interface WorldOptions {
  /** The program of CNCF Distribution. */
  readonly registry: string;
  /** What the source has: the directory of a workload. */
  readonly content: string;
  /** A directory in which the world makes one of its own. */
  readonly storage: string;
  /** How many sources a tool sees. */
  readonly sources: number;
  readonly profile: Profile;
}

/** What has passed on both sides. */
export interface Passed {
  readonly source: ProxyCounts;
  readonly target: ProxyCounts;
}

/** A source with content and an empty target, both behind proxies. */
export interface World {
  readonly sourceHosts: readonly string[];
  readonly targetHost: string;
  /** The target without its proxy, `http://host:port`. */
  readonly targetUrl: string;
  /** The processes of registries and proxies. */
  readonly servers: readonly number[];
  /** A directory that is gone with the world. */
  readonly scratch: string;
  /** What has passed since the last time. */
  take(): Promise<Passed>;
  stop(): Promise<void>;
}

async function build(options: WorldOptions, scratch: string, later: (stop: () => Promise<unknown>) => void) {
  const { registry: program, content, sources, profile } = options;
  const source = await startRegistry({ program, content, scratch: join(scratch, 'source') });
  later(source.stop);
  const target = await startRegistry({ program, content: join(scratch, 'content'), scratch: join(scratch, 'target') });
  later(target.stop);
  const { connectionRate, totalRate } = profile;
  const front = async (upstream: string, ports: number, delayMs: number): Promise<RunningProxy> => {
    const proxy = await startProxy({ upstream, ports, delayMs, connectionRate, totalRate });
    later(proxy.stop);
    return proxy;
  };
  const before = await front(source.url, sources, profile.sourceDelayMs);
  const behind = await front(target.url, 1, profile.targetDelayMs);
  const [targetHost] = behind.hosts;
  if (targetHost === undefined) throw new Error('the proxy of the target listens nowhere');
  return { source, target, before, behind, targetHost };
}

/** Starts the registries and proxies for one tool, which begins with an empty target. */
export async function startWorld(options: WorldOptions): Promise<World> {
  mkdirSync(options.storage, { recursive: true });
  const scratch = mkdtempSync(join(options.storage, 'world-'));
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    const { source, target, before, behind, targetHost } = await build(options, scratch, (end) => stops.push(end));
    return {
      sourceHosts: before.hosts,
      targetHost,
      targetUrl: target.url,
      servers: [source.pid, target.pid, before.pid, behind.pid],
      scratch,
      take: async () => ({ source: await before.take(), target: await behind.take() }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
