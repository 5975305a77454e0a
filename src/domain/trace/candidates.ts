import {
  isBlank,
  isSettable,
  lastKey,
  nodeAt,
  type StringLeaf,
  stringLeaves,
  type ValueNode,
  type ValuePath,
} from '../chart/values-tree.ts';
import type { ImageUse } from '../images/image-use.ts';
import { isImageKey, referencesInLooseText, referencesNamed, wholeReference } from '../images/reference-text.ts';
import { isKnownRegistry } from '../images/registry-hosts.ts';
import { looksLikeRegistry } from '../reference.ts';
import type { Slot } from './slot.ts';

/** Slots by how surely they lead to an image: each tier is tried only for what the tiers before left open. */
export interface Candidates {
  readonly strong: readonly Slot[];
  readonly weak: readonly Slot[];
  readonly blank: readonly Slot[];
  /** Registry-like keys that templates may read under another name. */
  readonly guessed: readonly Slot[];
  /** Values that may be a part of a host, such as its region. */
  readonly parts: readonly Slot[];
}

type Draft = Omit<Slot, 'id'>;

interface Used {
  /** The hosts that references as written begin with. */
  readonly hosts: ReadonlySet<string>;
  /** Paths of references as written, without host, tag and digest. */
  readonly paths: readonly string[];
  /** References as written. */
  readonly texts: ReadonlySet<string>;
}

const NAME_KEY = /image|repo|name$|path$|url$|registry|hub$/i;
const REGISTRY_KEY =
  /registry$|^hub$|^repository$|repo$|override|^image(?:_?name)?$|imageregistry|registryurl|registryprefix|prefix$/i;

function writtenHost(text: string): string | undefined {
  const head = text.split('/')[0] ?? '';
  return text.includes('/') && looksLikeRegistry(head) ? head : undefined;
}

