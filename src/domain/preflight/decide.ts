import type { MovedAction, MovedRule } from '../addon.ts';
import { type Digest, formatReference, type Reference } from '../reference.ts';

/** How existing tags are treated. */
export interface ExistingRules {
  readonly skipExisting: boolean;
  readonly verifyDigest: boolean;
  readonly overwrite: boolean;
  readonly moved: readonly MovedRule[];
}

/** What stands under the tag at the target. */
export type AtTarget = { readonly kind: 'absent' } | { readonly kind: 'found'; readonly digest: Digest };

/** What is done with one image. `present` and `kept` move nothing. */
export type Decision =
  | { readonly kind: 'copy'; readonly replaces: Digest | undefined }
  | { readonly kind: 'present'; readonly verified: boolean }
  | { readonly kind: 'kept'; readonly digest: Digest }
  | { readonly kind: 'refuse'; readonly taken: Digest };

function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  return new RegExp(`^${escaped}$`);
}

/** The rule for a tag that moved: the first that matches `registry/repository:tag`, else refuse. */
export function movedAction(source: Reference, rules: readonly MovedRule[]): MovedAction {
  const name = formatReference({ ...source, tag: source.tag ?? 'latest', digest: undefined });
  return rules.find((rule) => globPattern(rule.match).test(name))?.action ?? 'refuse';
}

/**
 * Whether the source need not be asked at all: the target has the tag, and either the reference pins the digest that
 * is there, or the caller trusts tags and pins none.
 */
export function settledByTarget(source: Reference, target: AtTarget, rules: ExistingRules): Decision | undefined {
  if (target.kind === 'absent' || !rules.skipExisting) return undefined;
  if (source.digest !== undefined)
    return source.digest === target.digest ? { kind: 'present', verified: true } : undefined;
  return rules.verifyDigest ? undefined : { kind: 'present', verified: false };
}

/**
 * Decides for one image whose digest at the source is known. Another digest under the tag is never replaced without
 * `--overwrite-existing` or a `moved: overwrite` rule, in any combination of the other flags.
 */
export function decide(source: Reference, wanted: Digest, target: AtTarget, rules: ExistingRules): Decision {
  if (target.kind === 'absent') return { kind: 'copy', replaces: undefined };
  if (target.digest === wanted)
    return rules.skipExisting ? { kind: 'present', verified: true } : { kind: 'copy', replaces: wanted };
  if (rules.overwrite) return { kind: 'copy', replaces: target.digest };
  const action = movedAction(source, rules.moved);
  if (action === 'overwrite') return { kind: 'copy', replaces: target.digest };
  if (action === 'keep' && source.digest === undefined) return { kind: 'kept', digest: target.digest };
  return { kind: 'refuse', taken: target.digest };
}
