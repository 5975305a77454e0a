import { describe, expect, test } from 'vitest';
import {
  allRepositories,
  findRepositories,
  type RepositoryListing,
} from '../../../../src/adapters/ecr/find-repositories.ts';

function aws(name: string, message = 'it says why'): Error {
  return Object.assign(new Error(message), { name });
}

interface Rules {
  readonly mayList?: boolean;
  readonly hidden?: readonly string[];
  readonly pageSize?: number;
}

/** A registry that fails as ECR does: as a whole, when one name is missing or hidden. */
function registry(existing: readonly string[], { mayList = true, hidden = [], pageSize = 1000 }: Rules = {}) {
  const calls: string[] = [];
  const listing: RepositoryListing<{ name: string }> = {
    nameOf: ({ name }) => name,
    async byNames(names) {
      calls.push(`names ${names.length}`);
      if (names.some((name) => hidden.includes(name))) throw aws('AccessDeniedException', 'not for you');
      if (names.some((name) => !existing.includes(name))) throw aws('RepositoryNotFoundException');
      return names.map((name) => ({ name }));
    },
    async page(token) {
      calls.push('page');
      if (!mayList) throw aws('AccessDeniedException', 'not all of them');
      const start = Number(token ?? 0);
      const end = start + pageSize;
      return {
        items: existing.slice(start, end).map((name) => ({ name })),
        next: end < existing.length ? String(end) : undefined,
      };
    },
  };
  return { calls, listing };
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `r${index}`);
}

describe('existing repositories', () => {
  test('are asked for by the hundred', async () => {
    const { calls, listing } = registry(names(250));
    const found = await findRepositories(listing, names(250));
    expect([...found.values()].every(({ kind }) => kind === 'present')).toBe(true);
    expect(found.size).toBe(250);
    expect(calls).toEqual(['names 100', 'names 100', 'names 50']);
  });

  test('none wanted, none asked for', async () => {
    const { calls, listing } = registry([]);
    expect((await findRepositories(listing, [])).size).toBe(0);
    expect(calls).toEqual([]);
  });
});

describe('missing repositories', () => {
  test('are found out by listing all, all pages', async () => {
    const { calls, listing } = registry(['other', ...names(3)], { pageSize: 2 });
    const found = await findRepositories(listing, [...names(3), 'new']);
    expect(found.get('r2')).toEqual({ kind: 'present', repository: { name: 'r2' } });
    expect(found.get('new')).toEqual({ kind: 'absent' });
    expect(calls).toEqual(['names 4', 'page', 'page']);
  });

  test('a single one needs no list', async () => {
    const { calls, listing } = registry(['other']);
    expect((await findRepositories(listing, ['new'])).get('new')).toEqual({ kind: 'absent' });
    expect(calls).toEqual(['names 1']);
  });

  test('are asked for one by one where the list is denied', async () => {
    const { calls, listing } = registry(['a', 'b'], { mayList: false });
    const found = await findRepositories(listing, ['a', 'new', 'b']);
    expect([...found].map(([name, { kind }]) => `${name} ${kind}`)).toEqual(['a present', 'new absent', 'b present']);
    expect(calls).toEqual(['names 3', 'page', 'names 1', 'names 1', 'names 1']);
  });
});

describe('what may not be looked at', () => {
  test('is unknown, with the reason, and never absent; the others are asked for one by one', async () => {
    const { listing } = registry(['a'], { hidden: ['a'] });
    expect([...(await findRepositories(listing, ['a', 'b'])).values()]).toEqual([
      { kind: 'unknown', detail: 'AccessDeniedException: not for you' },
      { kind: 'absent' },
    ]);
  });

  test('does not hide the others where they are asked for one by one', async () => {
    const { listing } = registry([...names(100), 'a', 'secret'], { mayList: false, hidden: ['secret'] });
    const found = await findRepositories(listing, [...names(99), 'new', 'secret', 'a']);
    expect(found.get('secret')).toEqual({ kind: 'unknown', detail: 'AccessDeniedException: not for you' });
    expect([found.get('a')?.kind, found.get('new')?.kind, found.get('r98')?.kind]).toEqual([
      'present',
      'absent',
      'present',
    ]);
  });

  test('every other error is thrown', async () => {
    const { listing } = registry(['a']);
    const broken = { ...listing, byNames: async () => Promise.reject(aws('ServerException')) };
    await expect(findRepositories(broken, ['a'])).rejects.toMatchObject({ name: 'ServerException' });
  });
});

test('all repositories are all pages', async () => {
  const { listing, calls } = registry(names(5), { pageSize: 2 });
  expect((await allRepositories(listing)).map(({ name }) => name)).toEqual(names(5));
  expect(calls).toEqual(['page', 'page', 'page']);
});
