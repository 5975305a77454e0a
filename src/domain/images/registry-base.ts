import { canonicalRegistry, isRepositoryName, type Reference } from '../reference.ts';
import { isKnownRegistry } from './registry-hosts.ts';

const REGISTRY_KEY = /(?:[rR]egistry|REGISTRY|(?:^|_)(?:hub|HUB)|[a-z]Hub)$/;

/** Whether a key, flag or variable says that its value is a registry, or a path in one. */
export function isRegistryKey(key: string): boolean {
  return REGISTRY_KEY.test(key);
}

/**
 * Reads `host` or `host/path`, where the host is known or pulled from: programs put names behind it at run time. The
 * reference of a host alone has an empty repository.
 */
export function registryPath(text: string, seen: ReadonlySet<string>): Reference | undefined {
  const [host = '', ...path] = text.split('/');
  if (!isKnownRegistry(host) && !seen.has(host)) return undefined;
  const repository = path.join('/');
  if (path.length > 0 && !isRepositoryName(repository)) return undefined;
  return { registry: canonicalRegistry(host), repository, tag: undefined, digest: undefined };
}
