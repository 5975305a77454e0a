import type { Command } from 'commander';
import { repeatable } from './options.ts';

/** The flags that say whose signatures images must have. */
export interface SignatureFlags {
  readonly verifySignatures?: boolean;
  readonly signatureKey?: readonly string[];
  readonly signatureIdentity?: string;
  readonly signatureIdentityRegexp?: string;
  readonly signatureIssuer?: string;
  readonly signatureIssuerRegexp?: string;
  readonly signatureTrustRoot?: string;
}

/** The options of `SignatureFlags`. */
export function addSignatures(command: Command): Command {
  return command
    .option('--verify-signatures', 'refuse images that nobody named here has signed')
    .option('--no-verify-signatures', 'verify no signatures (default)')
    .addOption(repeatable('--signature-key <file>', 'a public key (PEM) that may have signed (repeatable)'))
    .option('--signature-identity <name>', 'or who: the name in the certificate of the signature')
    .option('--signature-identity-regexp <expression>', 'the same as a regular expression, not anchored')
    .option('--signature-issuer <url>', 'who told the authority that it was they')
    .option('--signature-issuer-regexp <expression>', 'the same as a regular expression, not anchored')
    .option('--signature-trust-root <file>', 'the authorities and logs to believe: a trusted_root.json of sigstore');
}
