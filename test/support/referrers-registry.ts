import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { artifactTypeOf } from '../../src/domain/artifacts/referrers-list.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import { startDistribution } from './registries.ts';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

interface Told {
  readonly subject?: { readonly digest: string };
  readonly annotations?: object;
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
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === 'string' && !['connection', 'content-length', 'transfer-encoding'].includes(name)
          ? [[name, value]]
          : [],
      ),
    );
    const sent = request.method === 'GET' || request.method === 'HEAD' ? {} : { body };
    const answer = await fetch(behind.url + path, {
      ...{ method: request.method ?? 'GET', headers, redirect: 'manual', ...sent },
    });
    const [, at] = /^\/v2\/(.+)\/manifests\//.exec(path) ?? [];
    const isManifest = request.method === 'PUT' && answer.status === 201 && at !== undefined;
    const subject = isManifest ? remember(at, body, headers['content-type'] ?? '') : undefined;
    const passed = [...answer.headers].filter(([name]) => name !== 'connection' && name !== 'keep-alive');
    const told = subject === undefined ? {} : { 'oci-subject': subject };
    response.writeHead(answer.status, { ...Object.fromEntries(passed), ...told });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await behind.stop();
    },
  };
}
