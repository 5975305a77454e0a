/** A content digest, `sha256:<64 hex>` (or another registered algorithm). Only `parseDigest` makes one. */
export type Digest = string & { readonly __brand: 'Digest' };

/**
 * An image or artifact reference in canonical form: Docker Hub is always `docker.io`, and its one-component
 * repositories carry `library/`. Tag and digest may both be present; then the digest decides what is fetched.
 */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** The registry that references without a host belong to. */
export const DOCKER_HUB = 'docker.io';

const HUB_ALIASES = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
// OCI distribution-spec v1.1, "Pulling manifests": the grammar of <name>.
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

/** A digest in canonical spelling, or undefined when the text is none. A sha256 must have exactly 64 hex digits. */
export function parseDigest(text: string): Digest | undefined {
  if (!DIGEST.test(text)) return undefined;
  if (text.startsWith('sha256:') && !SHA256.test(text)) return undefined;
  return text as Digest;
}

/** Whether the text is a tag by the distribution specification. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Whether the text is a repository name by the distribution specification (255 characters with the host is the usual cap). */
export function isRepositoryName(text: string): boolean {
  return REPOSITORY.test(text) && text.length <= 255;
}

/** Whether the text is `host`, `host:port` or a bracketed IPv6 address. */
export function isRegistryHost(text: string): boolean {
  return HOST.test(text);
}

/**
 * Whether the first path component of a reference names a registry: it has a dot or a colon, or is `localhost`.
 * The rule of docker and of go-containerregistry (pkg/name/repository.go).
 */
export function looksLikeRegistry(component: string): boolean {
  return component === 'localhost' || component.includes('.') || component.includes(':');
}

/** The one spelling of a registry: every alias of Docker Hub becomes `docker.io`; host names are lower case. */
export function canonicalRegistry(host: string): string {
  const lower = host.toLowerCase();
  return HUB_ALIASES.has(lower) ? DOCKER_HUB : lower;
}

/** Reads `[host[:port]/]path[:tag][@digest]`. Undefined when the text is not a reference by the docker grammar. */
export function parseReference(text: string): Reference | undefined {
  let rest = text;
  let digest: Digest | undefined;
  const at = rest.indexOf('@');
  if (at >= 0) {
    digest = parseDigest(rest.slice(at + 1));
    if (digest === undefined) return undefined;
    rest = rest.slice(0, at);
  }
  let tag: string | undefined;
  const colon = rest.lastIndexOf(':');
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1);
    if (!isTag(tag)) return undefined;
    rest = rest.slice(0, colon);
  }
  const slash = rest.indexOf('/');
  const head = slash >= 0 ? rest.slice(0, slash) : '';
  const hosted = slash >= 0 && looksLikeRegistry(head);
  if (hosted && !isRegistryHost(head)) return undefined;
  const registry = canonicalRegistry(hosted ? head : DOCKER_HUB);
  let repository = hosted ? rest.slice(slash + 1) : rest;
  if (!isRepositoryName(repository)) return undefined;
  if (registry === DOCKER_HUB && !repository.includes('/')) repository = `library/${repository}`;
  return { registry, repository, tag, digest };
}

/** The canonical text of a reference: `registry/repository[:tag][@digest]`. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** What is asked of a registry for this reference: the digest if there is one, else the tag, else `latest`. */
export function identifierOf(reference: Reference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}
