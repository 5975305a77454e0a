import type { Digest } from '../../domain/reference.ts';

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

/** Where uploads are remembered beyond a run. */
export interface SessionMemory {
  readonly begun: ReadonlyMap<string, URL>;
  began(key: SessionKey, place: URL): void;
  ended(key: SessionKey): void;
}

/** The name of a blob on its way. */
export function sessionName({ registry, repository, digest }: SessionKey): string {
  return `${registry}/${repository}@${digest}`;
}

/** The uploads of a run. Without a memory nothing is known of earlier ones. */
export function createUploadSessions(memory?: SessionMemory): UploadSessions {
  const open = new Map(memory?.begun);
  const wholeOnly = new Set<string>();
  return {
    take(key) {
      const name = sessionName(key);
      const place = open.get(name);
      open.delete(name);
      return place;
    },
    keep: (key, place) => memory?.began(key, place),
    drop: (key) => memory?.ended(key),
    isWholeOnly: (registry) => wholeOnly.has(registry),
    refusesChunks: (registry) => {
      wholeOnly.add(registry);
    },
  };
}
