import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { EcrFault } from './ecr-faults.ts';
import type { EcrService } from './ecr-hosts.ts';
import type { EcrPrincipal } from './ecr-principals.ts';

/** A request to the API as it arrived. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Who signed it, and for which region. */
export interface Signer {
  readonly principal: EcrPrincipal;
  readonly region: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([a-f0-9]{64})$/;
/** How far the clocks may be apart, in milliseconds (IAM user guide, "AWS Signature Version 4"). */
const SKEW = 15 * 60 * 1000;

function hex(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function headerText(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ');
}

function signature(request: SignedRequest, secret: string, scope: readonly string[], signed: string): string {
  const [date = '', region = '', service = ''] = scope;
  const [path = '/', query = ''] = request.path.split('?');
  const headers = signed.split(';').map((name) => `${name}:${headerText(request.headers, name)}\n`);
  const canonical = [request.method, path, query, headers.join(''), signed, hex(request.body)].join('\n');
  const time = headerText(request.headers, 'x-amz-date');
  const toSign = ['AWS4-HMAC-SHA256', time, `${date}/${region}/${service}/aws4_request`, hex(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, date));
  return hmac(key, toSign).toString('hex');
}

function timeOf(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/**
 * Checks a Signature Version 4 as the API does, and says who made it. `region` is that of the endpoint; on loopback it is
 * undefined, and the scope decides. Sources: IAM user guide, "Create a signed AWS API request"; the names and texts of the
 * refusals are those of the common errors of the ECR API reference.
 *
 * @throws EcrFault
 */
export function checkSignature(
  request: SignedRequest,
  known: readonly EcrPrincipal[],
  place: { readonly service: EcrService; readonly region: string | undefined },
  now: Date,
): Signer {
  const authorization = request.headers.authorization;
  if (authorization === undefined) {
    throw new EcrFault('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [, id, date, region, service, signed, given] = AUTHORIZATION.exec(authorization) ?? [];
  if (!id || !date || !region || !service || !signed || !given) {
    throw new EcrFault('IncompleteSignatureException', 'The request signature does not conform to AWS standards.');
  }
  if (service !== place.service) {
    throw new EcrFault(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${place.service}'.`,
    );
  }
  if (place.region !== undefined && region !== place.region) {
    throw new EcrFault('InvalidSignatureException', `Credential should be scoped to a valid region, not '${region}'.`);
  }
  const token = request.headers['x-amz-security-token'];
  const principal = known.find((one) => one.accessKeyId === id);
  if (principal === undefined || principal.sessionToken !== token) {
    throw new EcrFault('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  const names = signed.split(';');
  const wanted = ['host', 'x-amz-date', 'x-amz-target', ...(token === undefined ? [] : ['x-amz-security-token'])];
  const time = timeOf(headerText(request.headers, 'x-amz-date'));
  if (!(Math.abs(now.getTime() - time) <= SKEW)) {
    throw new EcrFault('InvalidSignatureException', 'Signature expired');
  }
  const expected = signature(request, principal.secretAccessKey, [date, region, service], signed);
  const equal = timingSafeEqual(Buffer.from(expected), Buffer.from(given));
  if (!equal || !wanted.every((name) => names.includes(name))) {
    const why = 'The request signature we calculated does not match the signature you provided.';
    throw new EcrFault('InvalidSignatureException', `${why} Check your AWS Secret Access Key and signing method.`);
  }
  return { principal, region };
}
