/** The spelling of a version as an OCI tag: tags cannot hold `+`, so helm writes `_` for it. */
export function versionToTag(version: string): string {
  return version.replaceAll('+', '_');
}

/** The version that a chart's tag stands for; the inverse of `versionToTag`, since no version holds `_`. */
export function tagToVersion(tag: string): string {
  return tag.replaceAll('_', '+');
}
