import type { NetworkSettings } from '../domain/network.ts';
import type { Digest } from '../domain/reference.ts';
import type { RegistryAccess } from './registry-access.ts';
import { describeAnswer, unexpectedStatus } from './registry-errors.ts';
import { addressOf } from './source-mirrors.ts';

/** What a target says of a blob. */
export type BlobPresence =
  | { readonly kind: 'there' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'denied'; readonly detail: string };

/** A blob in a repository of a target. */
export interface PlacedBlob {
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
}

const ANSWER_LIMIT = 64 * 1024;

/**
 * Asks a target whether it has a blob (OCI distribution-spec, "Checking if content exists in the registry").
 *
 * @throws MirrorError for what is neither an answer nor a refusal.
 */
export async function blobPresence(
  { registry, repository, digest }: PlacedBlob,
  access: RegistryAccess,
  settings: NetworkSettings,
  signal: AbortSignal,
): Promise<BlobPresence> {
  const address = addressOf(settings, 'destination', registry, repository);
  const what = `blob ${digest} of ${registry}/${repository}`;
  const call = { method: 'HEAD', address, target: `blobs/${digest}`, actions: 'pull', side: 'destination' } as const;
  const result = await access.ask({ ...call, signal, what }, ANSWER_LIMIT);
  if (result.kind === 'refused') return { kind: 'denied', detail: result.detail };
  const { status, text } = result.answer;
  if (status === 200) return { kind: 'there' };
  if (status === 404) return { kind: 'absent' };
  if (status === 401 || status === 403)
    return { kind: 'denied', detail: `${describeAnswer(status, text)}; ${result.access}` };
  throw unexpectedStatus(address.host, what, status, text, 'destination');
}
