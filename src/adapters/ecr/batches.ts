/** Requests of one kind that are underway at once to an API that counts them by the second. */
export const API_CONCURRENCY = 8;

/** Consecutive parts of at most this size. */
export function batches<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
