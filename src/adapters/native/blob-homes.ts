import type { Digest } from '../../domain/reference.ts';

/** How a blob is brought into a repository: from another one that has it, or from its source. */
export type Bring = (from: string | undefined) => Promise<void>;

/** Which repositories of a registry have a blob in this run, or are just being given it. */
export interface BlobHomes {
  /**
   * Sees to it that a repository has a blob, once for everybody who asks. The first repository gets it from its source; others
   * wait until one has it.
   */
  ensure(registry: string, repository: string, digest: Digest, bring: Bring): Promise<void>;
  /** A repository that may well have it: worth asking for a mount, and for nothing else. */
  guess(registry: string, digest: Digest): string | undefined;
  /** Remembers a repository that may have it. */
  suppose(registry: string, repository: string, digest: Digest): void;
  /** Remembers a repository that has it. */
  note(registry: string, repository: string, digest: Digest): void;
}

/** An empty memory. A repository that was not given its blob is forgotten, so that the next one who asks tries again. */
export function createBlobHomes(): BlobHomes {
  const homes = new Map<string, Map<string, Promise<void>>>();
  const guesses = new Map<string, string>();

  function homesOf(registry: string, digest: Digest): Map<string, Promise<void>> {
    const key = `${registry} ${digest}`;
    const known = homes.get(key) ?? new Map<string, Promise<void>>();
    homes.set(key, known);
    return known;
  }

  /** A repository that has it, as soon as one has; undefined when none of those underway comes to have it. */
  async function firstOf(known: ReadonlyMap<string, Promise<void>>): Promise<string | undefined> {
    const waiting = [...known].map(([repository, there]) => there.then(() => repository));
    return Promise.any(waiting).catch(() => undefined);
  }

  return {
    guess: (registry, digest) => guesses.get(`${registry} ${digest}`),
    suppose(registry, repository, digest) {
      guesses.set(`${registry} ${digest}`, repository);
    },
    note(registry, repository, digest) {
      homesOf(registry, digest).set(repository, Promise.resolve());
    },
    ensure(registry, repository, digest, bring) {
      const known = homesOf(registry, digest);
      const own = known.get(repository);
      if (own !== undefined) return own;
      const others = new Map(known);
      const there = (async () => bring(others.size === 0 ? undefined : await firstOf(others)))();
      known.set(repository, there);
      there.catch(() => known.delete(repository));
      return there;
    },
  };
}
