/** How many are looked at together at first. */
const GROUP = 8;

async function search<T>(
  group: readonly T[],
  isQuiet: (group: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  if (group.length < 2) return group;
  if (await isQuiet(group)) return [];
  const half = Math.ceil(group.length / 2);
  const found = await Promise.all([search(group.slice(0, half), isQuiet), search(group.slice(half), isQuiet)]);
  return found.flat();
}

/**
 * The items that have to be looked at one by one: those of groups that are not quiet, halved until each stands alone. An
 * item of a group is never a neighbour of another, since neighbours are the ones that may cancel each other out.
 */
export async function searchGroups<T>(
  items: readonly T[],
  isQuiet: (group: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  const count = Math.ceil(items.length / GROUP);
  const groups = Array.from({ length: count }, (_, start) => items.filter((_item, index) => index % count === start));
  const found = new Set((await Promise.all(groups.map((group) => search(group, isQuiet)))).flat());
  return items.filter((item) => found.has(item));
}
