import type { Place } from '../domain/addon.ts';
import { type Complaint, flagProblem, type Problem, problemAt } from './problems.ts';
import type { SignatureInputs } from './signature-settings.ts';

/** What can be said of signatures, as the configuration names it. */
export type SignatureKey = keyof SignatureInputs;

/** Where a configuration says it, for what no flag replaces; keys of `signatureKeys` by their absolute paths. */
export interface SignaturePlaces {
  readonly settings: ReadonlyMap<SignatureKey, Place>;
  readonly keys: ReadonlyMap<string, Place>;
}

/** Those of a run without a file. */
export const NO_PLACES: SignaturePlaces = { settings: new Map(), keys: new Map() };

const FLAGS: Readonly<Record<SignatureKey, string>> = {
  verifySignatures: '--verify-signatures',
  signatureKeys: '--signature-key',
  signatureIdentity: '--signature-identity',
  signatureIdentityRegexp: '--signature-identity-regexp',
  signatureIssuer: '--signature-issuer',
  signatureIssuerRegexp: '--signature-issuer-regexp',
  signatureTrustRoot: '--signature-trust-root',
};

/** How a setting is called where a problem is told. */
export type Naming = (key: SignatureKey) => string;

const PAIRS: readonly (readonly [SignatureKey, SignatureKey])[] = [
  ['signatureIdentity', 'signatureIdentityRegexp'],
  ['signatureIssuer', 'signatureIssuerRegexp'],
];

/** A text and an expression are two ways to say one thing. */
function waysToSay(key: SignatureKey): readonly SignatureKey[] {
  const others = PAIRS.flatMap((pair) => (pair.includes(key) ? pair : []));
  return [key, ...others.filter((other) => other !== key)];
}

/** Where the file says a setting, in one way or the other; undefined where it does not. */
export function lineOf(key: SignatureKey, { settings }: SignaturePlaces): Place | undefined {
  return waysToSay(key).flatMap((way) => settings.get(way) ?? [])[0];
}

/** The places of what no flag replaces. */
export function placesBeside(flags: SignatureInputs, { settings, keys }: SignaturePlaces): SignaturePlaces {
  const kept = [...settings].filter(([key]) => waysToSay(key).every((way) => flags[way] === undefined));
  return { settings: new Map(kept), keys };
}

/**
 * Something wrong with a setting: at its line where the file says it, else at its flag; in words of that place. Of a text and its
 * expression, that which was said.
 */
export function signatureProblem(
  key: SignatureKey,
  places: SignaturePlaces,
  complain: (name: Naming) => Complaint,
): Problem {
  const place = lineOf(key, places);
  if (place === undefined)
    return flagProblem(
      FLAGS[key],
      complain((name) => FLAGS[name]),
    );
  return problemAt(
    place,
    complain((name) => name),
  );
}
