import type { SignatureFlags } from '../cli/signature-options.ts';
import type { SignatureInputs } from '../config/signature-settings.ts';

/** What flags say of signatures, as the configuration says it. */
export function signatureInputs(flags: SignatureFlags): SignatureInputs {
  const { verifySignatures, signatureKey = [], signatureTrustRoot } = flags;
  const { signatureIdentity, signatureIdentityRegexp, signatureIssuer, signatureIssuerRegexp } = flags;
  return {
    ...{ verifySignatures, signatureKeys: signatureKey.length === 0 ? undefined : signatureKey, signatureTrustRoot },
    ...{ signatureIdentity, signatureIdentityRegexp, signatureIssuer, signatureIssuerRegexp },
  };
}
