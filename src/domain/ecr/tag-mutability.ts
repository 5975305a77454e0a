import { fitsWildcard } from '../wildcard.ts';

/**
 * Whether tags of a repository may be moved. `exceptions` are the filters to which the opposite applies, with `*` for any
 * characters; ECR allows five of them (client-ecr, `ImageTagMutabilityExclusionFilter`).
 */
export interface TagMutability {
  readonly kind: 'mutable' | 'immutable';
  readonly exceptions: readonly string[];
}

/** Whether a tag, once pushed, stays for ever: not even the same content can be pushed under it again. */
export function isImmutable(mutability: TagMutability, tag: string): boolean {
  const isException = mutability.exceptions.some((filter) => fitsWildcard(filter, tag));
  return (mutability.kind === 'immutable') !== isException;
}
