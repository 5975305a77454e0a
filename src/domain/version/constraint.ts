import { compareNumbers, compareVersions, IDENTIFIERS, isPrerelease, parseVersion, type Version } from './version.ts';

/** One condition of a constraint. `given` is how many of its numbers were written; the others are wildcards and count as 0. */
interface Comparator {
  readonly operator: '=' | '!=' | '>' | '<' | '>=' | '<=' | '~' | '^';
  readonly version: Version;
  readonly given: 0 | 1 | 2 | 3;
}

/** A version range: at least one group must hold, and in it every comparator. Neither list is empty. */
export interface Constraint {
  readonly groups: readonly (readonly Comparator[])[];
}

const MAX_LENGTH = 512;
const MAX_GROUPS = 32;
// The reference dialect lets a bar stand among the digits of a number; such numbers are refused later, but a hyphen range
// that follows `||` without a blank is thereby read (and refused) just as helm does.
const NUMBER = '[0-9xX*|]+';
const SUFFIX = `(?:-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?`;
// Not \s: the reference knows ASCII blanks only.
const BLANK = '[\\t\\n\\f\\r ]';
const HYPHEN_END = `v?${NUMBER}(?:\\.${NUMBER}){0,2}${SUFFIX}`;
const HYPHEN_RANGE = new RegExp(`${BLANK}*(${HYPHEN_END})${BLANK}+-${BLANK}+(${HYPHEN_END})${BLANK}*`, 'g');
const PATTERN = new RegExp(
  `^v?(${NUMBER})(?:\\.(${NUMBER}))?(?:\\.(${NUMBER}))?(-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?$`,
);
const COMPARATOR = new RegExp(`(!=|>=|=>|<=|=<|~>|[=<>~^]?)${BLANK}*([^,\\t\\n\\f\\r ]+)`, 'y');
const SEPARATOR = new RegExp(`${BLANK}*,${BLANK}*|${BLANK}+`, 'y');
const OPERATORS: ReadonlyMap<string, Comparator['operator']> = new Map([
  ['', '='],
  ['=', '='],
  ['!=', '!='],
  ['>', '>'],
  ['<', '<'],
  ['>=', '>='],
  ['=>', '>='],
  ['<=', '<='],
  ['=<', '<='],
  ['~', '~'],
  ['~>', '~'],
  ['^', '^'],
]);
const OUTER_BLANKS = new RegExp(`^${BLANK}+|${BLANK}+$`, 'g');

function isWild(number: string | undefined): boolean {
  return number === undefined || /^[xX*]$/.test(number);
}

function parseComparator(operatorText: string, pattern: string): Comparator | undefined {
  const operator = OPERATORS.get(operatorText);
  const match = PATTERN.exec(pattern);
  if (operator === undefined || match === null) return undefined;
  const [, major, minor, patch, prerelease = ''] = match;
  const complete = (given: Comparator['given'], text: string): Comparator | undefined => {
    const version = parseVersion(text);
    return version === undefined ? undefined : { operator, version, given };
  };
  if (isWild(major)) return complete(0, `0.0.0${prerelease}`);
  if (isWild(minor)) return complete(1, `${major}.0.0${prerelease}`);
  if (isWild(patch)) return complete(2, `${major}.${minor}.0${prerelease}`);
  return complete(3, pattern);
}

function parseGroup(text: string): readonly Comparator[] | undefined {
  const group = text.replace(OUTER_BLANKS, '');
  const comparators: Comparator[] = [];
  let position = 0;
  for (;;) {
    COMPARATOR.lastIndex = position;
    const match = COMPARATOR.exec(group);
    const comparator = match === null ? undefined : parseComparator(match[1] ?? '', match[2] ?? '');
    if (comparator === undefined) return undefined;
    comparators.push(comparator);
    if (COMPARATOR.lastIndex === group.length) return comparators;
    SEPARATOR.lastIndex = COMPARATOR.lastIndex;
    if (!SEPARATOR.test(group)) return undefined;
    position = SEPARATOR.lastIndex;
  }
}

