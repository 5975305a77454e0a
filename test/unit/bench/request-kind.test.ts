import { expect, it } from 'vitest';
import { type RequestKind, requestKind } from '../../bench/transfer/request-kind.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const MOUNT = `/v2/a/b/blobs/uploads/?mount=${DIGEST}&from=c/d`;

const CASES: readonly (readonly [string, string, number, RequestKind])[] = [
  ['GET', '/v2/', 401, 'ping'],
  ['GET', '/v2', 200, 'ping'],
  ['GET', '/token?service=registry&scope=repository:a/b:pull', 200, 'token'],
  ['POST', '/oauth2/token', 200, 'token'],
  ['HEAD', '/v2/a/b/manifests/1.0', 404, 'head manifest'],
  ['GET', `/v2/a/manifests/${DIGEST}`, 200, 'get manifest'],
  ['PUT', '/v2/a/b/manifests/1.0', 201, 'put manifest'],
  ['HEAD', `/v2/a/b/blobs/${DIGEST}`, 200, 'head blob'],
  ['GET', `/v2/a/b/blobs/${DIGEST}`, 307, 'get blob'],
  ['POST', '/v2/a/b/blobs/uploads/', 202, 'post upload'],
  ['POST', MOUNT, 201, 'post mount, mounted'],
  ['POST', MOUNT, 202, 'post mount, not mounted'],
  ['POST', MOUNT, 403, 'post mount, not mounted'],
  ['PATCH', '/v2/a/b/blobs/uploads/1f-2e?_state=x', 202, 'patch upload'],
  ['PUT', `/v2/a/b/blobs/uploads/1f-2e?digest=${DIGEST}`, 201, 'put upload'],
  ['GET', '/v2/a/b/blobs/uploads/1f-2e', 204, 'get upload'],
  ['GET', '/v2/a/b/tags/list?n=100', 200, 'tags'],
  ['GET', `/v2/a/b/referrers/${DIGEST}?artifactType=x`, 200, 'referrers'],
  // names of repositories that look like something else
  ['HEAD', '/v2/manifests/blobs/manifests/1', 200, 'head manifest'],
  ['GET', `/v2/auth/token/blobs/${DIGEST}`, 200, 'get blob'],
  ['DELETE', '/v2/a/b/manifests/1', 202, 'other'],
  ['GET', '/v2/_catalog', 200, 'other'],
  ['GET', '/', 200, 'other'],
];

it.each(CASES)('%s %s, answered with %i, is %s', (method, path, status, kind) => {
  expect(requestKind(method, path, status)).toBe(kind);
});
