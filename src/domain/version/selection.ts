import { oneLine } from '../../errors.ts';
import type { VersionRequest } from '../addon.ts';
import { type Constraint, parseConstraint, satisfies } from './constraint.ts';
import { nearestVersions } from './nearest.ts';
import { tagToVersion, versionToTag } from './tags.ts';
import { compareVersions, isPrerelease, parseStrictVersion, parseVersion, type Version } from './version.ts';

/**
 * What a request came to. `version` is in the chart's own spelling, with `+` even where it came from a tag. `exact` means the
 * very text asked for; `range` includes `v1.0.0` that found `1.0.0` and `1.0` that found `1.0.1`. `equals` are the others on
 * offer that differ from a chosen range or newest version in build metadata or spelling only. `nearest` names at most five
 * that do exist, newest first. `reason` is one line, lower case, and names the text asked for.
 */
export type Selection =
  | {
      readonly kind: 'selected';
      readonly version: string;
      readonly how: 'exact' | 'range' | 'newest';
      readonly equals: readonly string[];
    }
  | { readonly kind: 'none'; readonly nearest: readonly string[] }
  | { readonly kind: 'invalid'; readonly reason: string };

/**
 * Whether helm takes the text for a tag of an OCI repository and fetches `versionToTag` of it without listing tags:
 * everything that reads as a version, even partial or with a `v` (`1`, `1.0`, `v1.0.0`, `1.2.3`). Never a range.
 */
export function isExactTag(text: string): boolean {
  return parseVersion(text) !== undefined;
}

function invalid(text: string): Selection {
  if (text.trim() === '') return { kind: 'invalid', reason: 'the version asked for is empty' };
  return { kind: 'invalid', reason: `'${oneLine(text)}' is neither a version nor a version range that helm can read` };
}

function parseAll(texts: readonly string[], parse: (text: string) => Version | undefined): readonly Version[] {
  return texts.map(parse).filter((version) => version !== undefined);
}

function exactly(text: string): Selection {
  return { kind: 'selected', version: text, how: 'exact', equals: [] };
}

// Among equals the first one listed is taken. So does helm with up to twelve versions, or with an index that helm wrote;
// beyond that its sort is not stable and its choice an accident, which is why `equals` names the others.
function newestWhere(
  candidates: readonly Version[],
  how: 'range' | 'newest',
  accepts: (version: Version) => boolean,
): Selection | undefined {
  const accepted = candidates.filter(accepts).toSorted((left, right) => compareVersions(right, left));
  const [chosen, ...others] = accepted;
  if (chosen === undefined) return undefined;
  const rivals = others.filter((other) => compareVersions(other, chosen) === 0).map((other) => other.original);
  const equals = [...new Set(rivals)].filter((rival) => rival !== chosen.original);
  return { kind: 'selected', version: chosen.original, how, equals };
}

function selectNewest(candidates: readonly Version[], offered: readonly Version[]): Selection {
  const newest = newestWhere(candidates, 'newest', (version) => !isPrerelease(version));
  return newest ?? { kind: 'none', nearest: nearestVersions(offered, undefined) };
}

function selectInRange(candidates: readonly Version[], constraint: Constraint, offered: readonly Version[]): Selection {
  const found = newestWhere(candidates, 'range', (version) => satisfies(version, constraint));
  const first = constraint.groups[0]?.[0];
  const target = first?.given === 0 ? undefined : first?.version;
  return found ?? { kind: 'none', nearest: nearestVersions(offered, target) };
}

/**
 * Chooses among the versions of one chart in an HTTP repository's index, as helm does (its pkg/repo, `IndexFile.Get`): the
 * same text first, else the newest version in the range that the text is read as; for `newest`, the newest stable one.
 * Versions that helm cannot read are no candidates, since helm drops such entries when it loads an index.
 */
export function selectFromIndex(versions: readonly string[], request: VersionRequest): Selection {
  const candidates = parseAll(versions, parseVersion);
  if (request.kind === 'newest') return selectNewest(candidates, candidates);
  const constraint = parseConstraint(request.text);
  if (constraint === undefined) return invalid(request.text);
  if (candidates.some((candidate) => candidate.original === request.text)) return exactly(request.text);
  return selectInRange(candidates, constraint, candidates);
}

/**
 * Chooses among the tags of an OCI repository, as helm does (its pkg/registry, `ValidateReference`): a text for which
 * `isExactTag` holds is that tag or nothing; any other text is a range over the tags that are strict versions; `newest` is
 * the newest stable one of those. Tags such as `v1.0.0` can thus only be asked for exactly, and are named as nearest.
 */
export function selectFromTags(tags: readonly string[], request: VersionRequest): Selection {
  const spelled = tags.map(tagToVersion);
  const offered = parseAll(spelled, parseVersion);
  const listed = parseAll(spelled, parseStrictVersion);
  if (request.kind === 'newest') return selectNewest(listed, offered);
  if (isExactTag(request.text)) {
    if (tags.includes(versionToTag(request.text))) return exactly(request.text);
    return { kind: 'none', nearest: nearestVersions(offered, parseVersion(request.text)) };
  }
  const constraint = parseConstraint(request.text);
  return constraint === undefined ? invalid(request.text) : selectInRange(listed, constraint, offered);
}
