import { createHash, X509Certificate } from 'node:crypto';
import { BUNDLE_V01_MEDIA_TYPE, type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { field, objectIn } from '../../domain/signatures/claims.ts';
import type { SimpleSignature } from '../../ports/signatures.ts';

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** An entry of a log as cosign writes it beside a signature (sigstore/cosign specs/SIGNATURE_SPEC.md, "Transparency Log"). */
function entryFrom(text: string): object {
  const said = objectIn(Buffer.from(text));
  const { body, integratedTime, logIndex, logID } = field(said, 'Payload');
  const { kind, apiVersion } = objectIn(Buffer.from(String(body), 'base64'));
  return {
    logIndex: String(logIndex),
    logId: { keyId: base64(Buffer.from(String(logID), 'hex')) },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: said.SignedEntryTimestamp },
    canonicalizedBody: body,
  };
}

function timestampFrom(text: string): object {
  return { signedTimestamp: objectIn(Buffer.from(text)).SignedRFC3161Timestamp };
}

/**
 * The same signature as a bundle of sigstore. The certificate's chain is left behind: only the trust root says who is believed.
 *
 * @throws Error for annotations that do not hold what they should.
 */
export function simpleBundle({ payload, signature, entry, timestamp }: SimpleSignature, certificate: string): Bundle {
  return bundleFromJSON({
    mediaType: BUNDLE_V01_MEDIA_TYPE,
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: base64(new X509Certificate(certificate).raw) }] },
      tlogEntries: entry === undefined ? [] : [entryFrom(entry)],
      timestampVerificationData: { rfc3161Timestamps: timestamp === undefined ? [] : [timestampFrom(timestamp)] },
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(payload).digest('base64') },
      signature,
    },
  });
}
