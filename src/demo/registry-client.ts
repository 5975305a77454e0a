import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Piece, SyntheticImage } from './synthetic-image.ts';

/** How a registry is reached. `base` is `http://host:port` or `https://host:port`, with a path if need be. */
export interface RegistryAccess {
  readonly base: string;
  /** The value of the Authorization header. */
  readonly authorization?: string;
  /** PEM of the certificate authority to trust. */
  readonly ca?: string;
}

/** Writes to one registry. Uploads of one blob to one repository happen once, however many callers ask at a time. */
export interface RegistryClient {
  /** Pushes blobs, children and root; under `tag`, or by digest alone when `tag` is undefined. */
  push(repository: string, tag: string | undefined, image: SyntheticImage): Promise<void>;
  /** The digest that a tag or digest has in the registry, or undefined when it is absent. */
  digestOf(repository: string, identifier: string): Promise<string | undefined>;
  /** Closes idle connections. */
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

type Send = (method: string, url: URL, headers?: Record<string, string | number>, body?: Buffer) => Promise<Answer>;

/** Plain requests over kept connections, without proxies: the registries are on loopback. */
function createSender(access: RegistryAccess, agent: HttpAgent | HttpsAgent): Send {
  const secure = new URL(access.base).protocol === 'https:';
  const open = secure ? httpsRequest : httpRequest;
  const authorization = access.authorization === undefined ? {} : { authorization: access.authorization };
  return (method, url, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': body.length };
      const options = { method, agent, headers: { ...authorization, ...length, ...headers } };
      const outgoing = open(url, options, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}

function unexpected(what: string, answer: Answer): Error {
  return new Error(`${what} was answered with ${answer.status}: ${answer.text.slice(0, 500)}`);
}

async function uploadBlob(send: Send, base: string, repository: string, blob: Piece): Promise<void> {
  const head = await send('HEAD', new URL(`${base}/v2/${repository}/blobs/${blob.digest}`));
  if (head.status === 200) return;
  const start = new URL(`${base}/v2/${repository}/blobs/uploads/`);
  const opened = await send('POST', start, { 'content-length': 0 });
  const location = opened.headers.location;
  if (opened.status !== 202 || location === undefined) throw unexpected(`POST ${start.href}`, opened);
  const target = new URL(location, start);
  target.searchParams.set('digest', blob.digest);
  const stored = await send('PUT', target, { 'content-type': 'application/octet-stream' }, blob.bytes);
  if (stored.status !== 201) throw unexpected(`PUT ${target.href}`, stored);
}

async function putManifest(send: Send, base: string, repository: string, name: string, manifest: Piece): Promise<void> {
  const url = new URL(`${base}/v2/${repository}/manifests/${name}`);
  const stored = await send('PUT', url, { 'content-type': manifest.mediaType }, manifest.bytes);
  if (stored.status !== 201) throw unexpected(`PUT ${url.href}`, stored);
}

/** A client that fills a registry with images. It knows no retries: a refusal is a defect of the set-up and is thrown. */
export function createRegistryClient(access: RegistryAccess): RegistryClient {
  const base = access.base.replace(/\/$/, '');
  const settings = { keepAlive: true, maxSockets: 8 };
  const secure = base.startsWith('https:');
  const agent = secure ? new HttpsAgent({ ...settings, ca: access.ca }) : new HttpAgent(settings);
  const send = createSender(access, agent);
  const uploads = new Map<string, Promise<void>>();

  async function digestOf(repository: string, identifier: string): Promise<string | undefined> {
    const url = new URL(`${base}/v2/${repository}/manifests/${identifier}`);
    const answer = await send('HEAD', url, { accept: ACCEPT });
    if (answer.status === 404) return undefined;
    const digest = answer.headers['docker-content-digest'];
    if (answer.status !== 200 || typeof digest !== 'string') throw unexpected(`HEAD ${url.href}`, answer);
    return digest;
  }

  function uploadOnce(repository: string, blob: Piece): Promise<void> {
    const key = `${repository}@${blob.digest}`;
    const upload = uploads.get(key) ?? uploadBlob(send, base, repository, blob);
    uploads.set(key, upload);
    return upload;
  }

  return {
    digestOf,
    async push(repository, tag, image) {
      const name = tag ?? image.root.digest;
      if ((await digestOf(repository, name)) === image.root.digest) return;
      await Promise.all(image.blobs.map((blob) => uploadOnce(repository, blob)));
      await Promise.all(image.children.map((child) => putManifest(send, base, repository, child.digest, child)));
      await putManifest(send, base, repository, name, image.root);
    },
    close: () => agent.destroy(),
  };
}
