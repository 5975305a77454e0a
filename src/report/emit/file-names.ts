/** A name as a part of a path: what no file should be called is replaced. */
function safe(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_');
  return /^\.*$/.test(plain) ? `_${plain}` : plain;
}

/** A folder for each: named by its parts, and by a number where another has the same name. */
export function distinctFolders<T>(
  items: readonly T[],
  partsOf: (item: T) => readonly string[],
): ReadonlyMap<T, string> {
  const counts = new Map<string, number>();
  return new Map(
    items.map((item) => {
      const name = partsOf(item).map(safe).join('/');
      const count = (counts.get(name.toLowerCase()) ?? 0) + 1;
      counts.set(name.toLowerCase(), count);
      return [item, count === 1 ? name : `${name}-${count}`];
    }),
  );
}
