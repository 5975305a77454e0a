import { formatReference } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Run } from '../run.ts';

/** How many manifests a source registry still gives; undefined where it does not say. */
export type ManifestsLeft = (registry: string) => number | undefined;

/** What sources still answer of manifests, with what is on its way to them taken off. */
export interface ReadBudget {
  readonly left: ManifestsLeft;
  /**
   * Whether so many manifests may be read. One is always left: a plan never uses up what a run may need for something that nobody
   * knew of. Where a source says nothing, all may; after it has refused once for its rate, none.
   */
  allows(registry: string, reads: number): boolean;
  /** Reads something that counts. */
  spend<T>(registry: string, work: () => Promise<T>): Promise<T>;
  /** Remembers that a source refuses for its rate, whatever it says of what is left. */
  refused(registry: string): void;
}

/** Nothing read, nothing refused. `said` is what sources say of themselves. */
export function createReadBudget(said: ManifestsLeft): ReadBudget {
  const underway = new Map<string, number>();
  const refusing = new Set<string>();

  const left: ManifestsLeft = (registry) => {
    const now = said(registry);
    return now === undefined ? undefined : now - (underway.get(registry) ?? 0);
  };
  const count = (registry: string, by: number): void => {
    underway.set(registry, (underway.get(registry) ?? 0) + by);
  };

  return {
    left,
    allows: (registry, reads) =>
      !refusing.has(registry) && (reads === 0 || (left(registry) ?? Number.POSITIVE_INFINITY) > reads),
    async spend(registry, work) {
      count(registry, 1);
      try {
        return await work();
      } finally {
        count(registry, -1);
      }
    },
    refused: (registry) => refusing.add(registry),
  };
}

/** The registries of a run, of which sources are asked for a manifest only while the budget allows one more. */
export function registryWithin(budget: ReadBudget, { ports: { registry, quota } }: Run): Registry {
  return {
    ...registry,
    async manifest(reference, side, signal) {
      const { registry: name, digest } = reference;
      const ask = () => registry.manifest(reference, side, signal);
      if (side !== 'source' || (digest !== undefined && quota?.isRead(name, digest) === true)) return ask();
      if (budget.allows(name, 1)) return budget.spend(name, ask);
      throw new MirrorError(
        `${formatReference(reference)} was not read: what ${name} still answers is left for the run`,
        {
          code: 'RATE_LIMITED',
          origin: 'source',
          hint: `log in at ${name}, or plan again in the next window`,
        },
      );
    },
  };
}
