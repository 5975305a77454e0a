import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProxyCounts, ProxyMessage, ProxyOptions } from './proxy-protocol.ts';

/** A proxy in front of one registry, in a process of its own: it must not wait for what the benchmark does. */
export interface RunningProxy {
  /** `127.0.0.1:port`, as many as were asked for. */
  readonly hosts: readonly string[];
  readonly pid: number;
  /** What has passed since the last time. */
  take(): Promise<ProxyCounts>;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./proxy-process.ts', import.meta.url));

async function nextMessage(child: ChildProcess): Promise<ProxyMessage> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('a proxy of the benchmark ended by itself');
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    // the other end is proxy-process.ts
    return message as ProxyMessage;
  } finally {
    over.abort();
    ended.catch(() => undefined);
  }
}

/** Starts a proxy. It ends with this process, however that ends. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const first = await nextMessage(child);
  if (first.kind !== 'listening') throw new Error('a proxy of the benchmark counts before it listens');
  const ended = once(child, 'exit');
  return {
    hosts: first.hosts,
    pid: child.pid ?? 0,
    async take() {
      const answer = nextMessage(child);
      child.send('take');
      const message = await answer;
      if (message.kind !== 'counts') throw new Error('a proxy of the benchmark begins anew');
      return message.counts;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
