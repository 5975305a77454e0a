/** The oldest Node that runs this tool: its HTTP library needs it. */
export const OLDEST_NODE = '22.19.0';

/** Why this Node is too old, in one line, or undefined when it is not. No syntax or module newer than Node 14 here. */
export function explainOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return undefined;
  return `airgap-charts needs Node ${OLDEST_NODE} or newer, this is ${version}: install a current Node and run it again`;
}
