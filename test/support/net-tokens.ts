import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NetHost } from './net-host.ts';
import type { NetMachine, Secret } from './net-machine.ts';
import { basicAuthorization } from './synthetic-images.ts';

/** A token server for one login at a time. */
export interface TokenServer {
  /** Gives a token to the login, and 401 to everybody else. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  /** Makes a host ask for the tokens that `realm`, a host name, gives for a login. */
  protect(host: NetHost, realm: string, login: Secret, machine: NetMachine): void;
}

/** Makes a token server that knows nobody yet. Its tokens are secrets too. */
export function createTokenServer(): TokenServer {
  let expected: string | undefined;
  let token = '';
  return {
    answer(request, response) {
      const right = expected !== undefined && request.headers.authorization === expected;
      response.writeHead(right ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(right ? { token, expires_in: 300 } : { details: 'who are you' }));
    },
    protect(host, realm, login, machine) {
      expected = basicAuthorization(login.user, login.password);
      token = machine.guard({ user: '', password: `token-of-${login.user}` }).password;
      host.protect({ kind: 'bearer', realm: `https://${realm}/token`, service: host.name, token });
    },
  };
}
