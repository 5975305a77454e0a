import { type Digest, formatReference, isRepositoryName, type Reference } from '../reference.ts';

/**
 * What of its source's name an image keeps at the target: its path; the source's host before that, too; or either of these as one
 * name, for registries that have nothing deeper.
 */
export type ImagePath = 'source' | 'host' | 'flat' | 'flat-host';

/** All of them. */
export const IMAGE_PATHS: readonly ImagePath[] = ['source', 'host', 'flat', 'flat-host'];

/** How destinations are named. `registry` may carry a path; `prefix` stands between it and the source path, for images only. */
export interface NamingRule {
  readonly registry: string;
  readonly prefix: string;
  readonly imagePath: ImagePath;
}

/** Whether every repository, those of charts too, is one name below the target's path. */
export function isFlat({ imagePath }: Pick<NamingRule, 'imagePath'>): boolean {
  return imagePath === 'flat' || imagePath === 'flat-host';
}

function keepsHost({ imagePath }: NamingRule): boolean {
  return imagePath === 'host' || imagePath === 'flat-host';
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

/** What stands for a slash in a flat name. */
export const FLAT_JOINT = '--';

/**
 * A path as one name: `acme/app` is `acme--app`. Two paths never have one name: where a part of the path has two hyphens or more
 * in a row, it gets one more (the grammar of names allows any number: OCI distribution-spec 1.1, "Pulling manifests").
 */
export function flatName(path: string): string {
  return path.replace(/-{2,}/g, (run) => `${run}-`).replaceAll('/', FLAT_JOINT);
}

/** Splits `host[:port]/path` into host and path. */
export function splitTarget(registry: string): { readonly host: string; readonly path: string } {
  const slash = registry.indexOf('/');
  return slash < 0
    ? { host: registry, path: '' }
    : { host: registry.slice(0, slash), path: joinPath(registry.slice(slash + 1)) };
}

/** The repository of an image at the target: `{path of the registry}/{prefix}/{source path}`, with one name for all but the first if flat. */
export function destinationRepository(source: Reference, rule: NamingRule): string {
  const { path } = splitTarget(rule.registry);
  const host = keepsHost(rule) ? hostComponent(source.registry) : '';
  const own = joinPath(rule.prefix, host, source.repository);
  return joinPath(path, isFlat(rule) ? flatName(own) : own);
}

/** The repository of a chart: helm names it by the chart, so that a flat one has no namespace. */
export function chartRepository(chart: string, namespace: string, rule: NamingRule): string {
  const { path } = splitTarget(rule.registry);
  return joinPath(path, isFlat(rule) ? '' : namespace, chart);
}

/** What every relocated reference begins with: the registry with its path, and the prefix where that is a path of its own. */
export function targetBase(rule: NamingRule): string {
  const { host, path } = splitTarget(rule.registry);
  return joinPath(host, path, isFlat(rule) ? '' : rule.prefix);
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
