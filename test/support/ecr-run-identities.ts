import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { EcrPrincipal } from './ecr-principals.ts';
import { listening } from './listening.ts';

/** A server on loopback that gives out the keys of somebody. */
export interface IdentityServer {
  readonly url: string;
  /** `method path` of all requests, and the body where there is one. */
  requests(): readonly string[];
  stop(): Promise<void>;
}

async function serve(
  answer: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<IdentityServer> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    requests.push([request.method, request.url, body].join(' ').trimEnd());
    answer(request, body, response);
  });
  const { url } = await listening(server);
  return {
    url,
    requests: () => [...requests],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

/** The endpoint for containers: it gives keys to whoever sends `authorization` (sdkref/latest/guide/feature-container-credentials.html). */
export function startContainerCredentials(principal: EcrPrincipal, authorization: string): Promise<IdentityServer> {
  return serve((request, _body, response) => {
    const isKnown = request.headers.authorization === authorization;
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = principal;
    response.end(isKnown ? JSON.stringify({ AccessKeyId, SecretAccessKey, Token, Expiration: inAnHour() }) : '{}');
  });
}

/** AssumeRoleWithWebIdentity of STS, for whoever has the right token of an identity provider (STS API reference). */
export function startWebIdentity(principal: EcrPrincipal, token: string): Promise<IdentityServer> {
  return serve((_request, body, response) => {
    const form = new URLSearchParams(body);
    const isKnown = form.get('Action') === 'AssumeRoleWithWebIdentity' && form.get('WebIdentityToken') === token;
    response.writeHead(isKnown ? 200 : 400, { 'content-type': 'text/xml' });
    const { accessKeyId, secretAccessKey, sessionToken = '', arn } = principal;
    const keys = [
      `<AccessKeyId>${accessKeyId}</AccessKeyId>`,
      `<SecretAccessKey>${secretAccessKey}</SecretAccessKey>`,
      `<SessionToken>${sessionToken}</SessionToken>`,
      `<Expiration>${inAnHour()}</Expiration>`,
    ].join('');
    const user = `<AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>AROA:tests</AssumedRoleId></AssumedRoleUser>`;
    const result = `<AssumeRoleWithWebIdentityResult><Credentials>${keys}</Credentials>${user}</AssumeRoleWithWebIdentityResult>`;
    const space = 'https://sts.amazonaws.com/doc/2011-06-15/';
    response.end(
      isKnown
        ? `<AssumeRoleWithWebIdentityResponse xmlns="${space}">${result}</AssumeRoleWithWebIdentityResponse>`
        : `<ErrorResponse xmlns="${space}"><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>`,
    );
  });
}
