// The process of a proxy: its options are its first argument. It answers each message with what has passed since the last one, and
// ends with the channel to whoever started it.
import type { ProxyMessage, ProxyOptions } from './proxy-protocol.ts';
import { startProxyServer } from './proxy-server.ts';

function say(message: ProxyMessage): void {
  process.send?.(message);
}

// written by proxy.ts
const options: ProxyOptions = JSON.parse(process.argv[2] ?? '');
const server = await startProxyServer(options);
process.on('message', () => say({ kind: 'counts', counts: server.take() }));
process.on('disconnect', () => server.close());
// whoever started it says when it ends, also when the terminal says it to all
process.on('SIGINT', () => undefined);
say({ kind: 'listening', hosts: server.hosts });
