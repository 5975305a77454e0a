import { type Digest, isRepositoryName, parseDigest } from '../domain/reference.ts';

/** The two sides of a relay job in its paths: `from` is read, `to` is written. */
export type RelaySide = 'from' | 'to';

/** What a request to the relay is about. */
export type RelayRoute =
  | { readonly kind: 'ping' }
  | (Place & { readonly kind: 'manifest'; readonly identifier: string })
  | (Place & { readonly kind: 'blob'; readonly digest: Digest })
  | (Place & { readonly kind: 'referrers'; readonly digest: Digest; readonly query: string })
  | (Place & { readonly kind: 'start-upload'; readonly mount: Digest | undefined })
  | (Place & { readonly kind: 'upload'; readonly upload: string; readonly query: string })
  | { readonly kind: 'unknown' };

interface Place {
  readonly job: string;
  readonly side: RelaySide;
  readonly repository: string;
}

const UNKNOWN: RelayRoute = { kind: 'unknown' };

/** The repository under which a tool finds one side of a job at the relay. */
export function relayRepository(job: string, side: RelaySide, repository: string): string {
  return [job, side, repository].filter((part) => part !== '').join('/');
}

/** The path of an upload underway, and of a finished blob or manifest, at the relay. */
export function relayPath(job: string, repository: string, rest: string): string {
  return `/v2/${relayRepository(job, 'to', repository)}/${rest}`;
}

function routeTail(place: Place, tail: string, query: string): RelayRoute {
  const [, kind, rest = ''] = /^(manifests|blobs|referrers)\/(.*)$/.exec(tail) ?? [];
  const digest = parseDigest(rest);
  if (kind === 'manifests' && /^[A-Za-z0-9_][A-Za-z0-9_.:+-]*$/.test(rest))
    return { ...place, kind: 'manifest', identifier: rest };
  if (kind === 'referrers' && digest !== undefined) return { ...place, kind: 'referrers', digest, query };
  if (kind !== 'blobs') return UNKNOWN;
  if (digest !== undefined) return { ...place, kind: 'blob', digest };
  if (rest === 'uploads' || rest === 'uploads/') {
    return { ...place, kind: 'start-upload', mount: parseDigest(new URLSearchParams(query).get('mount') ?? '') };
  }
  const upload = /^uploads\/([0-9]+)$/.exec(rest)?.[1];
  return upload === undefined ? UNKNOWN : { ...place, kind: 'upload', upload, query };
}

/** Reads the path and query of a request: `/v2/<job>/from|to/<repository>/…`. Everything else is `unknown`. */
export function parseRelayRoute(target: string): RelayRoute {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  if (path === '/v2/' || path === '/v2') return { kind: 'ping' };
  const match =
    /^\/v2\/([a-z0-9]+)\/(from|to)\/(.+?)\/((?:manifests|referrers)\/[^/]+|blobs\/uploads(?:\/[^/]*)?|blobs\/[^/]+)$/.exec(
      path,
    );
  const [, job, side, repository, tail] = match ?? [];
  if (job === undefined || repository === undefined || tail === undefined || !isRepositoryName(repository))
    return UNKNOWN;
  if (side !== 'from' && side !== 'to') return UNKNOWN;
  return routeTail({ job, side, repository }, tail, query);
}
