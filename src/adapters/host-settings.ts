import type { HostSettings, NetworkSettings } from '../domain/network.ts';
import { canonicalRegistry } from '../domain/reference.ts';
import { hostnameOf, isLoopback } from './addresses.ts';

/** What the configuration says of a host, under the spelling it has or, for Docker Hub's hosts, under `docker.io`. */
export function settingsOf(settings: NetworkSettings, host: string): HostSettings | undefined {
  const { hosts } = settings;
  // a URL leaves out the port that is usual for https
  return hosts.get(host) ?? hosts.get(canonicalRegistry(host)) ?? hosts.get(`${host}:443`);
}

/**
 * Whether a host named without a scheme is spoken to in plain HTTP or in TLS. The host's own setting decides first, then
 * `--plain-http` (an entry without a port means every port of that host), then the rule for loopback; TLS otherwise.
 */
export function schemeOf(settings: NetworkSettings, host: string): 'http' | 'https' {
  const configured = settingsOf(settings, host)?.plainHttp;
  if (configured !== undefined) return configured ? 'http' : 'https';
  const lower = host.toLowerCase();
  const named = settings.plainHttpHosts.some((entry) => {
    const wanted = entry.toLowerCase();
    return wanted === lower || wanted === hostnameOf(lower);
  });
  return named || (settings.plainHttpLoopback && isLoopback(host)) ? 'http' : 'https';
}
