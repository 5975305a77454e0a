import { Readable } from 'node:stream';
import { parseDigest } from '../domain/reference.ts';
import type { Contents } from '../ports/contents.ts';
import { notInFile } from './files/file-blobs.ts';
import { passError, type RelayExchange, refuse, streamBody } from './relay-answers.ts';
import type { RelayBlobs } from './relay-source.ts';

/** The byte that a request wants to begin with; undefined for the whole. */
function wantedStart({ request }: RelayExchange): number | undefined {
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  return start === undefined ? undefined : Number(start);
}

/** The blobs of the source side out of a file. */
export function createFileBlobs(contents: Contents): RelayBlobs {
  return async (exchange, _, text) => {
    const digest = parseDigest(text);
    const size = digest === undefined ? undefined : await contents.size(digest);
    if (digest === undefined || size === undefined)
      return passError(exchange, 'source', 'the file', notInFile(text), false);
    const from = wantedStart(exchange);
    if (from !== undefined && from >= size) return refuse(exchange, 416, 'UNSUPPORTED', 'it is not that long');
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(size - (from ?? 0)),
      'docker-content-digest': digest,
      'accept-ranges': 'bytes',
      ...(from === undefined ? {} : { 'content-range': `bytes ${from}-${size - 1}/${size}` }),
    };
    exchange.response.writeHead(from === undefined ? 200 : 206, headers);
    if (exchange.request.method === 'HEAD') {
      exchange.response.end();
      return;
    }
    const body = Readable.from(contents.open(digest, from ?? 0));
    const expected = from === undefined ? digest : undefined;
    await streamBody(exchange, body, { side: 'source', host: 'the file', expected }, exchange.job.spec.onBytes);
  };
}
