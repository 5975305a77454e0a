import type { Answer, Difference } from './differing-proxy.ts';

function problem(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

/** A refusal that tells nothing. */
export const DENIED: Answer = { status: 403, body: problem('DENIED', 'requested access to the resource is denied') };
/** What a login has in place of a password. */
export const IDENTITY = 'an-identity-token';
const ACCESS = 'an-access-token';

/** What a registry wants that takes the token of an identity, as ACR does: docs.docker.com/reference/api/registry/auth. */
async function identityAnswer(
  { method, path, headers: { authorization = '', host = '' } }: Parameters<NonNullable<Difference['answer']>>[0],
  body: () => Promise<string>,
): Promise<Answer | undefined> {
  if (method === 'POST' && path.startsWith('/oauth2/token')) {
    const form = new URLSearchParams(await body());
    const isRight = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === IDENTITY;
    return isRight
      ? { status: 200, body: JSON.stringify({ access_token: ACCESS, expires_in: 300 }) }
      : { status: 401, body: problem('UNAUTHORIZED', 'no such identity') };
  }
  if (authorization === `Bearer ${ACCESS}`) return undefined;
  const challenge = `Bearer realm="http://${host}/oauth2/token",service="${host}"`;
  return { status: 401, headers: { 'www-authenticate': challenge }, body: problem('UNAUTHORIZED', 'log in') };
}

/** A way in which a registry differs, that the whole run gets through. */
export interface Row extends Difference {
  readonly name: string;
  readonly identity?: boolean;
  /** What keeps a run from all that differs: without these flags it is refused. */
  readonly flags?: readonly string[];
}

const TOO_DEEP: Answer = { status: 400, body: problem('NAME_INVALID', 'repositories have an owner and a name') };

/** The ways in which registries differ, one each: what the whole run has to get through. */
export const ROWS: readonly Row[] = [
  {
    name: 'answers 403 for manifests that are not there, as Artifactory does in some setups',
    instead: ({ path }, status) => (status === 404 && path.includes('/manifests/') ? DENIED : undefined),
  },
  {
    name: 'answers 403 for layers that are not there',
    instead: ({ path, method }, status) =>
      status === 404 && path.includes('/blobs/') && method === 'HEAD' ? DENIED : undefined,
  },
  {
    name: 'has no list of referrers: 404',
    answer: ({ path }) => (path.includes('/referrers/') ? { status: 404, body: '404 page not found' } : undefined),
  },
  {
    name: 'takes the list of referrers for a malformed request: 400',
    answer: ({ path }) =>
      path.includes('/referrers/') ? { status: 400, body: problem('UNSUPPORTED', 'no such operation') } : undefined,
  },
  {
    name: 'mounts nothing',
    path: ({ path, method }) => (method === 'POST' ? path.replace(/\?mount=.*/, '') : path),
  },
  {
    name: 'refuses a mount that names no other repository, and all others',
    answer: ({ path, method }) =>
      method === 'POST' && path.includes('mount=')
        ? { status: 405, body: problem('UNSUPPORTED', 'no mounts') }
        : undefined,
  },
  {
    name: 'takes the token of an identity',
    identity: true,
    answer: identityAnswer,
  },
  {
    name: 'answers 429 to the first of everything, with a delay in its text, as GHCR does',
    answer: ({ before }) =>
      before === 0
        ? { status: 429, body: problem('TOOMANYREQUESTS', 'retry-after: 880.092µs, allowed: 44000/minute') }
        : undefined,
  },
  {
    name: 'answers 429 to the first of everything, with Retry-After',
    answer: ({ before, method }) =>
      before === 0 && method !== 'HEAD'
        ? { status: 429, headers: { 'retry-after': '0' }, body: 'Too Many Requests' }
        : undefined,
  },
  {
    name: 'takes only one level below an owner, as Docker Hub does',
    flags: ['--image-path', 'flat'],
    answer: ({ path }) =>
      /^\/v2\/(?:[^/]+\/){2,}[^/]+\/(?:manifests|blobs|tags|referrers)\//.test(path) ? TOO_DEEP : undefined,
  },
];

/** Registries that are full: what they answer, and what of it has to be told. */
type End = readonly [status: string, code: string | undefined];

interface Full extends Difference {
  readonly name: string;
  readonly words: string;
  readonly images: End;
  readonly chart: End;
}

const OVER_LIMIT = problem(
  'DENIED',
  'adding 1.0 MiB of storage resource, which when updated to current usage of 1.0 MiB will exceed the configured upper limit of 1.0 MiB.',
);
const FAILED: End = ['failed', 'IMAGE_COPY_FAILED'];

/** Targets that take no more: where they say it, and how. */
export const FULL: readonly Full[] = [
  {
    name: 'has no room for a layer, by 412',
    ...{ words: 'will exceed the configured upper limit', images: FAILED, chart: FAILED },
    answer: ({ path, method }) =>
      method === 'PUT' && path.includes('/blobs/uploads/') ? { status: 412, body: OVER_LIMIT } : undefined,
  },
  {
    name: 'has no room for a manifest whose layers it has taken, by 403 as Harbor answers',
    ...{ words: 'will exceed the configured upper limit', images: FAILED, chart: FAILED },
    answer: ({ path, method }) =>
      method === 'PUT' && path.includes('/manifests/') ? { status: 403, body: OVER_LIMIT } : undefined,
  },
  {
    name: 'begins no upload, by 403 that tells of a quota',
    ...{ words: 'storage quota exceeded', images: FAILED, chart: FAILED },
    answer: ({ path, method }) =>
      method === 'POST' && path.includes('/blobs/uploads/')
        ? { status: 403, body: problem('DENIED', 'storage quota exceeded') }
        : undefined,
  },
  {
    name: 'has room for the images and none for the chart',
    ...{ words: 'will exceed the configured upper limit', images: ['copied', undefined] },
    chart: ['failed', 'CHART_PUSH_FAILED'],
    answer: ({ path, method }) =>
      ['POST', 'PUT'].includes(method) && /^\/v2\/full-\d\/app\//.test(path)
        ? { status: 403, body: OVER_LIMIT }
        : undefined,
  },
];

/** What registries answer whose tags cannot be replaced. */
export const IMMUTABLE: readonly Answer[] = [
  { status: 412, body: problem('PRECONDITION', "Failed to process request due to 'app:1' configured as immutable.") },
  { status: 409, body: problem('TAG_INVALID', 'the tag is immutable') },
  { status: 400, body: problem('TAG_INVALID', 'The image tag already exists, and the tag is immutable.') },
  { status: 403, body: problem('DENIED', 'the tag exists, and tags of this repository are immutable') },
];
