import type { Descriptor } from '../manifest.ts';
import type { StoredManifest, StoredRepository } from './stored.ts';

/** `isBound`: a manifest that stays could not be read, so that it may refer to some of these bytes, and less is freed. */
export interface FreedBytes {
  readonly bytes: number;
  readonly isBound: boolean;
}

function blobsOf(manifests: readonly StoredManifest[]): readonly Descriptor[] {
  return manifests.flatMap(({ content }) => (content.kind === 'image' ? content.blobs : []));
}

/** What is freed when manifests of a repository go: the blobs that nothing else in it refers to, each once. */
export function freedBytes(repository: StoredRepository, going: (manifest: StoredManifest) => boolean): FreedBytes {
  const leaving = repository.manifests.filter(going);
  const staying = repository.manifests.filter((manifest) => !going(manifest));
  const needed = new Set(blobsOf(staying).map(({ digest }) => digest));
  const freed = new Map(blobsOf(leaving).map(({ digest, size }) => [digest, size] as const));
  for (const digest of needed) freed.delete(digest);
  return {
    bytes: [...freed.values()].reduce((sum, size) => sum + size, 0),
    isBound: leaving.length > 0 && staying.some(({ content }) => content.kind === 'unread'),
  };
}
