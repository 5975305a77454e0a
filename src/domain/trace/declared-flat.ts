import type { ValuePath } from '../chart/values-tree.ts';
import type { DeclaredValue, ValueText } from '../images/declared-values.ts';
import { hasHost, isOwnerBelow } from '../images/joined-names.ts';
import type { Fill } from './fills.ts';

/** What is known of the values of a name that no render has shown. */
export interface FlatRules {
  /** The target with its path: what stands before every flat name. */
  readonly base: string;
  /** What the name must become, without tag. */
  readonly whole: string;
  /** Values that were moved already. */
  readonly isKnown: (path: ValuePath) => boolean;
  /** Registries that have to stay, for what is not moved. */
  readonly isHeld: (path: ValuePath) => boolean;
}

function replaced({ path, text }: ValueText, offset: number, length: number, by: string): Fill {
  return { slot: { id: 0, kind: 'host', path, value: text, offset, length }, text: by };
}

/** The whole name in a value, without blanks, tag and digest. */
function nameIn({ text }: ValueText): { readonly offset: number; readonly length: number } {
  const offset = /^[\s/]*/.exec(text)?.[0].length ?? 0;
  const name = text
    .slice(offset)
    .trimEnd()
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '');
  return { offset, length: name.length };
}

/**
 * Fills that make a name in values flat by the form in which it is written: as a whole, or as what stands behind a registry, which
 * becomes the target. None where a registry above is empty or an owner stands between, since then the form does not say enough.
 */
export function flatDeclaredFills({ name, registry, above }: DeclaredValue, rules: FlatRules): readonly Fill[] {
  const { base, whole, isKnown, isHeld } = rules;
  if (isKnown(name.path) || !whole.startsWith(`${base}/`)) return [];
  const { offset, length } = nameIn(name);
  const own = registry?.text === '' ? undefined : registry;
  if (own !== undefined && above !== undefined && isOwnerBelow(own.text, above.text)) return [];
  const before = hasHost(name.text.trim()) ? undefined : (own ?? above);
  if (before === undefined) return [replaced(name, offset, length, whole)];
  if (isHeld(before.path)) return [];
  const moved = replaced(name, offset, length, whole.slice(base.length + 1));
  if (isKnown(before.path)) return [moved];
  if (before.text === '') return [];
  const end = before.text.replace(/\/+$/, '').length;
  return [replaced(before, 0, end, base), moved];
}
