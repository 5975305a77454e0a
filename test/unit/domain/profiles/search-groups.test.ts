import { describe, expect, it } from 'vitest';
import { searchGroups } from '../../../../src/domain/profiles/search-groups.ts';

/** Which of `count` numbers are left when these are loud, and how often it was asked. */
async function search(count: number, loud: readonly number[]): Promise<{ found: readonly number[]; asked: number }> {
  let asked = 0;
  const found = await searchGroups(
    Array.from({ length: count }, (_, index) => index),
    async (group) => {
      asked += 1;
      return !group.some((one) => loud.includes(one));
    },
  );
  return { found, asked };
}

describe('a search in groups', () => {
  it.each([
    [0, []],
    [1, []],
    [1, [0]],
    [7, [3]],
    [100, []],
    [100, [0, 1, 50, 99]],
    [9, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ])('of %i finds %j, in order', async (count, loud) => {
    // a quiet one beside a loud one stands alone in the end, and is looked at all the same
    const { found } = await search(count, loud);
    expect(found.filter((one) => loud.includes(one))).toEqual(loud);
  });

  it('asks an eighth as often when all is quiet', async () => {
    expect((await search(200, [])).asked).toBe(25);
  });

  it('never puts neighbours into one group, where there are several', async () => {
    const groups: (readonly number[])[] = [];
    await searchGroups(
      Array.from({ length: 40 }, (_, index) => index),
      async (group) => {
        groups.push(group);
        return true;
      },
    );
    expect(groups.flatMap((group) => group.filter((one) => group.includes(one + 1)))).toEqual([]);
  });
});
