import type { ChartSource } from '../addon.ts';
import { canonicalRegistry } from '../reference.ts';
import { fitsWildcard } from '../wildcard.ts';
import type { Violation } from './image-policy.ts';

/** Where a site allows charts to come from. */
export interface ChartPolicy {
  /**
   * Patterns of `fitsWildcard` for `oci://host/path` and `https://host/path`; each counts for all below it, too. Null where
   * every source is allowed.
   */
  readonly allowedChartSources: readonly string[] | null;
}

/** Without `..` and the like, by which a path would lead out of what it begins with (WHATWG URL, path state). */
function plainPath(path: string): string {
  return new URL(`https://host.invalid/${path}`).pathname.replace(/\/+$/, '');
}

/** Where a chart comes from, or came from before it was in a file, in one spelling; undefined for one of this machine. */
function placeOf(source: ChartSource): string | undefined {
  switch (source.kind) {
    case 'local':
      return source.origin === undefined ? undefined : placeOf(source.origin);
    case 'oci': {
      const path = plainPath(source.repository);
      return `oci://${canonicalRegistry(source.registry)}${path.slice(0, Math.max(0, path.lastIndexOf('/')))}`;
    }
    case 'http': {
      if (!URL.canParse(source.repository)) return source.repository;
      const { protocol, host, pathname } = new URL(source.repository);
      return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
    }
  }
}

/** A pattern in the spelling of places: hosts in lower case and by their one name, without the port that their scheme has. */
function plainPattern(pattern: string): string {
  const [, scheme = '', host = '', path = ''] = /^([a-z]+:\/\/)([^/]*)(.*)$/i.exec(pattern) ?? [];
  if (scheme === '') return pattern;
  const lower = scheme.toLowerCase();
  const own = host.toLowerCase().replace(lower === 'https://' ? /:443$/ : lower === 'http://' ? /:80$/ : /$^/, '');
  return `${lower}${lower === 'oci://' ? canonicalRegistry(own) : own}${path.replace(/\/+$/, '')}`;
}

function isBelow(pattern: string, text: string): boolean {
  return fitsWildcard(pattern, text) || fitsWildcard(`${pattern}/*`, text);
}

/**
 * Why a chart may not be mirrored, by the source that is named for it; undefined where it may. What is on this machine already may
 * always. `subject` says which chart it is.
 */
export function chartViolation(
  source: ChartSource,
  subject: string,
  { allowedChartSources }: ChartPolicy,
): Violation | undefined {
  const place = placeOf(source);
  if (place === undefined || allowedChartSources === null) return undefined;
  if (allowedChartSources.some((allowed) => isBelow(plainPattern(allowed), `${place}/${source.chart}`)))
    return undefined;
  return { rule: 'policy.allowedChartSources', what: `${subject} comes from ${place}, which is not allowed` };
}
