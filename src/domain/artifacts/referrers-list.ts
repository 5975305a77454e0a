import { isDeepStrictEqual } from 'node:util';
import { digestOf } from '../manifest.ts';
import { type Digest, parseDigest } from '../reference.ts';
import type { ShelvedManifest } from '../shelf/shelf.ts';

/** An entry of a list of referrers, with everything that it says. */
export interface ListEntry {
  readonly digest: Digest;
  readonly artifactType: string | undefined;
  readonly said: Readonly<Record<string, unknown>>;
}

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function entryFrom(said: unknown): ListEntry | undefined {
  if (!isRecord(said) || typeof said.digest !== 'string') return undefined;
  const digest = parseDigest(said.digest);
  const artifactType = typeof said.artifactType === 'string' ? said.artifactType : undefined;
  return digest === undefined ? undefined : { digest, artifactType, said };
}

/** The type of an artifact: what its manifest says, else the type of its config (OCI image-spec v1.1, manifest.md). */
export function artifactTypeOf(bytes: Uint8Array): string | undefined {
  const { artifactType, config } = jsonOf(bytes);
  if (typeof artifactType === 'string' && artifactType !== '') return artifactType;
  return isRecord(config) && typeof config.mediaType === 'string' ? config.mediaType : undefined;
}

/** The entry that a list has for a manifest: OCI distribution-spec v1.1, "Listing Referrers". */
export function listEntry({ digest, mediaType, bytes }: ShelvedManifest): ListEntry {
  const { annotations } = jsonOf(bytes);
  const artifactType = artifactTypeOf(bytes);
  const said = {
    ...{ mediaType, digest, size: bytes.length },
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(isRecord(annotations) ? { annotations } : {}),
  };
  return { digest, artifactType, said };
}

/** The entries of a list, in its order; undefined for a manifest that is no such list. */
export function readReferrersList(bytes: Uint8Array): readonly ListEntry[] | undefined {
  const { manifests } = jsonOf(bytes);
  if (!Array.isArray(manifests)) return undefined;
  const entries = manifests.map(entryFrom);
  return entries.some((entry) => entry === undefined) ? undefined : entries.filter((entry) => entry !== undefined);
}

function written(value: object): ShelvedManifest {
  const bytes = Buffer.from(JSON.stringify(value));
  return { digest: digestOf(bytes), mediaType: OCI_INDEX, bytes };
}

/** A list of these entries alone, ordered by digest: the same entries make the same bytes. */
export function newList(entries: readonly ListEntry[]): ShelvedManifest {
  const ordered = [...entries].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  return written({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: ordered.map(({ said }) => said) });
}

/**
 * The list that is there with these entries in it, everything else as it was; undefined where nothing is to be changed, or what
 * is there is no such list.
 */
export function mergedList(there: Uint8Array, entries: readonly ListEntry[]): ShelvedManifest | undefined {
  const known = readReferrersList(there);
  if (known === undefined) return undefined;
  const wanted = new Map(entries.map((entry) => [entry.digest, entry] as const));
  const kept = known.map((entry) => wanted.get(entry.digest) ?? entry);
  const before = new Set(known.map(({ digest }) => digest));
  const added = [...wanted.values()].filter(({ digest }) => !before.has(digest));
  const said = [...kept, ...added.sort((a, b) => (a.digest < b.digest ? -1 : 1))].map((entry) => entry.said);
  if (
    isDeepStrictEqual(
      said,
      known.map((entry) => entry.said),
    )
  )
    return undefined;
  return written({ ...jsonOf(there), manifests: said });
}
