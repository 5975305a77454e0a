import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { PolicyKey } from '../../domain/signatures/policy.ts';

/** Finds the key that a signature over these bytes is by; undefined when it is by none. */
export type FindKey = (bytes: Uint8Array, signature: Uint8Array) => PolicyKey | undefined;

/**
 * How signatures are hashed. cosign hashes with SHA-256 whatever the key is; its newer versions, and others, as the curve wants it
 * (sigstore/architecture-docs, algorithm-registry.md). Ed25519 hashes by itself.
 */
function hashesFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly (string | null)[] {
  if (asymmetricKeyType === 'ed25519') return [null];
  if (asymmetricKeyDetails?.namedCurve === 'secp384r1') return ['sha256', 'sha384'];
  if (asymmetricKeyDetails?.namedCurve === 'secp521r1') return ['sha256', 'sha512'];
  return ['sha256'];
}

function isBy(key: KeyObject, hash: string | null, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(hash, bytes, key, signature);
  } catch {
    return false;
  }
}

/** Looks among the keys of a policy. They have been read before, so that each is one that can be used. */
export function keyFinder(keys: readonly PolicyKey[]): FindKey {
  const known = keys.map((own) => {
    const key = createPublicKey(own.pem);
    return { own, key, hashes: hashesFor(key) };
  });
  return (bytes, signature) =>
    known.find(({ key, hashes }) => hashes.some((hash) => isBy(key, hash, bytes, signature)))?.own;
}
