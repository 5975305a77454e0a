/** Whether a text fits a pattern as a whole; `*` stands for any characters, none and slashes among them. */
export function fitsWildcard(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*');
  return new RegExp(`^${escaped}$`, 's').test(text);
}
