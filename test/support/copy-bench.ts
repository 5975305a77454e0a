import type { CopyJob } from '../../src/ports/registry.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { NEVER, type TestNetworkOptions } from './http-network.ts';
import { type RelayWorld, startRelayWorld } from './http-relay-world.ts';
import { requireTool } from './tools.ts';

/** What copies images. */
export type Engine = 'crane' | 'native';

/** A world whose engine copies images. */
interface CopyWorld extends RelayWorld {
  /** Copies an image and returns how many bytes were counted. */
  copy(job: CopyJob, signal?: AbortSignal): Promise<number>;
}

/** Makes what a test of copies needs, and remembers how to end it. */
export interface CopyBench {
  /** A registry behind a proxy. */
  counted(start: () => Promise<{ url: string; stop(): Promise<void> }>): Promise<CountingProxy>;
  worldWith(options?: TestNetworkOptions): Promise<CopyWorld>;
  /** Remembers what else `close` has to do. */
  defer(cleanup: () => Promise<unknown>): void;
  /** Ends everything so far, the newest first. */
  close(): Promise<void>;
}

/** Makes a bench with nothing on it. */
export function createCopyBench(engine: Engine = 'crane'): CopyBench {
  const cleanups: (() => Promise<unknown>)[] = [];
  return {
    async counted(start) {
      const server = await start();
      cleanups.push(server.stop);
      const proxy = await startCountingProxy(server.url);
      cleanups.push(proxy.stop);
      return proxy;
    },
    async worldWith(options = {}) {
      const world = await startRelayWorld(options);
      cleanups.push(world.close);
      const copier = engine === 'native' ? world.native() : world.crane(requireTool('crane'));
      const copy: CopyWorld['copy'] = async (job, signal = NEVER) => {
        let bytes = 0;
        const count = (more: number): void => {
          bytes += more;
        };
        await copier.copy(job, count, signal);
        return bytes;
      };
      return { ...world, copy };
    },
    defer(cleanup) {
      cleanups.push(cleanup);
    },
    async close() {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    },
  };
}
