import { digestOf } from '../domain/manifest.ts';
import type { Digest } from '../domain/reference.ts';
import type { FetchedManifest, Registry } from '../ports/registry.ts';

/** Manifests as a file has them: media type and text by digest. */
export interface ManifestFile {
  readonly version: 1;
  readonly manifests: Readonly<Record<string, { readonly mediaType: string; readonly text: string }>>;
}

/** Manifests for a file. What is no text is left out: it is read again. */
export function toManifestFile(manifests: readonly FetchedManifest[]): ManifestFile {
  const rows = manifests.flatMap(({ digest, mediaType, bytes }) => {
    const text = Buffer.from(bytes).toString('utf8');
    return digestOf(text) === digest ? [[digest, { mediaType, text }] as const] : [];
  });
  return { version: 1, manifests: Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads such a file. Whatever is not what its digest says is left out; undefined for what is no such file. */
export function readManifestFile(text: string): ReadonlyMap<Digest, FetchedManifest> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.version !== 1 || !isRecord(value.manifests)) return undefined;
  const found = new Map<Digest, FetchedManifest>();
  for (const [name, entry] of Object.entries(value.manifests)) {
    if (!isRecord(entry) || typeof entry.text !== 'string' || typeof entry.mediaType !== 'string') continue;
    const bytes = Buffer.from(entry.text);
    const digest = digestOf(bytes);
    if (digest === name) found.set(digest, { kind: 'found', bytes, digest, mediaType: entry.mediaType });
  }
  return found;
}

/** A registry that asks no source for a manifest which is known by the digest that is wanted. */
export function knowing(known: ReadonlyMap<Digest, FetchedManifest>, registry: Registry): Registry {
  return {
    ...registry,
    manifest: async (reference, side, signal) => {
      const own = side === 'source' && reference.digest !== undefined ? known.get(reference.digest) : undefined;
      return own ?? registry.manifest(reference, side, signal);
    },
  };
}
