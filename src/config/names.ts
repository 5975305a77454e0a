const RELEASE = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Helm's bound for a release name (`maxReleaseNameLen` in its chartutil), in characters. */
const RELEASE_LIMIT = 53;

/** Whether helm takes the text for a release name: a DNS name of at most 53 characters. */
export function isReleaseName(text: string): boolean {
  return text.length <= RELEASE_LIMIT && RELEASE.test(text);
}

/** Whether the text is a Kubernetes namespace: a DNS label (RFC 1123) of at most 63 characters. */
export function isNamespace(text: string): boolean {
  return text.length <= 63 && LABEL.test(text);
}

/** Whether the text is a chart name as helm's chartutil has it, but for a first dot or hyphen; a namespace may stand before it. */
export function isChartName(text: string): boolean {
  return text.length <= 250 && /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(text);
}

/** A release name made from any text: lower case, other characters as hyphens; undefined when nothing is left. */
export function releaseNameFrom(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, RELEASE_LIMIT)
    .replace(/-+$/, '');
  return name === '' ? undefined : name;
}
