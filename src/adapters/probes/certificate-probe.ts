import { X509Certificate } from 'node:crypto';
import type { Finding } from '../../domain/doctor/finding.ts';
import { type CertificateFile, judgeCertificates } from '../../domain/doctor/judge-certificates.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import type { Environment } from '../proxies.ts';
import { readCertificates } from '../tls.ts';

/**
 * The certificates that variables, flags and settings name, and whether they are valid now.
 *
 * @throws MirrorError INPUT_INVALID for a file that cannot be read or holds no certificate.
 */
export function probeCertificates(settings: NetworkSettings, env: Environment, now: Date): readonly Finding[] {
  const read = (what: string, file: string | undefined, purpose: CertificateFile['purpose']): CertificateFile[] => {
    if (file === undefined || file === '') return [];
    const certificates = readCertificates(what, file).map((block) => {
      const { subject, validFrom, validTo } = new X509Certificate(block);
      return { subject: subject.replaceAll('\n', ', '), from: new Date(validFrom), to: new Date(validTo) };
    });
    return [{ what, file, purpose, certificates }];
  };
  const files = [
    ...read('SSL_CERT_FILE', env.SSL_CERT_FILE, 'replaces'),
    ...read('NODE_EXTRA_CA_CERTS', env.NODE_EXTRA_CA_CERTS, 'trust'),
    ...read('--ca-file', settings.caFile, 'trust'),
    ...[...settings.hosts].flatMap(([host, { caFile, clientCertificate }]) => [
      ...read(`ca of ${host}`, caFile, 'trust'),
      ...read(`client certificate for ${host}`, clientCertificate?.certFile, 'client'),
    ]),
  ];
  return judgeCertificates(files, now);
}
