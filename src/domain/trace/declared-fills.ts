import type { GlobalReach } from '../chart/global-reach.ts';
import { nodeAt, type ValueNode } from '../chart/values-tree.ts';
import { type DeclaredValue, declaredValues, type ValueText } from '../images/declared-values.ts';
import { hasHost, isOwnerBelow, joined } from '../images/joined-names.ts';
import type { Reference } from '../reference.ts';
import { flatDeclaredFills } from './declared-flat.ts';
import type { Fill } from './fills.ts';
import type { PlainReads } from './plain-reads.ts';
import { type Slot, slotKey } from './slot.ts';

/** What decides how names in values are moved by their form. */
export interface DeclaredRules {
  /** The text that a reference without tag and digest must become. */
  readonly wanted: (reference: Reference) => string;
  /** Values that tracing has found out about, by `JSON.stringify` of their path: these are left alone. */
  readonly known: ReadonlySet<string>;
  /** References that are to stay as they are. */
  readonly isLeft: (reference: Reference) => boolean;
  /** For flat names: the target with its path. */
  readonly flatBase?: string;
  /** Whether a global concerns the values at a path; without it, each concerns all. */
  readonly reaches?: GlobalReach;
  /** Whether nothing can stand before the text at a path; without it, an empty registry above may. */
  readonly isPlain?: PlainReads;
}

function slotFor({ path, text }: ValueText, offset: number, length: number): Slot {
  return { id: 0, kind: length > 0 ? 'host' : 'path', path, value: text, offset, length };
}

function withoutTag(reference: Reference): Reference {
  return { ...reference, tag: undefined, digest: undefined };
}

/** A text that begins with its host, or with a name of Docker Hub: what stands before the rest becomes the target. */
function fillOfText(name: ValueText, reference: Reference, { wanted }: DeclaredRules): readonly Fill[] {
  const lead = /^\s*/.exec(name.text)?.[0].length ?? 0;
  const text = name.text.slice(lead);
  const host = hasHost(text) ? (text.split('/')[0] ?? '') : '';
  const path = text
    .slice(host.length)
    .trimEnd()
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '');
  const whole = wanted(withoutTag(reference));
  if (!whole.endsWith(path)) return [];
  return [{ slot: slotFor(name, lead, host.length), text: whole.slice(0, whole.length - path.length) }];
}

/** A registry before a name: it becomes what must stand before the name. */
function fillOfRegistry(
  registry: ValueText,
  name: ValueText,
  reference: Reference,
  rules: DeclaredRules,
): readonly Fill[] {
  const host = registry.text.replace(/\/+$/, '');
  const path = name.text
    .trim()
    .replace(/^\/+/, '')
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '');
  const whole = rules.wanted(withoutTag(reference));
  if (!whole.endsWith(`/${path}`)) return [];
  const text = `${whole.slice(0, -path.length - 1)}${registry.text.slice(host.length)}`;
  return [{ slot: slotFor(registry, 0, registry.text.length), text }];
}

/** A registry that other names share: only a text that is right for all of them. */
function fillAbove(above: ValueText, name: ValueText, reference: Reference, rules: DeclaredRules): readonly Fill[] {
  const base = rules.wanted({ registry: reference.registry, repository: 'a/b', tag: undefined, digest: undefined });
  return fillOfRegistry(above, name, reference, rules).filter(
    ({ text }) => text.replace(/\/+$/, '') === base.slice(0, -'/a/b'.length),
  );
}

/**
 * Without an empty registry above that cannot stand before this name: templates print the name alone, or it is a global of another
 * subchart, which nobody reads here.
 */
function withinReach(declared: DeclaredValue, values: ValueNode, { reaches, isPlain }: DeclaredRules): DeclaredValue {
  const { above, path, name } = declared;
  if (above === undefined || above.text !== '') return declared;
  if (isPlain?.(name.path)) return { ...declared, above: undefined };
  if (above.path[0] !== 'global' || reaches === undefined) return declared;
  const node = nodeAt(values, above.path);
  const isGiven = node?.kind === 'string' && node.origin.kind === 'layer';
  return isGiven || reaches(String(above.path[1]), path) ? declared : { ...declared, above: undefined };
}

function fillsOf(declared: DeclaredValue, rules: DeclaredRules): readonly Fill[] {
  const { name, registry, above, reference } = declared;
  const isKnown = (one: ValueText | undefined): boolean =>
    one !== undefined && rules.known.has(JSON.stringify(one.path));
  if (isKnown(registry) || rules.isLeft(reference)) return [];
  const isEmpty = registry === undefined || registry.text === '';
  // the registry above that was traced took the place of its own, which comes back once the one above is emptied
  const isHeldBack = !isEmpty && isKnown(above) && !hasHost(name.text.trim());
  if (isKnown(name) && !isHeldBack) return [];
  if (hasHost(name.text.trim())) return fillOfText(name, reference, rules);
  if (registry !== undefined && above !== undefined && isOwnerBelow(registry.text, above.text))
    return isKnown(above)
      ? []
      : fillAbove(above, { ...name, text: joined(name.text, registry.text) }, reference, rules);
  if (registry !== undefined && !(isEmpty && above !== undefined))
    return fillOfRegistry(registry, name, reference, rules);
  if (above === undefined) return fillOfText(name, reference, rules);
  // where a map above has a registry, names are left to it; what was traced has moved it already
  return isKnown(above) || above.text === '' ? [] : fillAbove(above, name, reference, rules);
}

function waysFor(declared: DeclaredValue, rules: DeclaredRules, held: ReadonlySet<string>): readonly Fill[] {
  const { flatBase, known, wanted } = rules;
  if (flatBase === undefined) return fillsOf(declared, rules);
  if (rules.isLeft(declared.reference)) return [];
  return flatDeclaredFills(declared, {
    base: flatBase,
    whole: wanted(withoutTag(declared.reference)),
    isKnown: (path) => known.has(JSON.stringify(path)),
    isHeld: (path) => held.has(JSON.stringify(path)),
  });
}

/**
 * Fills for names in values that no render has shown: moved by the form in which they are written, for whoever turns
 * something on that nobody tried. Of two that want different texts in one place, the first has it.
 */
export function declaredFills(values: ValueNode, rules: DeclaredRules): readonly Fill[] {
  const fills = new Map<string, Fill>();
  const all = declaredValues(values, () => undefined);
  // a registry that also stands before what is to be left stays for all
  const held = all
    .filter(({ reference }) => rules.isLeft(reference))
    .flatMap(({ registry, above }) => [registry, above])
    .flatMap((one) => (one === undefined ? [] : [JSON.stringify(one.path)]));
  const own = { ...rules, known: new Set([...rules.known, ...held]) };
  for (const declared of all) {
    for (const fill of waysFor(withinReach(declared, values, rules), own, new Set(held))) {
      const key = slotKey(fill.slot);
      if (!fills.has(key)) fills.set(key, fill);
    }
  }
  return [...fills.values()];
}
