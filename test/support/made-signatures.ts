import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Digest } from '../../src/domain/reference.ts';
import { SIGN_PREDICATE } from '../../src/domain/signatures/claims.ts';
import { envelopeBytes } from '../../src/domain/signatures/content.ts';
import { type PolicyKey, type SignaturePolicy, trustRootOf } from '../../src/domain/signatures/policy.ts';
import { readPublicKey } from '../../src/domain/signatures/public-key.ts';

/** The kinds of keys that cosign signs with. */
export const KEY_KINDS = ['P-256', 'P-384', 'P-521', 'RSA', 'Ed25519'] as const;

type KeyKind = (typeof KEY_KINDS)[number];

/** A pair of keys. */
export interface MadeKey {
  readonly privateKey: KeyObject;
  readonly pem: string;
  /** As a policy names it. */
  readonly policyKey: PolicyKey;
}

function pairOf(kind: KeyKind): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  if (kind === 'RSA') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (kind === 'Ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: kind });
}

/** Makes a pair; `file` is the name that a policy has for it. */
export function makeKey(kind: KeyKind = 'P-256', file = 'made.pub'): MadeKey {
  const { privateKey, publicKey } = pairOf(kind);
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const read = readPublicKey(file, pem);
  if (read.kind === 'wrong') throw new Error(read.what);
  return { privateKey, pem, policyKey: read.key };
}

/** A policy that one of these keys satisfies, or a certificate. */
export function policyOf(
  keys: readonly MadeKey[],
  identity: SignaturePolicy['identity'] = null,
  trustRoot?: string,
): SignaturePolicy {
  return {
    keys: keys.map(({ policyKey }) => policyKey),
    identity,
    trustRoot: trustRoot === undefined ? null : trustRootOf('trusted_root.json', trustRoot),
  };
}

/** Signs bytes as cosign does: with SHA-256, or with Ed25519's own. */
export function signBytes({ privateKey }: Pick<MadeKey, 'privateKey'>, bytes: Uint8Array, hash = 'sha256'): Buffer {
  return sign(privateKey.asymmetricKeyType === 'ed25519' ? null : hash, bytes, privateKey);
}

/** The payload of cosign's first form. */
export function payloadFor(digest: Digest, parts: { readonly type?: string } = {}): string {
  const type = parts.type ?? 'cosign container image signature';
  const critical = { identity: { 'docker-reference': 'a/b' }, image: { 'docker-manifest-digest': digest }, type };
  return JSON.stringify({ critical, optional: null });
}

/** The statement of a bundle. */
export function statementFor(digest: Digest, predicateType = SIGN_PREDICATE): string {
  const subject = [{ digest: { sha256: digest.slice('sha256:'.length) } }];
  return JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} });
}

export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** An envelope (DSSE) as a bundle has it. */
export function envelopeOf(payload: string, signature: (bytes: Uint8Array) => Buffer): object {
  const bytes = Buffer.from(payload);
  return {
    payload: bytes.toString('base64'),
    payloadType: STATEMENT_TYPE,
    signatures: [{ sig: signature(envelopeBytes(STATEMENT_TYPE, bytes)).toString('base64') }],
  };
}

/** A bundle by a key, as cosign 3 makes them without a log. */
export function keyBundle(key: MadeKey, payload: string, hash?: string): string {
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: 'any' } },
    dsseEnvelope: envelopeOf(payload, (bytes) => signBytes(key, bytes, hash)),
  });
}
