import { randomBytes } from 'node:crypto';
import type { EcrService } from './ecr-hosts.ts';

/** Somebody with an access key. Keys of roles have a session token as well. */
export interface EcrPrincipal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly account: string;
  /** As refusals name it. */
  readonly arn: string;
}

/** What is known of a password. */
export type TokenState =
  | { readonly kind: 'valid'; readonly principal: EcrPrincipal; readonly region: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' };

/** A token as it is handed out. `password` is what comes after `AWS:`. */
export interface IssuedToken {
  readonly password: string;
  readonly expiresAt: Date;
}

/** The registry logins that were handed out. */
export interface EcrTokens {
  issue(service: EcrService, principal: EcrPrincipal, region: string): IssuedToken;
  stateOf(service: EcrService, password: string): TokenState;
  /** How long tokens live from now on, in milliseconds; twelve hours at first (client-ecr, `AuthorizationData.expiresAt`). */
  setLife(milliseconds: number): void;
  /** Ends all tokens that are out. */
  expireAll(): void;
  /** How many were handed out. */
  issued(): number;
}

const TWELVE_HOURS = 12 * 60 * 60 * 1000;

/** Makes a principal with random keys. `role` adds a session token. */
export function createPrincipal(account: string, kind: 'user' | 'role' = 'role'): EcrPrincipal {
  const id = randomBytes(8).toString('hex').toUpperCase();
  return {
    accessKeyId: `${kind === 'role' ? 'ASIA' : 'AKIA'}${id}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
    sessionToken: kind === 'role' ? randomBytes(300).toString('base64') : undefined,
    account,
    arn: kind === 'role' ? `arn:aws:sts::${account}:assumed-role/mirror/tests` : `arn:aws:iam::${account}:user/mirror`,
  };
}

/** The variables by which the SDK finds a principal's keys. */
export function principalEnv(principal: EcrPrincipal): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = principal;
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}

/** A password as long as a real one, and of its form: base64 of JSON. */
function password(expiresAt: Date): string {
  const content = {
    payload: randomBytes(900).toString('base64'),
    datakey: randomBytes(180).toString('base64'),
    version: '2',
    type: 'DATA_KEY',
    expiration: Math.floor(expiresAt.getTime() / 1000),
  };
  return Buffer.from(JSON.stringify(content)).toString('base64');
}

/** Makes a list of tokens, empty. `onIssue` hears of each password before it is handed out. */
export function createEcrTokens(now: () => Date, onIssue: (password: string) => void): EcrTokens {
  const tokens = new Map<string, { principal: EcrPrincipal; region: string; expiresAt: Date; service: EcrService }>();
  let life = TWELVE_HOURS;
  let count = 0;
  return {
    issue(service, principal, region) {
      const expiresAt = new Date(now().getTime() + life);
      const issued = password(expiresAt);
      count += 1;
      onIssue(issued);
      tokens.set(issued, { principal, region, expiresAt, service });
      return { password: issued, expiresAt };
    },
    stateOf(service, presented) {
      const token = tokens.get(presented);
      if (token === undefined || token.service !== service) return { kind: 'unknown' };
      if (token.expiresAt.getTime() <= now().getTime()) return { kind: 'expired' };
      return { kind: 'valid', principal: token.principal, region: token.region };
    },
    setLife(milliseconds) {
      life = milliseconds;
    },
    expireAll() {
      for (const token of tokens.values()) token.expiresAt = new Date(0);
    },
    issued: () => count,
  };
}
