/** Whether the signatures of an image satisfy what was asked for. */
export type SignatureStatus = 'verified' | 'refused';

/** A key that may have signed. */
export interface ReportedKey {
  readonly file: string;
  /** The digest of the key as SubjectPublicKeyInfo in DER. */
  readonly fingerprint: string;
}

/** What is known of the signatures of an image. */
export interface ReportedSignature {
  readonly status: SignatureStatus;
  /** The digest that was signed: the image's, or that of the index which its one platform was taken from. Null when refused. */
  readonly subject: string | null;
  /** Where the signature is. Null when refused. */
  readonly signature: string | null;
  /** The digest of the manifest that holds it. Null when refused. */
  readonly digest: string | null;
  /** The key that it is by; null when refused, or where a certificate names who has signed. */
  readonly key: ReportedKey | null;
  /** Whom the certificate names, and its issuer; null when refused, or where a key has signed. */
  readonly identity: string | null;
  readonly issuer: string | null;
  /** What was found and why it does not count; empty when verified, and where nothing was found. */
  readonly reasons: readonly { readonly signature: string; readonly reason: string }[];
}

/** Whose signatures were asked for, and what came of it. */
export interface ReportedSignatures {
  readonly keys: readonly ReportedKey[];
  /** Who, as it was given; a regular expression between slashes. Null where only keys were given. */
  readonly identity: string | null;
  readonly issuer: string | null;
  /** The digest of the file with the trust root; null where only keys were given. */
  readonly trustRoot: string | null;
  readonly totals: Readonly<Partial<Record<SignatureStatus, number>>>;
  /** What was asked for signatures alone; what artifacts need as well is counted with what came first. */
  readonly requests: {
    readonly tags: number;
    readonly referrers: number;
    readonly heads: number;
    readonly manifests: number;
    readonly blobs: number;
  };
}
