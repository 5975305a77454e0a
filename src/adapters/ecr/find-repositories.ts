import { inParallel } from '../../domain/in-parallel.ts';
import { cannotAsk, errorName, isDenied, said } from './api-errors.ts';
import { API_CONCURRENCY, batches } from './batches.ts';

/** Repositories as one of the two services lists them; both throw what the SDK throws. */
export interface RepositoryListing<R> {
  /** As DescribeRepositories: fails as a whole when one of the names, at most a hundred, does not exist. */
  byNames(names: readonly string[]): Promise<readonly R[]>;
  /** A page of the whole registry. */
  page(token: string | undefined): Promise<{ readonly items: readonly R[]; readonly next: string | undefined }>;
  nameOf(repository: R): string | undefined;
}

/** A repository as it was found. `unknown`: it may not be looked at. */
export type FoundRepository<R> =
  | { readonly kind: 'present'; readonly repository: R }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly detail: string };

const NAMES_AT_ONCE = 100;

/** Every repository of the registry, all pages. */
export async function allRepositories<R>(listing: RepositoryListing<R>): Promise<readonly R[]> {
  const items: R[] = [];
  let token: string | undefined;
  do {
    const page = await listing.page(token);
    items.push(...page.items);
    token = page.next;
  } while (token !== undefined);
  return items;
}

function isMissing(error: unknown): boolean {
  return errorName(error) === 'RepositoryNotFoundException';
}

/**
 * Asks for repositories by name. `missing` when one of them does not exist: ECR does not say of all which; `denied together`
 * when several were asked for and may not all be looked at.
 */
async function ask<R>(
  listing: RepositoryListing<R>,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundRepository<R>> | 'missing' | 'denied together'> {
  try {
    const items = await listing.byNames(names);
    return sorted(listing, names, items);
  } catch (error) {
    if (isMissing(error)) return 'missing';
    if (isDenied(error) && names.length > 1) return 'denied together';
    if (!cannotAsk(error)) throw error;
    return new Map(names.map((name) => [name, { kind: 'unknown', detail: said(error) }]));
  }
}

function sorted<R>(
  listing: RepositoryListing<R>,
  names: readonly string[],
  items: readonly R[],
): ReadonlyMap<string, FoundRepository<R>> {
  const known = new Map(items.map((item) => [listing.nameOf(item), item]));
  return new Map(
    names.map((name) => {
      const repository = known.get(name);
      return [name, repository === undefined ? { kind: 'absent' } : { kind: 'present', repository }];
    }),
  );
}

async function askOneByOne<R>(
  listing: RepositoryListing<R>,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundRepository<R>>> {
  const answers = await inParallel(names, API_CONCURRENCY, async (name) => {
    const answer = await ask(listing, [name]);
    const found = typeof answer === 'string' ? undefined : answer.get(name);
    return [name, found ?? ({ kind: 'absent' } as const)] as const;
  });
  return new Map(answers);
}

/** All pages, or one by one where the identity may look at some repositories only. */
async function findAmongAll<R>(
  listing: RepositoryListing<R>,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundRepository<R>>> {
  try {
    return sorted(listing, names, await allRepositories(listing));
  } catch (error) {
    if (!cannotAsk(error)) throw error;
    return askOneByOne(listing, names);
  }
}

/**
 * Finds repositories by name: a hundred in one request, and all of the registry by pages as soon as one of them does not
 * exist.
 */
export async function findRepositories<R>(
  listing: RepositoryListing<R>,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundRepository<R>>> {
  const found = new Map<string, FoundRepository<R>>();
  for (const batch of batches(names, NAMES_AT_ONCE)) {
    const together = await ask(listing, batch);
    // the right may be missing for one of them only
    const answer = together === 'denied together' ? await askOneByOne(listing, batch) : together;
    if (answer === 'missing' && names.length === 1) return sorted(listing, names, []);
    if (answer === 'missing') return findAmongAll(listing, names);
    for (const [name, repository] of answer) found.set(name, repository);
  }
  return found;
}
