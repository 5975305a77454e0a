import type { ServerResponse } from 'node:http';
import { EcrFault } from './ecr-faults.ts';

/** How the data plane words the refusals of the API: status and OCI code. */
const CODES: Readonly<Record<string, readonly [status: number, code: string]>> = {
  // starter-workflows#2647
  RepositoryNotFoundException: [404, 'NAME_UNKNOWN'],
  // kaniko#204, moby/buildkit#3776
  ImageTagAlreadyExistsException: [400, 'TAG_INVALID'],
  // google/go-containerregistry#1568
  ImageDigestDoesNotMatchException: [400, 'MANIFEST_INVALID'],
  // codes of the distribution-spec ("Error Codes"); ECR's own for these are not documented
  LayersNotFoundException: [404, 'BLOB_UNKNOWN'],
  ReferencedImagesNotFoundException: [404, 'MANIFEST_UNKNOWN'],
  ImageNotFoundException: [404, 'MANIFEST_UNKNOWN'],
  LayerInaccessibleException: [404, 'BLOB_UNKNOWN'],
  UploadNotFoundException: [404, 'BLOB_UPLOAD_UNKNOWN'],
  InvalidLayerException: [400, 'DIGEST_INVALID'],
  InvalidLayerPartException: [416, 'RANGE_INVALID'],
  // chainguard-dev/apko#450, opcr-io/policy#149
  InvalidParameterException: [405, 'UNSUPPORTED'],
  InvalidNameException: [400, 'NAME_INVALID'],
  // userguide/common-errors-docker.html: "TOOMANYREQUESTS: Rate exceeded"
  ThrottlingException: [429, 'TOOMANYREQUESTS'],
  // aws-actions/amazon-ecr-login#232; containers-roadmap#2159 for the limit
  AccessDeniedException: [403, 'DENIED'],
  LimitExceededException: [403, 'DENIED'],
  // go-containerregistry#1091: n of more than 1000
  PageTooLargeException: [405, 'UNSUPPORTED'],
  // userguide/image-artifact-delete.html
  ImageReferencedByManifestList: [405, 'UNSUPPORTED'],
  InvalidTagException: [400, 'TAG_INVALID'],
  UnsupportedException: [405, 'UNSUPPORTED'],
};

/** Sends an answer with JSON, or the headers alone when `head` is set. */
export function sendJson(
  response: ServerResponse,
  status: number,
  content: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(content);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Sends headers without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  response.writeHead(status, { ...headers, 'content-length': '0' });
  response.end();
}

/** Sends a refusal in OCI's form. */
export function sendRefusal(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { errors: [{ code, message }] });
}

/** Sends what the API would have thrown. */
export function sendFault(response: ServerResponse, fault: EcrFault): void {
  const known = CODES[fault.code];
  if (known === undefined) throw new Error(`no code of the data plane for ${fault.code}: ${fault.message}`);
  sendRefusal(response, known[0], known[1], fault.message);
}

/** A fault that only the data plane has. */
export function unsupported(message: string): EcrFault {
  return new EcrFault('UnsupportedException', message);
}
