import type { MovedAction, MovedRule } from '../addon.ts';
import { type Digest, formatReference, type Reference } from '../reference.ts';
import { fitsWildcard } from '../wildcard.ts';

/** How existing tags are treated. */
export interface ExistingRules {
  readonly skipExisting: boolean;
  readonly verifyDigest: boolean;
  readonly overwrite: boolean;
  readonly moved: readonly MovedRule[];
}

/**
 * What stands under the tag at the target. `immutable`: the registry lets nobody push this tag again, not even the same
 * content. `archived`: the tag is taken by what cannot be pulled.
 */
export type AtTarget =
  | { readonly kind: 'absent' }
  | { readonly kind: 'archived' }
  | { readonly kind: 'found'; readonly digest: Digest; readonly immutable: boolean };

/** Why a tag is left as it is, and its image refused. */
export type Refusal =
  | { readonly kind: 'taken'; readonly digest: Digest }
  | { readonly kind: 'immutable'; readonly digest: Digest }
  | { readonly kind: 'archived' };

/** What is done with one image. `present` and `kept` move nothing. */
export type Decision =
  | { readonly kind: 'copy'; readonly replaces: Digest | undefined }
  | { readonly kind: 'present'; readonly verified: boolean }
  | { readonly kind: 'kept'; readonly digest: Digest }
  | { readonly kind: 'refuse'; readonly why: Refusal };

/** The rule for a tag that moved: the first that matches `registry/repository:tag`, else refuse. */
export function movedAction(source: Reference, rules: readonly MovedRule[]): MovedAction {
  const name = formatReference({ ...source, tag: source.tag ?? 'latest', digest: undefined });
  return rules.find((rule) => fitsWildcard(rule.match, name))?.action ?? 'refuse';
}

/**
 * Whether the source need not be asked at all: the target has the tag, and either the reference pins the digest that
 * is there, or the caller trusts tags and pins none.
 */
export function settledByTarget(source: Reference, target: AtTarget, rules: ExistingRules): Decision | undefined {
  if (target.kind === 'archived') return { kind: 'refuse', why: target };
  if (target.kind === 'absent' || !rules.skipExisting) return undefined;
  if (source.digest !== undefined)
    return source.digest === target.digest ? { kind: 'present', verified: true } : undefined;
  return rules.verifyDigest ? undefined : { kind: 'present', verified: false };
}

/** A tag with other content is to be replaced: an immutable one cannot be. */
function replace({ digest, immutable }: Extract<AtTarget, { kind: 'found' }>): Decision {
  return immutable ? { kind: 'refuse', why: { kind: 'immutable', digest } } : { kind: 'copy', replaces: digest };
}

/**
 * Decides for one image whose digest at the source is known. Another digest under the tag is never replaced without
 * `--overwrite-existing` or a `moved: overwrite` rule, in any combination of the other flags; an immutable tag never.
 */
export function decide(source: Reference, wanted: Digest, target: AtTarget, rules: ExistingRules): Decision {
  if (target.kind === 'absent') return { kind: 'copy', replaces: undefined };
  if (target.kind === 'archived') return { kind: 'refuse', why: target };
  const { digest, immutable } = target;
  if (digest === wanted)
    return rules.skipExisting || immutable ? { kind: 'present', verified: true } : { kind: 'copy', replaces: wanted };
  if (rules.overwrite) return replace(target);
  const action = movedAction(source, rules.moved);
  if (action === 'overwrite') return replace(target);
  if (action === 'keep' && source.digest === undefined) return { kind: 'kept', digest };
  return { kind: 'refuse', why: { kind: immutable ? 'immutable' : 'taken', digest } };
}
