import type { Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import type { CertifiedIdentity } from '../../domain/signatures/policy.ts';
import { oneLine } from '../../errors.ts';

/** Whom the certificate of a good signature names, or why it is not good. */
export type Certified =
  | ({ readonly kind: 'certified' } & CertifiedIdentity)
  | { readonly kind: 'unfit'; readonly reason: string };

/** Looks at a bundle that has a certificate. `signed` are the bytes that the signature is over, where the bundle lacks them. */
export type CheckCertificate = (bundle: Bundle, signed: Uint8Array) => Certified;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const isTimeless = error instanceof VerificationError && /^expected \d+ timestamps/.test(message);
  if (isTimeless) return 'nothing proves a time at which its certificate was valid';
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return `its certificate does not verify: ${oneLine(`${message}${why}`)}`;
}

/**
 * Reads a trust root of sigstore (sigstore/protobuf-specs, sigstore_trustroot.proto).
 *
 * @throws Error for a text that is none, or that names no authority for certificates.
 */
export function certificateCheck(text: string): CheckCertificate {
  const root = TrustedRoot.fromJSON(JSON.parse(text));
  if (root.certificateAuthorities.length === 0) throw new Error('it names no authority for certificates');
  const material = toTrustMaterial(root);
  // what the trust root has logs for must be in one
  const verifier = new Verifier(material, {
    timestampThreshold: 1,
    tlogThreshold: Math.min(root.tlogs.length, 1),
    ctlogThreshold: Math.min(root.ctlogs.length, 1),
  });
  return (bundle, signed) => {
    try {
      const { identity } = verifier.verify(toSignedEntity(bundle, Buffer.from(signed)));
      const name = identity?.subjectAlternativeName;
      const issuer = identity?.extensions?.issuer;
      if (name === undefined || issuer === undefined) return { kind: 'unfit', reason: 'its certificate names nobody' };
      return { kind: 'certified', identity: name, issuer };
    } catch (error) {
      return { kind: 'unfit', reason: reasonOf(error) };
    }
  };
}
