import type { SignedContent } from '../domain/signatures/content.ts';
import type { Signer } from '../domain/signatures/policy.ts';

/** A signature of cosign's first form, with its payload. */
export interface SimpleSignature {
  readonly payload: Uint8Array;
  /** Base64. */
  readonly signature: string;
  readonly certificate: string | undefined;
  readonly entry: string | undefined;
  readonly timestamp: string | undefined;
}

/** Whether a signature is good, and whose it is; or why not, in a few words. */
export type Verification =
  | { readonly kind: 'signed'; readonly by: Signer }
  | { readonly kind: 'unfit'; readonly reason: string };

/** A signature that was read. Its content is to be believed only when `verify` says so. */
export interface OpenSignature {
  readonly content: SignedContent;
  /** `manifest` is what was signed, where the content is `manifest`. */
  verify(manifest: Uint8Array): Verification;
}

/**
 * The cryptography of signatures, for one policy. A signature by a key needs no transparency log. One with a certificate needs a
 * time that the trust root vouches for and that the certificate was valid at, and everything else that the trust root has logs for.
 * Nothing is fetched, and nothing is thrown for what a signature holds.
 */
export interface SignatureVerifier {
  simple(signature: SimpleSignature): OpenSignature;
  bundle(bytes: Uint8Array): OpenSignature | Extract<Verification, { kind: 'unfit' }>;
}
