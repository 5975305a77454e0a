/** The oldest Node that the dependencies run on (undici 8 and type stripping decide it), as in package.json's `engines`. */
export const OLDEST_NODE = '22.19.0';

/**
 * One line for a person whose Node is too old, or undefined. Takes a version as in `process.versions.node`. This file must
 * import nothing: it is what an old Node can still read.
 */
export function explainOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `airgap-charts needs Node ${OLDEST_NODE} or newer and this is Node ${version}: install a current one from https://nodejs.org`;
}
