/** The path of a field below that of its map, the key in quotes where it is no plain word. */
export function joinKey(path: string, key: string): string {
  const safe = /^[A-Za-z0-9_-]+$/.test(key) ? key : `"${key}"`;
  return path === '' ? safe : `${path}.${safe}`;
}

const KEY = '(key)';

/** The place of a key that is a reference, and of its value: it may not say it, since it is another one where it is moved. */
export function keyPath(path: string): string {
  return joinKey(path, KEY);
}

/** Whether a place is that of a key which is a reference. */
export function isKeyPath(path: string): boolean {
  return path.endsWith(`"${KEY}"`);
}
