import { type Bundle, bundleFromJSON, isBundleWithPublicKey } from '@sigstore/bundle';
import { envelopeBytes, type SignedContent } from '../../domain/signatures/content.ts';
import { identityComplaint, type SignaturePolicy } from '../../domain/signatures/policy.ts';
import { MirrorError, oneLine } from '../../errors.ts';
import type { OpenSignature, SignatureVerifier, Verification } from '../../ports/signatures.ts';
import { type CheckCertificate, certificateCheck } from './certificates.ts';
import { keyFinder } from './keys.ts';
import { simpleBundle } from './simple-bundle.ts';

const NO_KEY_FITS = 'no given key fits: it is by another key, or was changed after it was signed';
const NO_CERTIFICATE = 'it has no certificate, and names nobody';

/** Why a text is no trust root; undefined when it is one. */
export function trustRootComplaint(text: string): string | undefined {
  try {
    certificateCheck(text);
    return undefined;
  } catch (error) {
    return oneLine(error instanceof Error ? error.message : String(error));
  }
}

function checkOf({ trustRoot }: SignaturePolicy): CheckCertificate | undefined {
  if (trustRoot === null) return undefined;
  try {
    return certificateCheck(trustRoot.text);
  } catch (cause) {
    const why = oneLine(cause instanceof Error ? cause.message : String(cause));
    throw new MirrorError(`${trustRoot.file} is no trust root of sigstore: ${why}`, {
      code: 'INPUT_INVALID',
      origin: 'input',
      hint: 'name a trusted_root.json',
      cause,
    });
  }
}

function contentOf(bundle: Bundle): { readonly content: SignedContent; readonly signature: Uint8Array } {
  if (bundle.content.$case === 'messageSignature') {
    const { messageDigest, signature } = bundle.content.messageSignature;
    return { content: { kind: 'manifest', digest: messageDigest.digest }, signature };
  }
  const { payloadType: type, payload: bytes, signatures } = bundle.content.dsseEnvelope;
  return { content: { kind: 'envelope', type, bytes }, signature: signatures[0]?.sig ?? new Uint8Array() };
}

/** What the bytes are that a signature over content is made for. */
function signedBytes(content: SignedContent, manifest: Uint8Array): Uint8Array {
  switch (content.kind) {
    case 'payload':
      return content.bytes;
    case 'envelope':
      return envelopeBytes(content.type, content.bytes);
    case 'manifest':
      return manifest;
  }
}

/**
 * Signatures by node's cryptography for keys, and by that of sigstore for certificates.
 *
 * @throws MirrorError INPUT_INVALID for a trust root that is none.
 */
export function createSignatureVerifier(policy: SignaturePolicy): SignatureVerifier {
  const findKey = keyFinder(policy.keys);
  const check = checkOf(policy);
  const { identity: rule } = policy;

  /** `bundle` makes the bundle with the certificate; undefined where there is none. */
  function judge(signed: Uint8Array, signature: Uint8Array, bundle: (() => Bundle) | undefined): Verification {
    const key = findKey(signed, signature);
    if (key !== undefined) return { kind: 'signed', by: { kind: 'key', key } };
    if (rule === null || check === undefined) return { kind: 'unfit', reason: NO_KEY_FITS };
    if (bundle === undefined) return { kind: 'unfit', reason: policy.keys.length > 0 ? NO_KEY_FITS : NO_CERTIFICATE };
    const certified = check(bundle(), signed);
    if (certified.kind === 'unfit') return certified;
    const { identity, issuer } = certified;
    const complaint = identityComplaint(rule, { identity, issuer });
    if (complaint !== undefined) return { kind: 'unfit', reason: complaint };
    return { kind: 'signed', by: { kind: 'identity', identity, issuer } };
  }

  function attempt(work: () => Verification): Verification {
    try {
      return work();
    } catch (error) {
      const why = oneLine(error instanceof Error ? error.message : String(error));
      return { kind: 'unfit', reason: `it cannot be read: ${why}` };
    }
  }

  return {
    simple(signature): OpenSignature {
      const { payload, certificate } = signature;
      const bundle = certificate === undefined ? undefined : () => simpleBundle(signature, certificate);
      return {
        content: { kind: 'payload', bytes: payload },
        verify: () => attempt(() => judge(payload, Buffer.from(signature.signature, 'base64'), bundle)),
      };
    },
    bundle(bytes) {
      let bundle: Bundle;
      try {
        bundle = bundleFromJSON(JSON.parse(Buffer.from(bytes).toString('utf8')));
      } catch (error) {
        const why = oneLine(error instanceof Error ? error.message : String(error));
        return { kind: 'unfit', reason: `it is no bundle of sigstore: ${why}` };
      }
      const { content, signature } = contentOf(bundle);
      const own = isBundleWithPublicKey(bundle) ? undefined : () => bundle;
      return {
        content,
        verify: (manifest) => attempt(() => judge(signedBytes(content, manifest), signature, own)),
      };
    },
  };
}
