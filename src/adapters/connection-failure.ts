import { oneLine } from '../errors.ts';

/** That a host gave no whole answer. `message` is the reason in a few words, without the host. */
export class ConnectionFailure extends Error {
  readonly host: string;
  /** Whether the same request may well succeed a moment later. */
  readonly transient: boolean;
  /** Whether it took minutes to find out: the host keeps a connection, and says nothing. */
  readonly silent: boolean;
  readonly hint: string;

  constructor(
    reason: string,
    details: { host: string; transient: boolean; silent?: boolean; hint: string; cause?: unknown },
  ) {
    super(reason, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ConnectionFailure';
    this.host = details.host;
    this.transient = details.transient;
    this.silent = details.silent ?? false;
    this.hint = details.hint;
  }
}

interface Row {
  readonly reason: string;
  readonly transient: boolean;
  readonly silent?: true;
  readonly hint: (host: string) => string;
}

function checkNetwork(host: string): string {
  return `check that ${host} is up and reachable from here, and the proxy variables`;
}

function tlsRow(reason: string): Row {
  return {
    reason,
    transient: false,
    hint: (host) =>
      `give the authority that signed the certificate of ${host} with --ca-file, or as ca of this host in the configuration`,
  };
}

const UNTRUSTED = tlsRow('its certificate is signed by an authority that is not trusted');
const RESET: Row = {
  reason: 'the connection was closed before the answer was whole',
  transient: true,
  hint: checkNetwork,
};
const NOT_HTTP: Row = {
  reason: 'it does not speak HTTP as expected',
  transient: false,
  hint: (host) => `check the port of ${host}, and whether it needs --plain-http`,
};
const NO_TLS: Row = {
  reason: 'it does not speak TLS',
  transient: false,
  hint: (host) => `if ${host} serves plain HTTP, add --plain-http ${host}`,
};

// Node's system error names, OpenSSL's verification names as node:tls gives them, and undici's own codes.
const ROWS: Readonly<Record<string, Row>> = {
  ECONNREFUSED: { reason: 'the connection was refused', transient: true, hint: checkNetwork },
  ENOTFOUND: {
    reason: 'the host name is unknown',
    transient: false,
    hint: (host) => `check the spelling of ${host}, the name server and the proxy variables`,
  },
  EAI_AGAIN: { reason: 'the host name could not be looked up', transient: true, hint: checkNetwork },
  EHOSTUNREACH: { reason: 'there is no route to it', transient: true, hint: checkNetwork },
  ENETUNREACH: { reason: 'there is no route to its network', transient: true, hint: checkNetwork },
  ETIMEDOUT: { reason: 'the connection timed out', transient: true, hint: checkNetwork },
  UND_ERR_CONNECT_TIMEOUT: { reason: 'no connection came about in time', transient: true, hint: checkNetwork },
  UND_ERR_HEADERS_TIMEOUT: { reason: 'it did not answer in time', transient: true, silent: true, hint: checkNetwork },
  UND_ERR_BODY_TIMEOUT: {
    reason: 'it stopped sending in the middle of an answer',
    transient: true,
    silent: true,
    hint: checkNetwork,
  },
  ECONNRESET: RESET,
  EPIPE: RESET,
  UND_ERR_SOCKET: RESET,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: RESET,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_HAS_EXPIRED: {
    ...UNTRUSTED,
    reason: 'its certificate has expired',
    hint: (host) => `renew the certificate of ${host}`,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'its certificate is for another name',
    transient: false,
    hint: (host) => `reach it under a name of its certificate, or give ${host} a certificate with that name`,
  },
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  UND_ERR_HEADERS_OVERFLOW: NOT_HTTP,
};

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  return error.code;
}

/** The first error on the chain of causes (and of tried addresses) whose code is known. */
function known(error: unknown, depth = 0): Row | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const row = ROWS[codeOf(error)];
  if (row !== undefined) return row;
  const tried = error instanceof AggregateError ? error.errors : [];
  for (const inner of [error.cause, ...tried]) {
    const found = known(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What went wrong while talking to a host, from whatever the transport threw. Failures of the proxy are told apart, since
 * the host is then not to blame.
 */
export function connectionFailure(error: unknown, host: string, proxy: URL | undefined): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  const refusal = /Proxy response \((\d{3})\)/.exec(text)?.[1];
  if (refusal !== undefined || /Proxy Authentication Required/.test(text)) {
    const status = refusal ?? '407';
    const hint =
      status === '407'
        ? 'the proxy asks for a user and password: write them in HTTPS_PROXY'
        : `ask who runs the proxy about ${host}, or add it to NO_PROXY`;
    const reason = `the proxy ${proxy?.host ?? ''} answered ${status}`;
    return new ConnectionFailure(reason, { host, transient: /^50[234]$/.test(status), hint, cause: error });
  }
  const row = known(error) ?? (codeOf(error).startsWith('HPE_') ? NOT_HTTP : undefined);
  const through = proxy === undefined ? '' : ` (through the proxy ${proxy.host})`;
  if (row === undefined) {
    const code = codeOf(error);
    const tls = code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
    const reason = `${tls ? 'TLS failed: ' : ''}${oneLine(text)}${through}`;
    return new ConnectionFailure(reason, { host, transient: !tls, hint: checkNetwork(host), cause: error });
  }
  return new ConnectionFailure(`${row.reason}${through}`, {
    host,
    transient: row.transient,
    silent: row.silent === true,
    hint: row.hint(host),
    cause: error,
  });
}
