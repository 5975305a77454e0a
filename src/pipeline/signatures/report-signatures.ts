import type {
  ReportedKey,
  ReportedSignature,
  ReportedSignatures,
  SignatureStatus,
} from '../../domain/report/reported-signatures.ts';
import { formatRule, type PolicyKey } from '../../domain/signatures/policy.ts';
import type { SignatureResult } from '../../domain/signatures/result.ts';
import type { ImageItem } from '../image-item.ts';
import type { Run } from '../run.ts';

function toKey({ file, fingerprint }: PolicyKey): ReportedKey {
  return { file, fingerprint };
}

function toRow(result: SignatureResult): ReportedSignature {
  if (result.kind === 'refused') {
    const none = { subject: null, signature: null, digest: null, key: null, identity: null, issuer: null };
    return { status: 'refused', ...none, reasons: result.unfit };
  }
  const { subject, signature, digest, by } = result;
  const who =
    by.kind === 'key'
      ? { key: toKey(by.key), identity: null, issuer: null }
      : { key: null, identity: by.identity, issuer: by.issuer };
  return { status: 'verified', subject, signature, digest, ...who, reasons: [] };
}

/** What is known of the signatures of an image; null where nobody has looked. */
export function reportSignature(image: ImageItem, { signatures }: Run): ReportedSignature | null {
  const result = signatures.results.get(image);
  return result === undefined ? null : toRow(result);
}

/** Whose signatures a run asked for, and what came of it; null where it asked for none. */
export function reportSignatures({ options, signatures }: Run): ReportedSignatures | null {
  const policy = options.signatures;
  if (policy === undefined) return null;
  const totals: Partial<Record<SignatureStatus, number>> = {};
  for (const { kind } of signatures.results.values()) totals[kind] = (totals[kind] ?? 0) + 1;
  return {
    keys: policy.keys.map(toKey),
    identity: policy.identity === null ? null : formatRule(policy.identity.identity),
    issuer: policy.identity === null ? null : formatRule(policy.identity.issuer),
    trustRoot: policy.trustRoot?.digest ?? null,
    totals,
    requests: { ...signatures.requests },
  };
}
