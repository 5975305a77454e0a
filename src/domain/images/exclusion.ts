import type { Addon, ExcludedImages } from '../addon.ts';
import { canonicalRegistry, DOCKER_HUB, looksLikeRegistry, parseReference, type Reference } from '../reference.ts';
import { fitsWildcard } from '../wildcard.ts';

/** A pattern in its parts. What is undefined is not compared. */
interface Parts {
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

function partsOf(pattern: string): Parts {
  const [named = '', ...digest] = pattern.split('@');
  const colon = named.lastIndexOf(':');
  const isTagged = colon > named.lastIndexOf('/');
  return {
    path: isTagged ? named.slice(0, colon) : named,
    tag: isTagged ? named.slice(colon + 1) : undefined,
    digest: digest.length === 0 ? undefined : digest.join('@'),
  };
}

/**
 * The path with its registry, by docker's rules: a path without one is Docker Hub's, where a single name stands in
 * `library/`. A star at the front stands for any registry, or any path of the one that is named.
 */
function canonicalPath(path: string): string {
  if (path.startsWith('*')) return path.toLowerCase();
  const slash = path.indexOf('/');
  const head = path.slice(0, Math.max(slash, 0));
  const isHosted = looksLikeRegistry(head);
  const registry = isHosted ? canonicalRegistry(head) : DOCKER_HUB;
  const rest = isHosted ? path.slice(slash + 1) : path;
  const isOfficial = registry === DOCKER_HUB && !rest.includes('/') && !rest.startsWith('*');
  return `${registry}/${isOfficial ? 'library/' : ''}${rest}`;
}

/**
 * Whether a text can name images to leave out: a reference, or one in which `*` stands for any characters. One that fits
 * no reference whatever its stars stand for is none.
 */
export function isImagePattern(pattern: string): boolean {
  if (!pattern.includes('*')) return parseReference(pattern) !== undefined;
  const { path, tag, digest } = partsOf(pattern);
  // a star may stand for one digit wherever it may stand for anything, even in a port or an address
  const example = `${path}${tag === undefined ? '' : `:${tag}`}`.replace(/\*+/g, '0');
  const isDigest = digest === undefined || (digest.includes('*') && /^[a-z0-9+._:*-]+$/.test(digest));
  return parseReference(example) !== undefined && (isDigest || parseReference(`${example}@${digest}`) !== undefined);
}

/**
 * Whether a sound pattern names a reference: as a whole, in canonical form, by the parts that it writes. A pattern without
 * a tag fits every tag, one without a digest every digest. A reference with neither has the tag `latest`.
 */
export function fitsPattern(pattern: string, { registry, repository, tag, digest }: Reference): boolean {
  const wanted = partsOf(pattern);
  if (!fitsWildcard(canonicalPath(wanted.path), `${registry}/${repository}`)) return false;
  const actual = tag ?? (digest === undefined ? 'latest' : undefined);
  const fitsTag = wanted.tag === undefined || (actual !== undefined && fitsWildcard(wanted.tag, actual));
  return fitsTag && (wanted.digest === undefined || (digest !== undefined && fitsWildcard(wanted.digest, digest)));
}

/** What leaves a reference out of the images of an addon: the first exclusion that names it, undefined for none. */
export function exclusionOf(addon: Pick<Addon, 'excluded'>, reference: Reference): ExcludedImages | undefined {
  return addon.excluded.find(({ pattern }) => fitsPattern(pattern, reference));
}

/** The exclusion as reports tell of it. */
export function exclusionReason({ reason }: ExcludedImages): string {
  return `excluded in the catalog: ${reason}`;
}
