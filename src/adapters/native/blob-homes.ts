import type { Digest } from '../../domain/reference.ts';

/** How a blob is brought into a repository: from another one that has it, or from its source. */
export type Bring = (from: string | undefined) => Promise<void>;

/** A blob that somebody needs in a repository. `turn` is the place of the copy that needs it among all copies of the run. */
export interface Need {
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
  readonly turn: number;
}

/** Which repositories of a registry have a blob in this run, or are just being given it. */
export interface BlobHomes {
  /**
   * Sees to it that a repository has a blob, once for everybody who asks. The first repository gets it from its source; others
   * wait until one gives it to others.
   */
  ensure(need: Need, bring: Bring): Promise<void>;
  /** A manifest that names these blobs is in the repository, or will never be. */
  named(registry: string, repository: string, digests: readonly Digest[], isThere: boolean): void;
  /** That the repository lacks blobs after all: who needs them brings them again. */
  forget(registry: string, repository: string, digests: readonly Digest[]): void;
  /** A repository that may well have it: worth asking for a mount, and for nothing else. */
  guess(registry: string, digest: Digest): string | undefined;
  /** Remembers a repository that may have it. */
  suppose(registry: string, repository: string, digest: Digest): void;
  /** Remembers a repository that has it and gives it to others. */
  note(registry: string, repository: string, digest: Digest): void;
}

interface Home {
  readonly turn: number;
  readonly there: Promise<void>;
  /** When others can have it from there. */
  readonly open: Promise<void>;
  readonly settle: (isThere: boolean) => void;
}

/** A repository that has it and gives it to others: one for all, since there may be a hundred thousand. */
const SETTLED: Home = { turn: 0, there: Promise.resolve(), open: Promise.resolve(), settle: () => undefined };

function homeOf(turn: number, there: Promise<void>, opensLate: boolean): Home {
  if (!opensLate) return { ...SETTLED, turn, there, open: there };
  const { promise: named, resolve, reject } = Promise.withResolvers<void>();
  named.catch(() => undefined);
  const open = Promise.all([there, named]).then(() => undefined);
  open.catch(() => undefined);
  return { turn, there, open, settle: (isThere) => (isThere ? resolve() : reject(new Error('no manifest names it'))) };
}

/**
 * An empty memory. A repository that was not given its blob is forgotten, so that the next one who asks tries again. `opensLate`
 * tells of a registry whether it gives a blob away only when a manifest names it (Amazon ECR answers
 * LayerInaccessibleException before that). There a copy waits only for those that began before it, or two could wait for each
 * other.
 */
export function createBlobHomes(opensLate: (registry: string) => boolean = () => false): BlobHomes {
  const registries = new Map<string, Map<Digest, Map<string, Home>>>();
  const guesses = new Map<string, string>();

  function homesOf(registry: string, digest: Digest): Map<string, Home> {
    const homes = registries.get(registry) ?? new Map<Digest, Map<string, Home>>();
    registries.set(registry, homes);
    const known = homes.get(digest) ?? new Map<string, Home>();
    homes.set(digest, known);
    return known;
  }

  /** A repository that gives it away, as soon as one does; undefined when none of these comes to that. */
  async function firstOf(known: readonly (readonly [string, Home])[]): Promise<string | undefined> {
    const waiting = known.map(([repository, { open }]) => open.then(() => repository));
    return Promise.any(waiting).catch(() => undefined);
  }

  return {
    guess: (registry, digest) => guesses.get(`${registry} ${digest}`),
    suppose(registry, repository, digest) {
      guesses.set(`${registry} ${digest}`, repository);
    },
    note(registry, repository, digest) {
      homesOf(registry, digest).set(repository, SETTLED);
    },
    named(registry, repository, digests, isThere) {
      for (const digest of digests) homesOf(registry, digest).get(repository)?.settle(isThere);
    },
    forget(registry, repository, digests) {
      for (const digest of digests) {
        const known = homesOf(registry, digest);
        known.get(repository)?.settle(false);
        known.delete(repository);
      }
    },
    ensure({ registry, repository, digest, turn }, bring) {
      const known = homesOf(registry, digest);
      const own = known.get(repository);
      if (own !== undefined) return own.there;
      const isLate = opensLate(registry);
      const others = [...known].filter(([, home]) => !isLate || home.turn < turn);
      const there = (async () => bring(others.length === 0 ? undefined : await firstOf(others)))();
      const home = homeOf(turn, there, isLate);
      known.set(repository, home);
      home.open.then(
        () => known.get(repository) === home && known.set(repository, SETTLED),
        () => undefined,
      );
      there.catch(() => known.delete(repository));
      return there;
    },
  };
}
