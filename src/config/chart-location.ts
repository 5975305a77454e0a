import type { ChartSource } from '../domain/addon.ts';
import { canonicalRegistry, isRegistryHost, isRepositoryName, looksLikeRegistry } from '../domain/reference.ts';
import { type Complaint, shown } from './problems.ts';

/**
 * What a `repository` means. `url` has no trailing slash. `path` of a registry is what stands between host and
 * chart, empty for none. `local` is a path as written; `bare` is a word that is a path only if a directory is there.
 */
export type Location =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'oci'; readonly registry: string; readonly path: string; readonly scheme: boolean }
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'bare'; readonly path: string }
  | { readonly kind: 'wrong'; readonly complaint: Complaint };

/** A chart's source and the path it gets at the target, or why the parts do not fit together. */
export type SourceResult =
  | { readonly kind: 'source'; readonly source: ChartSource; readonly ociNamespace: string }
  | { readonly kind: 'wrong'; readonly complaint: Complaint };

function wrong(what: string, instead: string): { readonly kind: 'wrong'; readonly complaint: Complaint } {
  return { kind: 'wrong', complaint: { what, instead } };
}

const FORMS =
  'write an https://, http:// or oci:// URL, a registry host like "ghcr.io", or a path that begins with "./"';

// A user and password would end up in reports and in the repository that holds the catalog.
function credentialsComplaint(text: string): Location {
  return wrong(
    `repository ${shown(text)} holds a user name or password`,
    'take it out and log in to the host with docker login, whose credentials are used',
  );
}

function httpLocation(text: string): Location {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return wrong(`repository ${shown(text)} is not a URL`, FORMS);
  }
  if (url.username !== '' || url.password !== '') return credentialsComplaint(text);
  if (url.search !== '' || url.hash !== '') {
    return wrong(`repository ${shown(text)} has a query or fragment`, 'end the URL with its path');
  }
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/index.yaml')) {
    return wrong(`repository ${shown(text)} names the index`, `write ${shown(`${url.origin}${path.slice(0, -11)}`)}`);
  }
  if (/\.tgz$/i.test(path)) {
    return wrong(
      `repository ${shown(text)} is one archive`,
      'write the repository it is listed in, or download it and write its path',
    );
  }
  if (path.endsWith('.git')) return gitComplaint(text);
  return { kind: 'http', url: `${url.origin}${path}` };
}

function gitComplaint(text: string): Location {
  return wrong(
    `repository ${shown(text)} is a Git repository`,
    'write the chart repository or registry where the chart is published',
  );
}

function ociLocation(text: string, rest: string, scheme: boolean): Location {
  const trimmed = rest.replace(/\/+$/, '');
  const slash = trimmed.indexOf('/');
  const host = slash < 0 ? trimmed : trimmed.slice(0, slash);
  const path = slash < 0 ? '' : trimmed.slice(slash + 1);
  if (host.includes('@')) return credentialsComplaint(`oci://${rest}`);
  if (!isRegistryHost(host)) return wrong(`repository ${shown(text)} names no registry host`, FORMS);
  if (path !== '' && !isRepositoryName(path)) {
    return wrong(
      `${shown(path)} in repository ${shown(text)} cannot be a path in a registry`,
      'write lower case path components without tag or digest; the version has a key of its own',
    );
  }
  return { kind: 'oci', registry: canonicalRegistry(host), path, scheme };
}

function isPath(text: string): boolean {
  return /^(?:\.{1,2}(?:[\\/]|$)|[\\/~]|[A-Za-z]:[\\/])/.test(text) || /\.tgz$/i.test(text);
}

/** Reads a `repository` without looking at the disk. Aliases of Docker Hub become `docker.io`. */
export function parseLocation(text: string): Location {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'https' || scheme === 'http') return httpLocation(text);
  if (scheme === 'oci') return ociLocation(text, text.slice('oci://'.length), true);
  if (scheme === 'file')
    return wrong(`repository ${shown(text)} is a file URL`, `write the path ${shown(text.slice(7))}`);
  if (scheme === 'git' || scheme === 'ssh' || scheme?.startsWith('git+')) return gitComplaint(text);
  if (scheme !== undefined) return wrong(`repository ${shown(text)} has the unknown scheme "${scheme}"`, FORMS);
  if (isPath(text)) return { kind: 'local', path: text };
  if (/^[^/]+@[^/]+:/.test(text) || text.endsWith('.git')) return gitComplaint(text);
  const head = text.split('/')[0] ?? '';
  return looksLikeRegistry(head) ? ociLocation(text, text, false) : { kind: 'bare', path: text };
}

/** A chart's namespace (empty for none) and name: the last component is the name. */
export function splitChart(chart: string): { readonly namespace: string; readonly name: string } {
  const slash = chart.lastIndexOf('/');
  return { namespace: chart.slice(0, Math.max(slash, 0)), name: chart.slice(slash + 1) };
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

/**
 * The source of a remote chart. In a registry the source path is the repository's path, `ociNamespace`, the chart's
 * namespace and its name; the last three are also its path at the target. For a chart repository `ociNamespace` is
 * the path at the target alone, and a namespace in the chart's name is only a local alias, which does not count.
 */
export function remoteSource(
  location: Extract<Location, { kind: 'http' | 'oci' }>,
  ociNamespace: string,
  chart: string,
): SourceResult {
  const { namespace, name } = splitChart(chart);
  if (location.kind === 'http') {
    return { kind: 'source', source: { kind: 'http', repository: location.url, chart: name }, ociNamespace };
  }
  const target = joined(ociNamespace, namespace);
  const repository = joined(location.path, target, name);
  if (!isRepositoryName(repository)) {
    return wrong(
      `${shown(repository)} cannot be a chart's path in a registry`,
      'write lower case letters, digits and hyphens',
    );
  }
  return {
    kind: 'source',
    source: { kind: 'oci', registry: location.registry, repository, chart: name },
    ociNamespace: target,
  };
}
