import type { Digest } from '../reference.ts';
import { field, objectIn, SIGN_PREDICATE } from './claims.ts';

/** What was signed. Whether it says what it has to is to be looked at, beside the signature itself. */
export type SignedContent =
  /** The JSON of cosign's first form. */
  | { readonly kind: 'payload'; readonly bytes: Uint8Array }
  /** What an envelope holds (DSSE v1). */
  | { readonly kind: 'envelope'; readonly type: string; readonly bytes: Uint8Array }
  /** The bytes of the image's manifest themselves; the digest is what the bundle says of them. */
  | { readonly kind: 'manifest'; readonly digest: Uint8Array };

// sigstore/cosign specs/SIGNATURE_SPEC.md, "Payload"
const PAYLOAD_TYPE = 'cosign container image signature';
// in-toto/attestation spec/v1/envelope.md and statement.md
const STATEMENT_TYPE = 'application/vnd.in-toto+json';
const STATEMENT = /^https:\/\/in-toto\.io\/Statement\/v(?:0\.1|1)$/;

function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

function payloadComplaint(bytes: Uint8Array, subject: Digest): string | undefined {
  const critical = field(objectIn(bytes), 'critical');
  const named = field(critical, 'image')['docker-manifest-digest'];
  if (critical.type !== PAYLOAD_TYPE) return 'its payload is none of a signature of an image';
  return named === subject ? undefined : `its payload names another digest, ${String(named)}`;
}

function statementComplaint(type: string, bytes: Uint8Array, subject: Digest): string | undefined {
  const { _type, predicateType, subject: subjects } = objectIn(bytes);
  if (type !== STATEMENT_TYPE || typeof _type !== 'string' || !STATEMENT.test(_type))
    return 'it holds no statement about an image';
  if (predicateType !== SIGN_PREDICATE) return attestation(String(predicateType));
  const digests = (Array.isArray(subjects) ? subjects : []).map((one: unknown) =>
    typeof one === 'object' && one !== null ? field({ ...one }, 'digest').sha256 : undefined,
  );
  if (digests.includes(hexOf(subject))) return undefined;
  return `its statement names another digest, sha256:${String(digests[0])}`;
}

/** Why a statement of another kind does not count. */
export function attestation(predicate: string): string {
  return `it is an attestation (${predicate}), and no signature of the image`;
}

/**
 * Why content is no signature of a manifest, whoever has signed it; undefined when it is one. Attestations are none: they say
 * something about an image, and not that it is good.
 */
export function contentComplaint(content: SignedContent, subject: Digest): string | undefined {
  switch (content.kind) {
    case 'payload':
      return payloadComplaint(content.bytes, subject);
    case 'envelope':
      return statementComplaint(content.type, content.bytes, subject);
    case 'manifest': {
      const named = `sha256:${Buffer.from(content.digest).toString('hex')}`;
      return named === subject ? undefined : `it is for another digest, ${named}`;
    }
  }
}

/** The bytes that are signed for an envelope: DSSE v1, "PAE". */
export function envelopeBytes(type: string, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${bytes.length} `), bytes]);
}