/** A reference's text without tag and digest. */
function withoutIdentifier(text: string): string {
  return text.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

function usedBy(uses: readonly ImageUse[]): Used {
  const hosts = new Set<string>();
  const paths = new Set<string>();
  for (const { text } of uses) {
    const host = writtenHost(text);
    if (host !== undefined) hosts.add(host);
    const rest = host === undefined ? text : text.slice(host.length + 1);
    paths.add(withoutIdentifier(rest));
  }
  return { hosts, paths: [...paths], texts: new Set(uses.map(({ text }) => text)) };
}

function isHost(text: string, used: Used): boolean {
  return used.hosts.has(text) || isKnownRegistry(text);
}

function isPartOfPath(value: string, used: Used): boolean {
  const parts = value.replace(/^\/+|\/+$/g, '');
  return parts !== '' && used.paths.some((path) => `/${path}/`.includes(`/${parts}/`));
}

/** What a value says of a path: a value that is itself a template says it before its first expression. */
function pathSaid(value: string): string {
  const expression = value.indexOf('{{');
  return withoutIdentifier(expression < 0 ? value : value.slice(0, expression).replace(/[:@]$/, ''));
}

/** The slots of the references that stand in a value with other words. */
function slotsInText({ path, value }: StringLeaf, used: Used): readonly Draft[] {
  const named = referencesNamed(lastKey(path), value, used.hosts);
  const found = named.length > 1 ? named : referencesInLooseText(value, used.hosts);
  const inFields = bareNames(value, used).filter((offset) => found.every((one) => one.offset !== offset));
  const bare = inFields.map((offset): Draft => ({ kind: 'path', path, value, offset, length: 0 }));
  const slots = found.map(({ text, offset, reference }): Draft => {
    const host = reference.repository === '' ? text : writtenHost(text);
    return { kind: host === undefined ? 'path' : 'host', path, value, offset, length: host?.length ?? 0 };
  });
  return [...slots, ...bare];
}

const IMAGE_FIELD = /(?<![\w.-])["']?image["']?:[ \t]*["']?([a-z0-9][a-z0-9._-]*)["']?[ \t]*(?=,|}|#|$)/gm;

/** Where a text, such as a pod in YAML or JSON, names by a single word an image that a render shows. */
function bareNames(value: string, { texts }: Used): readonly number[] {
  return [...value.matchAll(IMAGE_FIELD)].flatMap(({ 0: field, 1: name = '', index }) =>
    texts.has(name) ? [index + field.lastIndexOf(name)] : [],
  );
}

function strongSlots(leaf: StringLeaf, used: Used): readonly Draft[] {
  const { path, value } = leaf;
  const host = value.split('/')[0] ?? '';
  const wholeHost: Draft = { kind: 'host', path, value, offset: 0, length: host.length };
  if (isHost(host, used) && !/[\s,;|]/.test(value)) return [wholeHost];
  if (value.length > 100_000) return [];
  const inText = slotsInText(leaf, used);
  if (inText.length > 0) return inText;
  if (isHost(host, used)) return [wholeHost];
  const said = pathSaid(value);
  const named = said.includes('/') || NAME_KEY.test(lastKey(path)) || used.texts.has(value);
  const whole = isImageKey(lastKey(path)) ? wholeReference(value) : undefined;
  const fits = whole !== undefined || (named && isPartOfPath(said, used));
  if (!fits || /\s/.test(said)) return [];
  const lead = /^\/*/.exec(value)?.[0].length ?? 0;
  return [{ kind: 'path', path, value, offset: lead, length: 0 }];
}

function weakSlots(leaf: StringLeaf, used: Used): readonly Draft[] {
  const { path, value } = leaf;
  const said = pathSaid(value);
  return !/\s/.test(said) && isPartOfPath(said, used) ? [{ kind: 'path', path, value, offset: 0, length: 0 }] : [];
}

/** The values that may make one of the hosts together: there must be one for its beginning, and another. */
function partSlots(leaves: readonly StringLeaf[], used: Used): readonly Draft[] {
  const parts = [...used.hosts].flatMap((host) => {
    const fitting = leaves.filter(({ value }) => host !== value && `.${host}.`.includes(`.${value}.`));
    const others = fitting.filter(({ value }) => !host.startsWith(`${value}.`));
    return others.length > 0 && others.length < fitting.length ? fitting : [];
  });
  return [...new Set(parts)].map(({ path, value }) => ({ kind: 'host', path, value, offset: 0, length: value.length }));
}

function blankPaths(root: ValueNode, path: ValuePath = []): readonly ValuePath[] {
  if (root.kind === 'list') return root.items.flatMap((item, index) => blankPaths(item, [...path, index]));
  if (root.kind !== 'map') return [];
  const own = [...root.entries].flatMap(([key, node]) => {
    if (isBlank(node)) return REGISTRY_KEY.test(key) ? [[...path, key]] : [];
    return blankPaths(node, [...path, key]);
  });
  const nameKey = ['repository', 'image', 'name'].some((key) => root.entries.get(key)?.kind === 'string');
  const sibling = nameKey && !root.entries.has('registry') ? [[...path, 'registry']] : [];
  return [...own, ...sibling];
}

/** Paths without the parentheses that templates put around what may be nil: `((.Values.a).b).c` is `.Values.a.b.c`. */
export function withoutNilGuards(template: string): string {
  const bare = template.replace(/\(\s*(\$?\.Values[A-Za-z0-9_.]*)\s*\)/g, '$1');
  return bare === template ? bare : withoutNilGuards(bare);
}

/** All paths that templates read, from `.Values.a.b` and `((.Values.a).b)` in their text, below a subchart's prefix. */
export function valuePaths(templates: readonly string[], prefix: ValuePath): readonly ValuePath[] {
  const found = new Set<string>();
  for (const text of templates) {
    for (const match of withoutNilGuards(text).matchAll(/\.Values((?:\.[A-Za-z_][A-Za-z0-9_]*)+)/g)) {
      if (match[1] !== undefined) found.add(match[1].slice(1));
    }
  }
  return [...found].map((path) => path.split('.')).map((path) => (path[0] === 'global' ? path : [...prefix, ...path]));
}

// a part of the values that `with`, a variable, a helper or a dict for one takes over
const HANDED_ON = /(?:\bwith|:=|\b(?:include|template) +"[^"]*"|\bdict|"[\w-]+") +\$?\.Values((?:\.[A-Za-z_]\w*)+)/g;
const FIELD = /(?<![\w)"'])(?:\$[A-Za-z_]\w*)?(?:\.[A-Za-z_]\w*)+/g;

/** Registry-like keys below parts of the values that are read under another name than `.Values`. */
function handedOn(templates: readonly string[], prefix: ValuePath): readonly ValuePath[] {
  const parts = new Set<string>();
  const keys = new Set<string>();
  for (const text of templates.map(withoutNilGuards)) {
    for (const match of text.matchAll(HANDED_ON)) parts.add((match[1] ?? '').slice(1));
    for (const [field] of text.matchAll(FIELD)) {
      const steps = field.replace(/^\$?\w*\./, '').split('.');
      if (/^\$?\.Values\./.test(field) || !REGISTRY_KEY.test(steps.at(-1) ?? '')) continue;
      // it is not known which of them is the part's own name there
      for (const length of [1, 2, 3]) keys.add(steps.slice(-length).join('.'));
    }
  }
  return [...parts].flatMap((part) => {
    const steps = part.split('.');
    const above = steps[0] === 'global' ? [] : prefix;
    return [...keys].map((key) => [...above, ...steps, ...key.split('.')]);
  });
}

/** Paths that values may lack: those that templates read, and those that they may read under another name. */
export interface MinedPaths {
  readonly named: readonly ValuePath[];
  readonly guessed: readonly ValuePath[];
}

/** The paths that end in registry-like keys, by whatever name the map above them goes in the templates. */
export function minedPaths(templates: readonly string[], prefix: ValuePath): MinedPaths {
  const named = valuePaths(templates, prefix).filter((path) => REGISTRY_KEY.test(String(path.at(-1) ?? '')));
  return { named, guessed: handedOn(templates, prefix) };
}

function unique(paths: readonly ValuePath[]): readonly ValuePath[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

function blankSlot(values: ValueNode, path: ValuePath): Draft {
  const value = nodeAt(values, path)?.kind === 'string' ? '' : undefined;
  return { kind: 'host', path, value, offset: 0, length: 0 };
}

/**
 * The slots of the effective values, but for the `avoided` ones, that could feed the references in `uses`. `mined` are paths that templates read
 * and the values may not have.
 */
export function candidates(
  values: ValueNode,
  uses: readonly ImageUse[],
  mined: MinedPaths,
  avoided: readonly ValuePath[] = [],
): Candidates {
  const used = usedBy(uses);
  const left = new Set(avoided.map((path) => JSON.stringify(path)));
  let id = 0;
  const numbered = (drafts: readonly Draft[]): readonly Slot[] =>
    drafts.filter(({ path }) => !left.has(JSON.stringify(path))).map((draft) => ({ ...draft, id: ++id }));
  const leaves = stringLeaves(values);
  const strong = numbered(leaves.flatMap((leaf) => strongSlots(leaf, used)));
  const taken = new Set(strong.map((slot) => JSON.stringify(slot.path)));
  const rest = leaves.filter((leaf) => !taken.has(JSON.stringify(leaf.path)));
  const weak = numbered(rest.flatMap((leaf) => weakSlots(leaf, used)));
  const settable = (paths: readonly ValuePath[]): readonly ValuePath[] =>
    paths.filter((path) => isSettable(values, path));
  const known = unique([...blankPaths(values), ...settable(mined.named)]);
  const taking = new Set(known.map((path) => JSON.stringify(path)));
  const blank = numbered(known.map((path) => blankSlot(values, path)));
  const others = unique(settable(mined.guessed)).filter((path) => !taking.has(JSON.stringify(path)));
  const guessed = numbered(others.map((path) => blankSlot(values, path)));
  const parts = numbered(partSlots(rest, used));
  return { strong, weak, blank, guessed, parts };
}
