import type { FetchedManifest } from '../../ports/registry.ts';
import { addressOf } from '../source-mirrors.ts';
import { writeTo } from './refused.ts';
import type { UploadTools } from './upload-call.ts';

/** Where a manifest goes. `name` is a tag or its digest. */
export interface ManifestPlace {
  readonly registry: string;
  readonly repository: string;
  readonly name: string;
}

/**
 * Writes a manifest byte for byte.
 *
 * @throws Refused when the target refuses it, and MirrorError for what is no answer.
 */
export async function writeManifest(
  { bytes, mediaType }: FetchedManifest,
  { registry, repository, name }: ManifestPlace,
  { access, settings, pace }: UploadTools,
  signal: AbortSignal,
): Promise<void> {
  const target = `manifests/${name}`;
  await pace.turn(registry, 'PUT', target, signal);
  const address = addressOf(settings, 'destination', registry, repository);
  const what = `manifest ${name} of ${registry}/${repository}`;
  const headers = { 'content-type': mediaType };
  const call = { address, side: 'destination', actions: 'pull,push', signal, repeatable: true } as const;
  await writeTo(access, { ...call, method: 'PUT', target, headers, body: bytes, what }, [200, 201]);
}
