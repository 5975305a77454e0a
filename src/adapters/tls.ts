import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { ClientCertificate, NetworkSettings } from '../domain/network.ts';
import { MirrorError } from '../errors.ts';
import { settingsOf } from './host-settings.ts';
import type { Environment } from './proxies.ts';

function unusable(what: string, file: string, why: string, cause: unknown): MirrorError {
  return new MirrorError(`${what} ${file} ${why}`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: `name a readable PEM file for ${what}`,
    cause,
  });
}

function readPem(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unusable(what, file, 'cannot be read', cause);
  }
}

/** The certificates of a PEM file, each as its text. Throws INPUT_INVALID when it cannot be read, or holds none or a broken one. */
export function readCertificates(what: string, file: string): readonly string[] {
  const blocks = readPem(what, file).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw unusable(what, file, 'holds no certificate', undefined);
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw unusable(what, file, 'holds a broken certificate', cause);
    }
  }
  return blocks;
}

function secureContext(ca: readonly string[], client: ClientCertificate | undefined): SecureContext {
  if (client === undefined) return createSecureContext({ ca: [...ca] });
  const pair = { cert: readPem('client certificate', client.certFile), key: readPem('client key', client.keyFile) };
  try {
    return createSecureContext({ ca: [...ca], ...pair });
  } catch (cause) {
    throw unusable('client certificate', client.certFile, `is broken or does not fit the key ${client.keyFile}`, cause);
  }
}

/** Whom to trust, and with which certificate to answer, for each host. */
export interface Trust {
  /** The TLS context for a host; made once for hosts of equal settings. Throws INPUT_INVALID when a file of the host is unusable. */
  contextFor(host: string): SecureContext;
}

/**
 * The certificates trusted: those of Node and of the system, or SSL_CERT_FILE in their place; beside them
 * NODE_EXTRA_CA_CERTS, `--ca-file` and the host's own `caFile`. Every named file is read at once, so that a wrong name is
 * reported before anything is fetched.
 *
 * @throws MirrorError INPUT_INVALID for a file that cannot be read or holds no certificate.
 */
export function createTrust(settings: NetworkSettings, env: Environment): Trust {
  const replacing = env.SSL_CERT_FILE ? readCertificates('SSL_CERT_FILE', env.SSL_CERT_FILE) : undefined;
  const extra = env.NODE_EXTRA_CA_CERTS ? readCertificates('NODE_EXTRA_CA_CERTS', env.NODE_EXTRA_CA_CERTS) : [];
  const named = settings.caFile === undefined ? [] : readCertificates('--ca-file', settings.caFile);
  const ofHost = new Map<string, readonly string[]>();
  for (const host of settings.hosts.values()) {
    if (host.caFile !== undefined) ofHost.set(host.caFile, readCertificates('ca of a host', host.caFile));
    if (host.clientCertificate !== undefined) secureContext([], host.clientCertificate);
  }
  const contexts = new Map<string, SecureContext>();
  let shared: readonly string[] | undefined;

  function sharedCertificates(): readonly string[] {
    if (shared !== undefined) return shared;
    const trusted = replacing ?? [...getCACertificates('default'), ...getCACertificates('system')];
    shared = [...new Set([...trusted, ...extra, ...named])];
    return shared;
  }

  function contextFor(host: string): SecureContext {
    const own = settingsOf(settings, host);
    const key = JSON.stringify([own?.caFile, own?.clientCertificate]);
    const known = contexts.get(key);
    if (known !== undefined) return known;
    const ca = [...sharedCertificates(), ...(own?.caFile === undefined ? [] : (ofHost.get(own.caFile) ?? []))];
    const context = secureContext(ca, own?.clientCertificate);
    contexts.set(key, context);
    return context;
  }

  return { contextFor };
}
