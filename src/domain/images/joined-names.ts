import { looksLikeRegistry } from '../reference.ts';

/** Whether a text begins with the host of a registry, or is one. */
export function isHosted(text: string): boolean {
  return looksLikeRegistry(text.split('/')[0] ?? '');
}

/** Whether a name has a registry before it. */
export function hasHost(name: string): boolean {
  return name.includes('/') && isHosted(name);
}

/** A name behind a registry, unless it has one of its own. */
export function joined(name: string, registry: string | undefined): string {
  const host = registry?.replace(/\/+$/, '') ?? '';
  return host === '' || hasHost(name) ? name : `${host}/${name.replace(/^\/+/, '')}`;
}

/** Whether a text under a key for registries is an owner, to which the registry of a map above belongs: `org` below `ghcr.io`. */
export function isOwnerBelow(registry: string, above: string | undefined): above is string {
  return registry !== '' && !isHosted(registry) && above !== undefined && isHosted(above);
}
