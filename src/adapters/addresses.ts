import { BlockList, isIP } from 'node:net';

function blocks(ranges: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family);
  return list;
}

const LOOPBACK = blocks([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

// RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 section 2.5.6, RFC 3879, NAT64 of RFC 6052 and RFC 8215 (which can stand for each
// of the others), and "this host" of RFC 1122.
const INTERNAL = blocks([
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
]);

/** A host name without port and without the brackets of an IPv6 address, in lower case. Takes `host`, `host:port`, `[v6]:port`. */
export function hostnameOf(host: string): string {
  const bare = host.toLowerCase();
  const bracketed = /^\[([^\]]*)\]/.exec(bare);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  return isIP(bare) === 6 ? bare : bare.replace(/:[0-9]*$/, '');
}

function listed(list: BlockList, hostname: string): boolean {
  const version = isIP(hostname);
  return version !== 0 && list.check(hostname, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a host is this machine by its spelling: `localhost`, a name under it, or a loopback address. Nothing is resolved. */
export function isLoopback(host: string): boolean {
  const hostname = hostnameOf(host).replace(/\.$/, '');
  return hostname === 'localhost' || hostname.endsWith('.localhost') || listed(LOOPBACK, hostname);
}

/** Whether a host is loopback or a literal private, link-local or unspecified address. Names are never resolved. */
export function isInternal(host: string): boolean {
  return isLoopback(host) || listed(INTERNAL, hostnameOf(host));
}