/**
 * Reads a version range in helm's dialect (Masterminds/semver 3.5, `NewConstraint`), which is not npm's: comparators are
 * joined by blanks or commas, groups by `||`; `!=`, `=>`, `=<` and `~>` exist, `==` does not; wildcards and partial versions
 * may carry a pre-release; a hyphen between blanks is a range, one without starts a pre-release. Undefined for what helm
 * calls an improper constraint, the empty text included, and for more than 512 characters or 32 groups.
 */
export function parseConstraint(text: string): Constraint | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  // Helm rewrites hyphen ranges in the text before it splits it, blanks on both sides included.
  const rewritten = text.replace(HYPHEN_RANGE, (_range, low: string, high: string) => `>= ${low}, <= ${high} `);
  const parts = rewritten.split('||');
  if (parts.length > MAX_GROUPS) return undefined;
  const groups: (readonly Comparator[])[] = [];
  for (const part of parts) {
    const group = parseGroup(part);
    if (group === undefined) return undefined;
    groups.push(group);
  }
  return { groups };
}

function matchesTilde(version: Version, { version: bound, given }: Comparator): boolean {
  if (compareVersions(version, bound) < 0) return false;
  const everything = bound.major === 0n && bound.minor === 0n && bound.patch === 0n && (given === 0 || given === 3);
  return everything || compareNumbers(version, bound, given === 1 ? 1 : 2) === 0;
}

function matchesCaret(version: Version, { version: bound, given }: Comparator): boolean {
  if (compareVersions(version, bound) < 0) return false;
  if (bound.major > 0n || given === 1) return compareNumbers(version, bound, 1) === 0;
  return compareNumbers(version, bound, bound.minor > 0n || given === 2 ? 2 : 3) === 0;
}

function differs(version: Version, { version: bound, given }: Comparator): boolean {
  if (given === 1) return compareNumbers(version, bound, 1) !== 0;
  if (given !== 2) return compareVersions(version, bound) !== 0;
  return compareNumbers(version, bound, 2) !== 0 || version.prerelease.join('.') !== bound.prerelease.join('.');
}

function isAbove(version: Version, { version: bound, given }: Comparator): boolean {
  if (given === 1 || given === 2) return compareNumbers(version, bound, given) > 0;
  return compareVersions(version, bound) > 0;
}

function isAtMost(version: Version, { version: bound, given }: Comparator): boolean {
  if (given === 3) return compareVersions(version, bound) <= 0;
  return compareNumbers(version, bound, given === 1 ? 1 : 2) <= 0;
}

function matches(version: Version, comparator: Comparator): boolean {
  switch (comparator.operator) {
    case '=':
      return comparator.given === 3
        ? compareVersions(version, comparator.version) === 0
        : matchesTilde(version, comparator);
    case '!=':
      return differs(version, comparator);
    case '>':
      return isAbove(version, comparator);
    case '<':
      return compareVersions(version, comparator.version) < 0;
    case '>=':
      return compareVersions(version, comparator.version) >= 0;
    case '<=':
      return isAtMost(version, comparator);
    case '~':
      return matchesTilde(version, comparator);
    case '^':
      return matchesCaret(version, comparator);
  }
}

/**
 * Whether the version lies in the range, as helm judges it. A pre-release does so only in a group in which some comparator
 * names a pre-release, and then by plain precedence: `>=1.2.0-0` admits `2.0.0-rc.1`, and `>1.2.3-alpha <2` admits it too.
 * Wildcards have helm's edges: `^*` is only `0.0.0`, `<=*` is every `0.0.z`, `>1` starts at `2.0.0`.
 */
export function satisfies(version: Version, constraint: Constraint): boolean {
  return constraint.groups.some((group) => {
    const admitted = !isPrerelease(version) || group.some((comparator) => isPrerelease(comparator.version));
    return admitted && group.every((comparator) => matches(version, comparator));
  });
}
