import type { JournalPlace } from '../../domain/journal.ts';
import { type Digest, formatReference } from '../../domain/reference.ts';
import type { Journal } from '../../ports/journal.ts';

/** Which blob goes where. */
export interface SessionKey {
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** What is known of uploads: those in chunks underway, perhaps since an earlier run, and what registries do not take. */
export interface UploadSessions {
  /** Where an upload of an earlier run goes on. Given once: who takes it up keeps it anew, or it is forgotten. */
  take(key: SessionKey): URL | undefined;
  keep(key: SessionKey, place: URL): void;
  drop(key: SessionKey): void;
  /** Whether the registry has refused chunks in this run. */
  isWholeOnly(registry: string): boolean;
  refusesChunks(registry: string): void;
  /** Whether a mount may be asked for: not where the registry refused each so far, and took the same uploads without. */
  mayMount(registry: string, digest: Digest): boolean;
  /** What became of a request for a mount: it was answered as one, be it granted or not, or refused for what it is. */
  askedToMount(registry: string, became: 'answered' | 'refused'): void;
  /** The registry said that it mounted a blob, and lacks it: it has to be sent. */
  distrust(registry: string, digests: readonly Digest[]): void;
}

/** One refusal may be about the repository to mount from. */
const REFUSALS = 3;

function placeOf(key: SessionKey): JournalPlace {
  return { ...key, tag: undefined };
}

/** The uploads of a run. Without a journal nothing is known of earlier ones. */
export function createUploadSessions(journal?: Journal): UploadSessions {
  const open = new Map(journal?.earlier.uploads);
  const wholeOnly = new Set<string>();
  const refusals = new Map<string, number>();
  const distrusted = new Set<string>();
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
    mayMount: (registry, digest) =>
      (refusals.get(registry) ?? 0) < REFUSALS && !distrusted.has(`${registry} ${digest}`),
    askedToMount(registry, became) {
      const before = refusals.get(registry) ?? 0;
      refusals.set(registry, became === 'refused' ? before + 1 : Number.NEGATIVE_INFINITY);
    },
    distrust(registry, digests) {
      for (const digest of digests) distrusted.add(`${registry} ${digest}`);
    },
  };
}
