import { BlockList, isIP } from 'node:net';
import { MirrorError } from '../errors.ts';
import { hostnameOf, isLoopback } from './addresses.ts';

/** Environment variables as they were given to the program. Nothing else of the process is looked at. */
export type Environment = Readonly<Record<string, string | undefined>>;

function firstOf(env: Environment, ...names: readonly string[]): { name: string; value: string } | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

function inSubnet(cidr: string, hostname: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const version = isIP(network);
  if (version === 0 || !/^[0-9]{1,3}$/.test(prefix) || isIP(hostname) !== version) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (Number(prefix) > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(hostname, family);
}

function entryMatches(entry: string, hostname: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inSubnet(entry, hostname);
  const entryHost = hostnameOf(entry);
  const entryPort = isIP(entry) === 6 ? undefined : /:([0-9]+)$/.exec(entry)?.[1];
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(entryHost) !== 0) return entryHost === hostname;
  const domain = entryHost.replace(/^\*(?=\.)/, '');
  if (domain.startsWith('.')) return hostname.endsWith(domain);
  return hostname === domain || hostname.endsWith(`.${domain}`);
}

function isExempt(url: URL, env: Environment): boolean {
  if (isLoopback(url.host)) return true;
  const hostname = hostnameOf(url.host).replace(/\.$/, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const entries =
    firstOf(env, 'NO_PROXY', 'no_proxy')
      ?.value.toLowerCase()
      .split(/[,\s]+/) ?? [];
  return entries.some((entry) => entry !== '' && entryMatches(entry, hostname, port));
}

/**
 * The proxy that an address is reached through, or undefined for none. The rules are those of helm, crane and other Go
 * programs (golang.org/x/net/http/httpproxy), so that all parts go the same way: HTTPS_PROXY for https, HTTP_PROXY for http;
 * NO_PROXY takes names (with their sub-domains), `.name` (sub-domains only), addresses, CIDR blocks, `*`, each with a port
 * or without; loopback is never proxied.
 *
 * @throws MirrorError INPUT_INVALID when the variable holds no usable address.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const found =
    url.protocol === 'https:' ? firstOf(env, 'HTTPS_PROXY', 'https_proxy') : firstOf(env, 'HTTP_PROXY', 'http_proxy');
  if (found === undefined || isExempt(url, env)) return undefined;
  const text = found.value.includes('://') ? found.value : `http://${found.value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy === undefined || !['http:', 'https:', 'socks5:'].includes(proxy.protocol) || proxy.hostname === '') {
    throw new MirrorError(`${found.name} is not a proxy address`, {
      code: 'INPUT_INVALID',
      origin: 'input',
      hint: `write ${found.name} as http://host:port`,
    });
  }
  return proxy;
}
