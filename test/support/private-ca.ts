import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireTool } from './tools.ts';

/** A certificate with its key, both PEM texts. */
interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that nobody else trusts. It is on disk until `remove`. */
export interface PrivateCa {
  /** PEM text of the authority's own certificate, and the file that holds it. */
  readonly cert: string;
  readonly certFile: string;
  /** Issues a certificate for host names and IP addresses; for servers, or with `client` for mutual TLS. */
  issue(names: readonly string[], purpose?: 'server' | 'client'): Promise<Certificate>;
  remove(): Promise<void>;
}

const run = promisify(execFile);

function openssl(directory: string, argv: readonly string[]): Promise<unknown> {
  return run(requireTool('openssl'), [...argv], { cwd: directory });
}

function authorityConfiguration(): string {
  return [
    '[req]',
    'distinguished_name = name',
    'x509_extensions = authority',
    'prompt = no',
    '[name]',
    'CN = test authority',
    '[authority]',
    'basicConstraints = critical, CA:TRUE',
    'keyUsage = critical, keyCertSign, cRLSign',
    'subjectKeyIdentifier = hash',
    '',
  ].join('\n');
}

function leafExtensions(names: readonly string[], purpose: 'server' | 'client'): string {
  const alternatives = names.map((name) => (/^[0-9.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`));
  return [
    'basicConstraints = critical, CA:FALSE',
    'keyUsage = critical, digitalSignature',
    `extendedKeyUsage = ${purpose === 'server' ? 'serverAuth' : 'clientAuth'}`,
    `subjectAltName = ${alternatives.join(', ')}`,
    '',
  ].join('\n');
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes a certificate authority with `openssl`, valid for two days. Needs `skipReason(['openssl'])` to be undefined. */
export async function createPrivateCa(): Promise<PrivateCa> {
  const directory = await mkdtemp(join(tmpdir(), 'private-ca-'));
  await writeFile(join(directory, 'ca.cnf'), authorityConfiguration());
  const output = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2'];
  await openssl(directory, ['req', '-x509', '-config', 'ca.cnf', ...NEW_KEY, ...output]);
  const certFile = join(directory, 'ca.pem');
  let issued = 0;
  return {
    cert: await readFile(certFile, 'utf8'),
    certFile,
    async issue(names, purpose = 'server') {
      issued += 1;
      const leaf = `leaf-${issued}`;
      await writeFile(join(directory, `${leaf}.ext`), leafExtensions(names, purpose));
      const wanted = ['-config', 'ca.cnf', '-subj', `/CN=${names[0] ?? leaf}`];
      await openssl(directory, ['req', '-new', ...wanted, ...NEW_KEY, '-keyout', `${leaf}.key`, '-out', `${leaf}.csr`]);
      const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(1000 + issued), '-days', '2'];
      const files = ['-in', `${leaf}.csr`, '-out', `${leaf}.pem`, '-extfile', `${leaf}.ext`];
      await openssl(directory, ['x509', '-req', ...files, ...signer]);
      const [cert, key] = await Promise.all(
        ['pem', 'key'].map((end) => readFile(join(directory, `${leaf}.${end}`), 'utf8')),
      );
      return { cert: cert ?? '', key: key ?? '' };
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
