import type { JournalPlace } from '../../domain/journal.ts';
import { type Digest, formatReference } from '../../domain/reference.ts';
import type { Journal } from '../../ports/journal.ts';

/** Which blob goes where. */
export interface SessionKey {
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** What is known of uploads in chunks: those underway, perhaps since an earlier run, and registries that take none. */
export interface UploadSessions {
  /** Where an upload of an earlier run goes on. Given once: who takes it up keeps it anew, or it is forgotten. */
  take(key: SessionKey): URL | undefined;
  keep(key: SessionKey, place: URL): void;
  drop(key: SessionKey): void;
  /** Whether the registry has refused chunks in this run. */
  isWholeOnly(registry: string): boolean;
  refusesChunks(registry: string): void;
}

function placeOf(key: SessionKey): JournalPlace {
  return { ...key, tag: undefined };
}

/** The uploads of a run. Without a journal nothing is known of earlier ones. */
export function createUploadSessions(journal?: Journal): UploadSessions {
  const open = new Map(journal?.earlier.uploads);
  const wholeOnly = new Set<string>();
  return {
    take(key) {
      const name = formatReference(placeOf(key));
      const place = open.get(name);
      open.delete(name);
      return place;
    },
    keep: (key, place) => journal?.note({ kind: 'upload', at: placeOf(key), place }),
    drop: (key) => journal?.note({ kind: 'ended', at: placeOf(key) }),
    isWholeOnly: (registry) => wholeOnly.has(registry),
    refusesChunks: (registry) => {
      wholeOnly.add(registry);
    },
  };
}
