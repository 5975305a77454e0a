/** What flags and the configuration file can say of signatures. Undefined means not given; paths are absolute where they are read. */
export interface SignatureInputs {
  readonly verifySignatures?: boolean | undefined;
  readonly signatureKeys?: readonly string[] | undefined;
  readonly signatureIdentity?: string | undefined;
  readonly signatureIdentityRegexp?: string | undefined;
  readonly signatureIssuer?: string | undefined;
  readonly signatureIssuerRegexp?: string | undefined;
  readonly signatureTrustRoot?: string | undefined;
}

type Pair = 'signatureIdentity' | 'signatureIssuer';

/** A text and an expression are two ways to say one thing: who says one of them takes the place of both. */
function pairOf(name: Pair, file: SignatureInputs, flags: SignatureInputs): SignatureInputs {
  const expression = `${name}Regexp` as const;
  const from = flags[name] !== undefined || flags[expression] !== undefined ? flags : file;
  return { [name]: from[name], [expression]: from[expression] };
}

/** Lays flags over the file; what neither gives is left out. Lists are replaced, not joined. */
export function layerSignatures(file: SignatureInputs, flags: SignatureInputs): SignatureInputs {
  const merged: SignatureInputs = {
    verifySignatures: flags.verifySignatures ?? file.verifySignatures,
    signatureKeys: flags.signatureKeys ?? file.signatureKeys,
    ...pairOf('signatureIdentity', file, flags),
    ...pairOf('signatureIssuer', file, flags),
    signatureTrustRoot: flags.signatureTrustRoot ?? file.signatureTrustRoot,
  };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}
