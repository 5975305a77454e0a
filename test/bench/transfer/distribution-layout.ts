import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes what a registry is to have into the directory that it keeps its content in. */
export interface DistributionLayout {
  content(digest: string, bytes: Uint8Array): void;
  blob(repository: string, digest: string): void;
  manifest(repository: string, digest: string): void;
  tag(repository: string, tag: string, digest: string): void;
}

function write(file: string, data: Uint8Array | string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, data);
}

/**
 * The layout of CNCF Distribution's file system driver (its registry/storage/paths.go). To write it is faster than to push, and
 * the registry reads it as if it had been pushed.
 */
export function createDistributionLayout(root: string): DistributionLayout {
  const top = join(root, 'docker', 'registry', 'v2');
  const hexOf = (digest: string): string => digest.replace(/^sha256:/, '');
  const link = (repository: string, place: string, digest: string): void =>
    write(join(top, 'repositories', repository, place, 'link'), digest);
  return {
    content(digest, bytes) {
      const hex = hexOf(digest);
      write(join(top, 'blobs', 'sha256', hex.slice(0, 2), hex, 'data'), bytes);
    },
    blob: (repository, digest) => link(repository, join('_layers', 'sha256', hexOf(digest)), digest),
    manifest: (repository, digest) =>
      link(repository, join('_manifests', 'revisions', 'sha256', hexOf(digest)), digest),
    tag(repository, tag, digest) {
      const place = join('_manifests', 'tags', tag);
      link(repository, join(place, 'current'), digest);
      link(repository, join(place, 'index', 'sha256', hexOf(digest)), digest);
    },
  };
}
