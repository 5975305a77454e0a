import { digestOf } from '../manifest.ts';
import type { Platform } from '../platform.ts';
import type { ShelvedManifest } from './shelf.ts';

/** A manifest with the platform that it is for. */
export interface PlatformManifest extends ShelvedManifest {
  readonly platform: Platform;
}

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

function entryOf({ digest, mediaType, bytes, platform }: PlatformManifest): object {
  const { os, architecture, variant } = platform;
  const named = { architecture, os, ...(variant === undefined ? {} : { variant }) };
  return { mediaType, digest, size: bytes.length, platform: named };
}

/**
 * An index over these manifests, in their order: of docker's kind when all of them are, else of OCI's. The same manifests make
 * the same bytes. One manifest needs no index and stands for itself.
 */
export function madeIndex(manifests: readonly PlatformManifest[]): ShelvedManifest {
  const [only, ...more] = manifests;
  if (only !== undefined && more.length === 0) return only;
  const isDocker = manifests.every(({ mediaType }) => mediaType === DOCKER_MANIFEST);
  const mediaType = isDocker ? DOCKER_LIST : OCI_INDEX;
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: manifests.map(entryOf) }));
  return { digest: digestOf(bytes), mediaType, bytes };
}
