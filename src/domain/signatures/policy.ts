import { digestOf } from '../manifest.ts';
import type { Digest } from '../reference.ts';

/** A public key that may have signed. */
export interface PolicyKey {
  /** The file as it was named. */
  readonly file: string;
  /** The digest of the key itself, as SubjectPublicKeyInfo (RFC 5280) in DER. */
  readonly fingerprint: Digest;
  readonly pem: string;
}

/** What a text has to be: itself, or anything in which the regular expression finds something. */
export interface TextRule {
  readonly kind: 'exact' | 'regexp';
  readonly text: string;
}

/** Who may have signed with a certificate: whom it names, and who told the authority that it was they. */
export interface IdentityRule {
  readonly identity: TextRule;
  readonly issuer: TextRule;
}

/** The authorities and logs that certificates are believed from: a trusted_root.json of sigstore. */
export interface TrustRoot {
  /** The file as it was named. */
  readonly file: string;
  readonly digest: Digest;
  readonly text: string;
}

/** Whose signature an image must have: one signature of one of these is enough. It is plain data, which plans hold. */
export interface SignaturePolicy {
  readonly keys: readonly PolicyKey[];
  /** Both null, or neither. */
  readonly identity: IdentityRule | null;
  readonly trustRoot: TrustRoot | null;
}

/** Whom a certificate of sigstore names. */
export interface CertifiedIdentity {
  readonly identity: string;
  readonly issuer: string;
}

/** Who has signed. */
export type Signer =
  | { readonly kind: 'key'; readonly key: PolicyKey }
  | ({ readonly kind: 'identity' } & CertifiedIdentity);

/** A trust root that was read. */
export function trustRootOf(file: string, text: string): TrustRoot {
  return { file, digest: digestOf(text), text };
}

/** Whether a text is as a rule wants it. Expressions are not anchored, as those of cosign are not. */
export function matchesText(rule: TextRule, text: string): boolean {
  return rule.kind === 'exact' ? rule.text === text : new RegExp(rule.text, 'u').test(text);
}

/** Why somebody is not whom a rule asks for; undefined when they are. */
export function identityComplaint({ identity, issuer }: IdentityRule, found: CertifiedIdentity): string | undefined {
  if (!matchesText(identity, found.identity)) return `its certificate names ${JSON.stringify(found.identity)}`;
  if (!matchesText(issuer, found.issuer))
    return `its certificate names ${JSON.stringify(found.identity)} by the issuer ${JSON.stringify(found.issuer)}`;
  return undefined;
}

/** A rule for people. */
export function formatRule({ kind, text }: TextRule): string {
  return kind === 'exact' ? text : `/${text}/`;
}
