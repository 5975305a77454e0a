/** A merge patch on an object (RFC 7386). */
export function merged(value: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result = new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}));
  for (const [key, one] of Object.entries(patch)) {
    if (one === null) result.delete(key);
    else result.set(key, merged(result.get(key), one));
  }
  return Object.fromEntries(result);
}
