/** Requests of one kind that are underway at once to an API that counts them by the second. */
export const API_CONCURRENCY = 8;

/** Does the work for all items, a bounded number at once, and returns the results in their order. Begins nothing more after a failure. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  let failed = false;

  async function takeTurns(): Promise<void> {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(API_CONCURRENCY, items.length) }, takeTurns));
  return results;
}

/** Consecutive parts of at most this size. */
export function batches<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
