import { createRequire } from 'node:module';
import type { Agent, Dispatcher, Pool, ProxyAgent } from 'undici';

const load = createRequire(import.meta.url);

/**
 * undici without what is not used here: its index loads caches, cookies, mocks and web sockets, too, which takes longer than a run that has
 * nothing to copy waits for its first answer (docs/decisions/0024). Like the index, this gives dispatchers their methods.
 */
interface Parts {
  readonly Agent: typeof Agent;
  readonly Pool: typeof Pool;
  readonly ProxyAgent: typeof ProxyAgent;
}

let parts: Parts | undefined;

function loadParts(): Parts {
  const { prototype }: typeof Dispatcher = load('undici/lib/dispatcher/dispatcher.js');
  Object.assign(prototype, load('undici/lib/api/index.js'));
  return {
    Agent: load('undici/lib/dispatcher/agent.js'),
    Pool: load('undici/lib/dispatcher/pool.js'),
    ProxyAgent: load('undici/lib/dispatcher/proxy-agent.js'),
  };
}

/** The dispatchers of undici; loaded with the first request. */
export function undici(): Parts {
  parts ??= loadParts();
  return parts;
}
