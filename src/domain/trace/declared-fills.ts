import type { ValueNode, ValuePath } from '../chart/values-tree.ts';
import { isImageKey } from '../images/reference-text.ts';
import { isKnownRegistry } from '../images/registry-hosts.ts';
import { looksLikeRegistry, parseReference, type Reference } from '../reference.ts';
import type { Slot } from './slot.ts';
import type { Fill } from './solve.ts';

/** What decides how names in values are moved by their form. */
export interface DeclaredRules {
  /** The text that a reference without tag and digest must become. */
  readonly wanted: (reference: Reference) => string;
  /** Values that tracing has found out about, by `JSON.stringify` of their path: these are left alone. */
  readonly known: ReadonlySet<string>;
}

type Entry = readonly [path: ValuePath, text: string];

const REGISTRIES = ['registry', 'imageRegistry', 'hub'];
const NAMES = ['repository', 'image', 'name'];
const TAGS = ['tag', 'digest', 'sha', 'imageTag', 'version', 'pullPolicy', 'imagePullPolicy'];
const REGISTRY_KEY = /registry$|^hub$/i;

function textAtKey(map: ReadonlyMap<string, ValueNode>, path: ValuePath, keys: readonly string[]): Entry | undefined {
  for (const key of keys) {
    const node = map.get(key);
    if (node?.kind === 'string') return [[...path, key], node.value];
  }
  return undefined;
}

function slotFor([path, value]: Entry, offset: number, length: number): Slot {
  return { id: 0, kind: length > 0 ? 'host' : 'path', path, value, offset, length };
}

function hostIn(text: string): string | undefined {
  const head = text.split('/')[0] ?? '';
  return text.includes('/') && looksLikeRegistry(head) ? head : undefined;
}

function withoutTag(reference: Reference): Reference {
  return { ...reference, tag: undefined, digest: undefined };
}

/** A text that begins with its host, or with a name of Docker Hub: what stands before the rest becomes the target. */
function fillOfText(entry: Entry, reference: Reference, { wanted }: DeclaredRules): readonly Fill[] {
  const [, text] = entry;
  const host = hostIn(text);
  const rest = host === undefined ? text : text.slice(host.length);
  const name = rest.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const whole = wanted(withoutTag(reference));
  if (!whole.endsWith(name)) return [];
  return [{ slot: slotFor(entry, 0, host?.length ?? 0), text: whole.slice(0, whole.length - name.length) }];
}

/** `{registry, repository}`: the registry becomes what must stand before the repository. */
function fillOfPair(registry: Entry, name: Entry, { wanted }: DeclaredRules): readonly Fill[] {
  const host = registry[1].replace(/\/+$/, '');
  const path = name[1].replace(/^\/+/, '');
  const reference = parseReference(host === '' ? path : `${host}/${path}`);
  if (reference === undefined || hostIn(path) !== undefined) return [];
  const whole = wanted(withoutTag(reference));
  if (!whole.endsWith(`/${path}`)) return [];
  const slash = registry[1].slice(host.length);
  return [{ slot: slotFor(registry, 0, registry[1].length), text: `${whole.slice(0, -path.length - 1)}${slash}` }];
}

class Declared {
  readonly fills: Fill[] = [];
  readonly #rules: DeclaredRules;

  constructor(rules: DeclaredRules) {
    this.#rules = rules;
  }

  #isFree(entry: Entry | undefined): entry is Entry {
    return entry !== undefined && !this.#rules.known.has(JSON.stringify(entry[0]));
  }

  /** `{registry, repository, tag}` and the like; returns whether the map is one. `above`: a parent sets a registry for it. */
  #image(map: ReadonlyMap<string, ValueNode>, path: ValuePath, above: boolean): boolean {
    const name = textAtKey(map, path, NAMES);
    const registry = textAtKey(map, path, REGISTRIES);
    const isImage = name?.[0].at(-1) === 'repository' || (registry ?? textAtKey(map, path, TAGS)) !== undefined;
    if (name === undefined || name[1] === '' || !isImage) return false;
    const free = this.#isFree(name) && (registry === undefined || this.#isFree(registry));
    const reference = parseReference(name[1]);
    if (!free || reference === undefined) return true;
    if (hostIn(name[1]) !== undefined) this.fills.push(...fillOfText(name, reference, this.#rules));
    else if (registry !== undefined) this.fills.push(...fillOfPair(registry, name, this.#rules));
    else if (!above && name[1].includes('/')) this.fills.push(...fillOfText(name, reference, this.#rules));
    return true;
  }

  #text(key: string, path: ValuePath, text: string): void {
    const host = hostIn(text);
    const entry: Entry = [path, text];
    if (host === undefined || !(isImageKey(key) || isKnownRegistry(host)) || !this.#isFree(entry)) return;
    const reference = parseReference(text);
    if (reference !== undefined) this.fills.push(...fillOfText(entry, reference, this.#rules));
  }

  walk(node: ValueNode, path: ValuePath, above: boolean): void {
    if (node.kind === 'list')
      for (const [index, item] of node.items.entries()) this.walk(item, [...path, index], above);
    if (node.kind === 'string')
      this.#text(String(path.findLast((step) => typeof step === 'string') ?? ''), path, node.value);
    if (node.kind !== 'map') return;
    const taken = this.#image(node.entries, path, above);
    const sets = [...node.entries].some(([key, value]) => REGISTRY_KEY.test(key) && value.kind === 'string');
    for (const [key, value] of node.entries) {
      if (taken && value.kind === 'string') continue;
      this.walk(value, [...path, key], above || sets);
    }
  }
}

/**
 * Fills for names in values that no render has shown: moved by the form in which they are written, for whoever turns
 * something on that nobody tried. Where a parent or a global sets a registry, names without one are left to it.
 */
export function declaredFills(values: ValueNode, rules: DeclaredRules): readonly Fill[] {
  const declared = new Declared(rules);
  const globals = values.kind === 'map' ? values.entries.get('global') : undefined;
  const isGlobal = globals?.kind === 'map' && [...globals.entries.keys()].some((key) => REGISTRY_KEY.test(key));
  declared.walk(values, [], isGlobal);
  return declared.fills;
}
