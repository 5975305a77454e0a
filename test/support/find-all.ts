function asText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join('\n') : String(value);
}

/** The values under these keys anywhere in a document; lists as lines. */
export function findAll(node: unknown, keys: readonly string[]): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (keys.includes(key) ? [asText(value)] : findAll(value, keys)));
}
