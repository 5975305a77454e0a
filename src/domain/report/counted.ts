import type { ProfileKind } from './reported-proof.ts';

/** A count with its word: `1 image`, `2 images`. */
export function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

const WORDS: Readonly<Record<ProfileKind, readonly [one: string, more: string]>> = {
  switch: ['switch', 'switches'],
  ci: ['set of test values', 'sets of test values'],
  defaults: ['set of default values', 'sets of default values'],
  catalog: ['profile of the catalog', 'profiles of the catalog'],
};

const KINDS: readonly ProfileKind[] = ['switch', 'ci', 'defaults', 'catalog'];

/** How many profiles of each kind: `3 switches, 1 set of test values`. Empty for none. */
export function countedProfiles(kinds: readonly ProfileKind[]): string {
  const parts = KINDS.flatMap((kind) => {
    const count = kinds.filter((one) => one === kind).length;
    return count === 0 ? [] : [counted(count, ...WORDS[kind])];
  });
  return parts.join(', ');
}
