/**
 * A chart version as helm reads it. The three numbers are 64-bit unsigned in helm, hence bigint. Build metadata has no
 * say in precedence and stays only in `original`, which is the chart's own spelling and the only text to show or fetch by.
 */
export interface Version {
  readonly original: string;
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** The dot-separated identifiers after `-`; empty for a stable version. */
  readonly prerelease: readonly string[];
}

const MAX_LENGTH = 256;
const MAX_NUMBER = 2n ** 64n - 1n;
/** The pattern of dot-separated identifiers, as they stand after `-` and `+`. */
export const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const LOOSE = new RegExp(`^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`);
const STRICT_NUMBERS = /^(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?![0-9])/;
const ZERO_LED_NUMBER = /^0[0-9]+$/;

function parseNumber(digits: string): bigint | undefined {
  const number = BigInt(digits);
  return number > MAX_NUMBER ? undefined : number;
}

/**
 * Reads a version with helm's leniency: a leading `v`, one or two numbers for three, zeros in front of a number.
 * Undefined where helm refuses: other text around it, numeric pre-release identifiers with a leading zero, numbers
 * beyond 64 bits, more than 256 characters. The rules of Masterminds/semver 3.5 (`NewVersion`), which helm 3.22 and 4.3 use.
 */
export function parseVersion(text: string): Version | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = LOOSE.exec(text);
  if (match?.[1] === undefined) return undefined;
  const major = parseNumber(match[1]);
  const minor = parseNumber(match[2] ?? '0');
  const patch = parseNumber(match[3] ?? '0');
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  const prerelease = match[4]?.split('.') ?? [];
  if (prerelease.some((identifier) => ZERO_LED_NUMBER.test(identifier))) return undefined;
  return { original: text, major, minor, patch, prerelease };
}

/**
 * Reads a version by the letter of Semantic Versioning 2.0: three numbers, no `v`, no leading zeros. What helm demands
 * of a tag before it takes part in resolving (`StrictNewVersion` of Masterminds/semver 3.5). Undefined for anything else.
 */
export function parseStrictVersion(text: string): Version | undefined {
  return STRICT_NUMBERS.test(text) ? parseVersion(text) : undefined;
}

/** Whether the version is a pre-release. Build metadata alone does not make one. */
export function isPrerelease(version: Version): boolean {
  return version.prerelease.length > 0;
}

function compareValues<Value extends bigint | string>(left: Value, right: Value): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Negative, 0 or positive by the first `count` of major, minor and patch. */
export function compareNumbers(left: Version, right: Version, count: 1 | 2 | 3): number {
  const major = compareValues(left.major, right.major);
  if (major !== 0 || count === 1) return major;
  const minor = compareValues(left.minor, right.minor);
  if (minor !== 0 || count === 2) return minor;
  return compareValues(left.patch, right.patch);
}

function identifierNumber(identifier: string): bigint | undefined {
  return /^[0-9]+$/.test(identifier) ? parseNumber(identifier) : undefined;
}

function compareIdentifiers(left: string, right: string): number {
  const leftNumber = identifierNumber(left);
  const rightNumber = identifierNumber(right);
  if (leftNumber !== undefined && rightNumber !== undefined) return compareValues(leftNumber, rightNumber);
  if (leftNumber !== undefined) return -1;
  if (rightNumber !== undefined) return 1;
  return compareValues(left, right);
}

function comparePrereleases(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return Math.sign(right.length - left.length);
  for (const [index, identifier] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
}

/** Precedence: negative when `left` is older, 0 when only build metadata (or spelling) differs, positive when newer. */
export function compareVersions(left: Version, right: Version): number {
  return compareNumbers(left, right, 3) || comparePrereleases(left.prerelease, right.prerelease);
}
