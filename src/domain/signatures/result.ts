import type { Digest } from '../reference.ts';
import type { Signer } from './policy.ts';

/** Something that was found and is no valid signature of the image, or what kept us from looking. */
export interface Unfit {
  /** Where it is at the registry: a reference. */
  readonly signature: string;
  readonly reason: string;
}

/** What is known of the signatures of an image. */
export type SignatureResult =
  | {
      readonly kind: 'verified';
      /** What was signed: the image, or the index that its one platform was taken from. */
      readonly subject: Digest;
      /** Where the signature is. */
      readonly signature: string;
      /** The digest of the manifest that holds it. */
      readonly digest: Digest;
      readonly by: Signer;
    }
  | { readonly kind: 'refused'; readonly unfit: readonly Unfit[] };

/** Reasons that a message has room for; a report has all. */
const TOLD = 3;

/** Why an image does not verify, on one line. */
export function refusalText(unfit: readonly Unfit[]): string {
  if (unfit.length === 0) return 'no signature was found';
  const told = unfit.slice(0, TOLD).map(({ signature, reason }) => `${signature}: ${reason}`);
  const rest = unfit.length - told.length;
  return [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}
