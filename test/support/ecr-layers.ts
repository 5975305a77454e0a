import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Sends bytes, or the one range of them that was asked for (RFC 9110, 14). */
export function sendRange(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const common = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', ...headers };
  if (first === '' && last === '') {
    response.writeHead(200, { ...common, 'content-length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
    return;
  }
  const start = first === '' ? Math.max(bytes.length - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? bytes.length - 1 : Math.min(Number(last), bytes.length - 1);
  if (start > end) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}`, 'content-length': 0 }).end();
    return;
  }
  const range = { 'content-range': `bytes ${start}-${end}/${bytes.length}`, 'content-length': end - start + 1 };
  response.writeHead(206, { ...common, ...range });
  response.end(bytes.subarray(start, end + 1));
}

/** Where the bytes of layers are handed out without a login, at addresses that only the registry knows. */
export interface LayerBucket {
  /** The path and query at which bytes can be had from now on. */
  offer(digest: string, bytes: Buffer): string;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** The path below which everything of the bucket is. */
export const LAYERS_PATH = '/starport-layers/';

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length });
  response.end(body);
}

/** Makes a bucket that behaves as S3 does with presigned addresses: a second way to log in is refused (S3 API, `InvalidArgument`). */
export function createLayerBucket(): LayerBucket {
  const offered = new Map<string, Buffer>();
  const addresses = new Map<string, string>();
  return {
    offer(digest, bytes) {
      const known = addresses.get(digest);
      if (known !== undefined) return known;
      const path = `${LAYERS_PATH}${randomBytes(8).toString('hex')}/${digest}?X-Amz-Signature=${randomBytes(32).toString('hex')}`;
      offered.set(path, bytes);
      addresses.set(digest, path);
      return path;
    },
    handle(request, response) {
      const bytes = offered.get(request.url ?? '');
      if (request.headers.authorization !== undefined) refuse(response, 400, 'InvalidArgument');
      else if (bytes === undefined || request.method !== 'GET') refuse(response, 403, 'AccessDenied');
      else sendRange(request, response, bytes, {});
    },
  };
}
