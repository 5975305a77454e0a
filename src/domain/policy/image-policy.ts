import { formatReference, identifierOf, type Reference } from '../reference.ts';
import { formatSize } from '../report/size.ts';
import { fitsWildcard } from '../wildcard.ts';

/** References that are refused, and why, where the policy says it. */
export interface RefusedReferences {
  readonly match: string;
  readonly reason: string | null;
}

/**
 * Which images a site allows to come into its registry. Patterns are those of `fitsWildcard`, for whole references, without the
 * digest of those that have a tag.
 */
export interface ImagePolicy {
  /** Null where every source registry is allowed. */
  readonly allowedRegistries: readonly string[] | null;
  readonly refused: readonly RefusedReferences[];
  /** The images that must be signed. Null where it is said elsewhere. */
  readonly requireSignatures: readonly string[] | null;
  /** In bytes; null for no bound. */
  readonly largestImage: number | null;
}

/** How an image breaks a policy: the rule as the configuration names it, and what is wrong. */
export interface Violation {
  readonly rule: string;
  readonly what: string;
}

function nameOf(reference: Reference): string {
  return formatReference(reference.tag === undefined ? reference : { ...reference, digest: undefined });
}

/** What patterns are compared with: the reference as it is written; one without tag and digest is fetched as `latest`, so that is a name of it, too. */
function namesOf(source: Reference): readonly string[] {
  const isBare = source.tag === undefined && source.digest === undefined;
  return isBare ? [nameOf(source), nameOf({ ...source, tag: identifierOf(source) })] : [nameOf(source)];
}

function fits(pattern: string, source: Reference): boolean {
  return namesOf(source).some((name) => fitsWildcard(pattern, name));
}

/** Why an image may not be mirrored, by its name alone; undefined where it may. */
export function violationOf(source: Reference, policy: ImagePolicy): Violation | undefined {
  const name = nameOf(source);
  const { allowedRegistries, refused } = policy;
  const rule = refused.find(({ match }) => fits(match, source));
  if (rule !== undefined) {
    const why = rule.reason === null ? '' : `: ${rule.reason}`;
    return { rule: `policy.refused ${JSON.stringify(rule.match)}`, what: `${name} is refused${why}` };
  }
  const { registry } = source;
  if (allowedRegistries === null || allowedRegistries.some((allowed) => fitsWildcard(allowed, registry)))
    return undefined;
  return { rule: 'policy.allowedRegistries', what: `${name} comes from ${registry}, which is not allowed` };
}

/** Why an image of this size may not be mirrored; undefined where it may. */
export function sizeViolation(source: Reference, bytes: number, { largestImage }: ImagePolicy): Violation | undefined {
  if (largestImage === null || bytes <= largestImage) return undefined;
  const what = `${nameOf(source)} has ${formatSize(bytes)}, more than ${formatSize(largestImage)}`;
  return { rule: 'policy.largestImage', what };
}

/** Whether an image must be signed, and the rule that says so; null where no rule does, but the run for all images. */
export interface SignatureDuty {
  readonly rule: string | null;
}

/** Why an image must be signed where signatures are verified; undefined where it need not. A policy that says nothing of it wants it of all. */
export function signatureDuty(source: Reference, policy: ImagePolicy | undefined): SignatureDuty | undefined {
  const patterns = policy?.requireSignatures ?? null;
  if (patterns === null) return { rule: null };
  const match = patterns.find((pattern) => fits(pattern, source));
  return match === undefined ? undefined : { rule: `policy.requireSignatures ${JSON.stringify(match)}` };
}
