/** A version with a suffix in its build part: `1.2.3` and `+mirror.2` make `1.2.3+mirror.2`. */
export function suffixedVersion(version: string, suffix: string): string {
  return version.includes('+') ? `${version}${suffix.replace(/^\+/, '.')}` : `${version}${suffix}`;
}
