import { formatReference, type Reference } from '../reference.ts';
import type { DeclaredReference } from './declared.ts';

/** Whether tag and digest of the one are those of the other, as far as both have them; templates like to put a `v` before a tag. */
function isSameVersion({ tag, digest }: Reference, shown: Reference): boolean {
  if (digest !== undefined && shown.digest !== undefined) return digest === shown.digest;
  return tag !== undefined && (shown.tag === tag || shown.tag === `v${tag}`);
}

function isShownAs({ reference, isWhole, hasRegistry }: DeclaredReference, shown: Reference): boolean {
  const isSame = isSameVersion(reference, shown);
  if (shown.registry === reference.registry && shown.repository === reference.repository) return isSame || !isWhole;
  if (hasRegistry) return false;
  const path = reference.repository.replace(/^library\//, '');
  return (isSame || !isWhole) && `/${shown.repository}`.endsWith(`/${path}`);
}

/**
 * Whether renders show what a declared reference stands for, so that it is no further image: a template adds what it lacks
 * (tag, digest, the `v` of a version), and a registry and owner where none stands beside its name.
 */
export function isShown(declared: DeclaredReference, shown: readonly Reference[]): boolean {
  const text = formatReference(declared.reference);
  return shown.some((one) => formatReference(one) === text || isShownAs(declared, one));
}
