/** A pattern of Go's `path.Match`, in which `*` stops at slashes, or of git, in which it does not. */
export function pathPattern(text: string, stopsAtSlash: boolean): RegExp {
  const star = stopsAtSlash ? '[^/]*' : '.*';
  const one = stopsAtSlash ? '[^/]' : '.';
  const source = text
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, star)
    .replace(/\?/g, one);
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^$(?!)/;
  }
}
