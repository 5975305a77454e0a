/** What a request to a registry is for. */
export const REQUEST_KINDS = [
  'ping',
  'token',
  'head manifest',
  'get manifest',
  'put manifest',
  'head blob',
  'get blob',
  'post upload',
  'post mount, mounted',
  'post mount, not mounted',
  'patch upload',
  'put upload',
  'get upload',
  'tags',
  'referrers',
  'other',
] as const;

/** One of them. */
export type RequestKind = (typeof REQUEST_KINDS)[number];

const CREATED = 201;
const CONTENT = /^\/v2\/.+\/(manifests|blobs|referrers)\/[^/]+$/;
const UPLOAD = /^\/v2\/.+\/blobs\/uploads\/[^/]*$/;
const TAGS = /^\/v2\/.+\/tags\/list$/;
const TOKEN = /^\/(?!v2\/).*(?:token|auth)/;

function isKind(text: string): text is RequestKind {
  return REQUEST_KINDS.some((kind) => kind === text);
}

function uploadKind(method: string, query: URLSearchParams, status: number): RequestKind {
  if (method === 'POST' && query.has('mount'))
    return status === CREATED ? 'post mount, mounted' : 'post mount, not mounted';
  const named = `${method.toLowerCase()} upload`;
  return isKind(named) ? named : 'other';
}

/** What a request is for, by its method, its path with query, and the status of its answer: OCI distribution-spec, "Endpoints". */
export function requestKind(method: string, path: string, status: number): RequestKind {
  const { pathname, searchParams } = new URL(path, 'http://registry');
  if (/^\/v2\/?$/.test(pathname)) return 'ping';
  if (TOKEN.test(pathname)) return 'token';
  if (UPLOAD.test(pathname)) return uploadKind(method, searchParams, status);
  if (TAGS.test(pathname)) return 'tags';
  const [, what] = CONTENT.exec(pathname) ?? [];
  if (what === 'referrers') return 'referrers';
  const named = `${method.toLowerCase()} ${what?.replace(/s$/, '')}`;
  return isKind(named) ? named : 'other';
}
