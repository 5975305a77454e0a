import { splitTarget } from '../plan/destination.ts';
import { canonicalRegistry, type Reference } from '../reference.ts';
import type { CheckedRole } from './references.ts';

/** A registry that may be pulled from; with a path, only what stands at or below it. */
export interface AllowedRegistry {
  readonly host: string;
  /** Empty for the whole registry. */
  readonly path: string;
}

/** Reads `host[/path]`, which has been checked. Aliases of Docker Hub become `docker.io`. */
export function allowedRegistry(text: string): AllowedRegistry {
  const { host, path } = splitTarget(text);
  return { host: canonicalRegistry(host), path };
}

/** `host[/path]`. */
export function formatAllowed({ host, path }: AllowedRegistry): string {
  return path === '' ? host : `${host}/${path}`;
}

function isAtOrBelow(path: string, top: string): boolean {
  return top === '' || path === top || path.startsWith(`${top}/`);
}

/**
 * Whether a reference leads to one of these registries. A base is the beginning of references: it is inside when what a
 * program puts behind it can be.
 */
export function isInside(
  { registry, repository }: Pick<Reference, 'registry' | 'repository'>,
  role: CheckedRole,
  allowed: readonly AllowedRegistry[],
): boolean {
  return allowed.some(
    ({ host, path }) =>
      host === registry && (isAtOrBelow(repository, path) || (role === 'base' && isAtOrBelow(path, repository))),
  );
}
