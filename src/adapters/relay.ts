import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { NetworkSettings } from '../domain/network.ts';
import type { Digest } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { Registry } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import type { DestinationPace } from './destination-pace.ts';
import type { RegistryAccess } from './registry-access.ts';
import { finish, type RelayExchange, refuse } from './relay-answers.ts';
import { createRelayDestination } from './relay-destination.ts';
import { createBlobPlaces, createRelayJobs, type RelayJob, type RelayJobSpec } from './relay-jobs.ts';
import { parseRelayRoute, type RelayRoute } from './relay-routes.ts';
import { createRegistryBlobs, createRelaySource, type RelayBlobs } from './relay-source.ts';

/** What the relay needs to reach the real registries. */
export interface RelayOptions {
  readonly registry: Registry;
  readonly access: RegistryAccess;
  readonly settings: NetworkSettings;
  readonly redactor: Redactor;
  readonly pace: DestinationPace;
  /** Where the blobs of the source side come from: from the registries, unless a file has them. */
  readonly blobs?: RelayBlobs;
  /** Blobs that the target is known to have, with their places: from there others may mount them. */
  readonly known?: readonly KnownBlob[];
}

/** A blob that a repository of a registry has. */
export interface KnownBlob {
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** A registry on loopback behind which the real ones stand. Tools know its password and nothing else. */
export interface Relay {
  /** `127.0.0.1:port`, the registry host for the tools. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  /** Opens a job; the caller closes it. */
  open(spec: RelayJobSpec): RelayJob;
  /** Closes all jobs and connections. */
  close(): Promise<void>;
}

const USERNAME = 'relay';
const KEEP_ALIVE_MS = 120_000;

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Starts the relay. crane and `helm push` talk to it as if it were the registry; it alone has credentials, proxies,
 * certificates and source mirrors, and it streams in both directions. Each job may read one repository and write one.
 *
 * @throws MirrorError INTERNAL when no port of loopback can be opened.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { registry, access, settings, redactor, pace } = options;
  const jobs = createRelayJobs();
  const source = createRelaySource(registry, options.blobs ?? createRegistryBlobs(access, settings), settings);
  const places = createBlobPlaces();
  for (const { registry: host, repository, digest } of options.known ?? []) places.note(host, repository, digest);
  const destination = createRelayDestination({ access, settings, places, pace });
  const password = randomBytes(24).toString('base64url');
  redactor.learn(password, USERNAME);
  const expected = sha256(`Basic ${Buffer.from(`${USERNAME}:${password}`).toString('base64')}`);

  async function dispatch(
    exchange: RelayExchange,
    route: Exclude<RelayRoute, { kind: 'ping' | 'unknown' }>,
  ): Promise<void> {
    const { job } = exchange;
    if (!job.allows(route.side, route.repository)) {
      return refuse(exchange, 403, 'DENIED', `this job has nothing to do with ${route.repository}`);
    }
    if (route.side === 'to') return destination(exchange, route);
    if (job.spec.source !== undefined) return source(exchange, route, job.spec.source);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    request.once('close', () => !request.complete && gone.abort());
    response.once('close', () => !response.writableFinished && gone.abort());
    // a tool that goes away is no error of ours
    request.on('error', () => gone.abort());
    response.on('error', () => gone.abort());
    if (!timingSafeEqual(sha256(request.headers.authorization ?? ''), expected)) {
      const headers = { 'www-authenticate': 'Basic realm="airgap-charts relay"', 'content-length': '0' };
      return finish({ request, response }, 401, headers);
    }
    const route = parseRelayRoute(request.url ?? '');
    if (route.kind === 'ping') return finish({ request, response }, 200, { 'content-length': '0' });
    const job = route.kind === 'unknown' ? undefined : jobs.find(route.job);
    if (route.kind === 'unknown' || job === undefined)
      return refuse({ request, response }, 404, 'NAME_UNKNOWN', 'no such place');
    const signal = AbortSignal.any([gone.signal, job.signal]);
    const what = `${request.method ?? ''} ${describe(route)}`;
    return dispatch({ job, request, response, signal, what }, route);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // nothing above may throw; should it do so, the tool must not wait for ever
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  // uploads take as long as they take
  server.requestTimeout = 0;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  }).catch((cause: unknown) => {
    throw new MirrorError('no port of 127.0.0.1 can be opened for the relay', {
      code: 'INTERNAL',
      origin: 'local',
      hint: 'allow this program to listen on loopback',
      cause,
    });
  });

  async function close(): Promise<void> {
    jobs.closeAll();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  return { host: `127.0.0.1:${port}`, username: USERNAME, password, open: jobs.open, close };
}

function describe(route: Exclude<RelayRoute, { kind: 'ping' | 'unknown' }>): string {
  switch (route.kind) {
    case 'manifest':
      return `${route.repository}/manifests/${route.identifier}`;
    case 'blob':
      return `${route.repository}/blobs/${route.digest}`;
    case 'referrers':
      return `${route.repository}/referrers/${route.digest}`;
    case 'start-upload':
    case 'upload':
      return `${route.repository}/blobs/uploads`;
  }
}
