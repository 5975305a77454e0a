import { createPublicKey, type KeyObject } from 'node:crypto';
import { digestOf } from '../manifest.ts';
import type { PolicyKey } from './policy.ts';

/** A public key, or what is wrong with its text. */
export type KeyReading =
  | { readonly kind: 'key'; readonly key: PolicyKey }
  | { readonly kind: 'wrong'; readonly what: string; readonly instead: string };

const CURVES: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const SHOW_KEY = 'write the public key, as cosign public-key or openssl pkey -pubout prints it';

function isUsable({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'ec') return CURVES.has(asymmetricKeyDetails?.namedCurve);
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  return asymmetricKeyType === 'ed25519';
}

/** Reads a PEM file with one public key (RFC 7468): ECDSA with P-256, P-384 or P-521, RSA of 2048 bits and more, or Ed25519. */
export function readPublicKey(file: string, pem: string): KeyReading {
  const labels = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label ?? '');
  const [label] = labels;
  if (label === undefined) return { kind: 'wrong', what: 'this is no PEM file', instead: SHOW_KEY };
  if (labels.length > 1)
    return {
      kind: 'wrong',
      what: 'there is more than one thing in it',
      instead: 'write each key to a file of its own',
    };
  if (label !== 'PUBLIC KEY') return { kind: 'wrong', what: `this is a ${label.toLowerCase()}`, instead: SHOW_KEY };
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return { kind: 'wrong', what: 'this public key cannot be read', instead: SHOW_KEY };
  }
  const instead = 'write an ECDSA key (P-256, P-384, P-521), an RSA key of 2048 bits or more, or an Ed25519 key';
  if (!isUsable(key)) return { kind: 'wrong', what: 'no signatures are made with a key of this kind', instead };
  return { kind: 'key', key: { file, fingerprint: digestOf(key.export({ type: 'spki', format: 'der' })), pem } };
}
