import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { artifactTypeOf } from '../../src/domain/artifacts/referrers-list.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import { listening } from './listening.ts';
import { startDistribution } from './registries.ts';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

interface Told {
  readonly subject?: { readonly digest: string };
  readonly annotations?: object;
}

interface Passed {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * A Distribution registry with what it lacks: the referrers API of OCI distribution-spec v1.1. Manifests with a subject are
 * remembered as they pass, and listed.
 */
export async function startReferrersRegistry(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const behind = await startDistribution();
  const agent = new Agent({ keepAlive: false });
  const listed = new Map<string, Map<string, object>>();

  function remember(repository: string, bytes: Buffer, mediaType: string): string | undefined {
    const { subject, annotations } = JSON.parse(bytes.toString('utf8')) as Told;
    if (subject === undefined) return undefined;
    const digest = digestOf(bytes);
    const entry = { mediaType, digest, size: bytes.length, artifactType: artifactTypeOf(bytes), annotations };
    const key = `${repository} ${subject.digest}`;
    listed.set(key, (listed.get(key) ?? new Map()).set(digest, entry));
    return subject.digest;
  }

  /** A connection for each request: one that is kept may be closed just when it is used. */
  function pass(request: IncomingMessage, body: Buffer): Promise<Passed> {
    const { hostname: host, port } = new URL(behind.url);
    const { 'transfer-encoding': _, ...headers } = request.headers;
    const length = body.length === 0 ? {} : { 'content-length': body.length };
    const options = {
      agent,
      host,
      port,
      method: request.method,
      path: request.url,
      headers: { ...headers, ...length },
    };
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(options, (answer) => {
        bodyOf(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: bytes }),
          reject,
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const [, repository, digest] = /^\/v2\/(.+)\/referrers\/([^?]+)/.exec(path) ?? [];
    if (repository !== undefined && digest !== undefined) {
      const manifests = [...(listed.get(`${repository} ${digest}`)?.values() ?? [])];
      response.writeHead(200, { 'content-type': OCI_INDEX });
      response.end(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
      return;
    }
    const body = await bodyOf(request);
    const answer = await pass(request, body);
    const [, at] = /^\/v2\/(.+)\/manifests\//.exec(path) ?? [];
    const isManifest = request.method === 'PUT' && answer.status === 201 && at !== undefined;
    const subject = isManifest ? remember(at, body, request.headers['content-type'] ?? '') : undefined;
    const told = subject === undefined ? [] : ['oci-subject', subject];
    response.writeHead(answer.status, [...answer.headers, ...told]);
    response.end(answer.body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  const { url } = await listening(server);
  return {
    url,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await behind.stop();
    },
  };
}
