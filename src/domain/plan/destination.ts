import { type Digest, formatReference, isRepositoryName, type Reference } from '../reference.ts';

/** How destinations are named. `registry` may carry a path; `prefix` stands between it and the source path, for images only. */
export interface NamingRule {
  readonly registry: string;
  readonly prefix: string;
  readonly imagePath: 'source' | 'host';
}

/** A relocated image: what it is called at the target. */
export interface Destination extends Reference {
  readonly tag: string;
}

/** Joins path parts with single slashes, leaving empty ones out. */
export function joinPath(...parts: readonly string[]): string {
  return parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .join('/');
}

/** A host as a path component: a port's colon is no path character. */
function hostComponent(host: string): string {
  return host.replace(/:/g, '-').replace(/[[\]]/g, '');
}

/** Splits `host[:port]/path` into host and path. */
export function splitTarget(registry: string): { readonly host: string; readonly path: string } {
  const slash = registry.indexOf('/');
  return slash < 0
    ? { host: registry, path: '' }
    : { host: registry.slice(0, slash), path: joinPath(registry.slice(slash + 1)) };
}

/** The repository of an image at the target: `{path of the registry}/{prefix}/{source path}`. */
export function destinationRepository(source: Reference, rule: NamingRule): string {
  const { path } = splitTarget(rule.registry);
  const host = rule.imagePath === 'host' ? hostComponent(source.registry) : '';
  return joinPath(path, rule.prefix, host, source.repository);
}

/**
 * The tag of an image at the target: its own; for a reference by digest alone `mirrored-` and the first twelve digits,
 * so that the content stays reachable by a tag; `latest` when it has neither.
 */
export function destinationTag(source: Reference): string {
  if (source.tag !== undefined) return source.tag;
  if (source.digest !== undefined)
    return `mirrored-${source.digest.slice(source.digest.indexOf(':') + 1).slice(0, 12)}`;
  return 'latest';
}

/** The image by the tag that it gets at the target, as it is named where no digest is: in lists and locks for dt. */
export function byTagAlone(source: Reference): Reference {
  return { ...source, tag: destinationTag(source), digest: undefined };
}

/** Where an image goes. */
export function destinationOf(source: Reference, rule: NamingRule): Destination {
  const { host } = splitTarget(rule.registry);
  return {
    registry: host,
    repository: destinationRepository(source, rule),
    tag: destinationTag(source),
    digest: undefined,
  };
}

/**
 * The text that a relocated chart must render for this reference: the target's path, and tag and digest in the form
 * the chart wrote them. `copied` gives the digest at the target where it differs from the source's (one platform only).
 */
export function relocatedText(source: Reference, rule: NamingRule, copied: ReadonlyMap<Digest, Digest>): string {
  const { host } = splitTarget(rule.registry);
  const digest = source.digest === undefined ? undefined : (copied.get(source.digest) ?? source.digest);
  const repository = destinationRepository(source, rule);
  return repository === '' ? host : formatReference({ registry: host, repository, tag: source.tag, digest });
}

/** Why a destination cannot be a repository name, or undefined when it can. */
export function repositoryProblem(repository: string): string | undefined {
  return isRepositoryName(repository) ? undefined : `${repository} is not a repository name`;
}
