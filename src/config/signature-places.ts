import { resolve } from 'node:path';
import type { Place } from '../domain/addon.ts';
import type { Fields, Reading } from './reading.ts';
import type { SignatureKey, SignaturePlaces } from './signature-words.ts';
import { itemsOf, placeOf, stringOf } from './yaml-nodes.ts';

const KEYS: readonly SignatureKey[] = [
  ...(['verifySignatures', 'signatureKeys', 'signatureIdentity', 'signatureIdentityRegexp'] as const),
  ...(['signatureIssuer', 'signatureIssuerRegexp', 'signatureTrustRoot'] as const),
];

/** Where a configuration says what of signatures. What its policy asks for counts as said where that stands. */
export function signaturePlaces(reading: Reading, root: Fields): SignaturePlaces {
  const { source, directory } = reading;
  const settings = new Map<SignatureKey, Place>();
  for (const key of KEYS) {
    const field = root.get(key);
    if (field !== undefined) settings.set(key, placeOf(source, field.key));
  }
  const required = reading.fields(root.get('policy')?.value).get('requireSignatures');
  if (required !== undefined && !settings.has('verifySignatures'))
    settings.set('verifySignatures', placeOf(source, required.key));
  const listed = root.get('signatureKeys')?.value;
  const items = listed === undefined ? [] : itemsOf(source, listed);
  const keys = items.flatMap((item): readonly (readonly [string, Place])[] => {
    const path = stringOf(item);
    return path === undefined ? [] : [[resolve(directory, path), placeOf(source, item)]];
  });
  return { settings, keys: new Map(keys) };
}
