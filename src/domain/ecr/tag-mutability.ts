/**
 * Whether tags of a repository may be moved. `exceptions` are the filters to which the opposite applies, with `*` for any
 * characters; ECR allows five of them (client-ecr, `ImageTagMutabilityExclusionFilter`).
 */
export interface TagMutability {
  readonly kind: 'mutable' | 'immutable';
  readonly exceptions: readonly string[];
}

function matches(filter: string, tag: string): boolean {
  const escaped = filter.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  return new RegExp(`^${escaped}$`).test(tag);
}

/** Whether a tag, once pushed, stays for ever: not even the same content can be pushed under it again. */
export function isImmutable(mutability: TagMutability, tag: string): boolean {
  const isException = mutability.exceptions.some((filter) => matches(filter, tag));
  return (mutability.kind === 'immutable') !== isException;
}
