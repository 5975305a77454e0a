import { type Entries, formatPath, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import { isTag, looksLikeRegistry, parseReference, type Reference } from '../reference.ts';
import { isPlaceholder } from './examples.ts';
import { hasHost, isOwnerBelow, joined } from './joined-names.ts';
import { isImageKey } from './reference-text.ts';
import { isKnownRegistry, needsOwner } from './registry-hosts.ts';

/** A text of the values, with its path. */
export interface ValueText {
  readonly path: ValuePath;
  readonly text: string;
}

/** An image that values name, by one text or by a map of parts. */
export interface DeclaredValue {
  /** The text or the map, for people. */
  readonly where: string;
  readonly path: ValuePath;
  readonly reference: Reference;
  /** Whether its tag or digest stands there, too; otherwise it is missing, or guessed. */
  readonly isWhole: boolean;
  readonly name: ValueText;
  /** The registry beside the name; empty where the key is there without a text. */
  readonly registry: ValueText | undefined;
  /** What it names where the name beside its repository belongs to it: `team/app` of `repository: team` and `name: app`. */
  readonly longer: Reference | undefined;
  /** The registry of a map above, or a global one, which templates may put before a name without one; it may be empty. */
  readonly above: ValueText | undefined;
}

const REGISTRIES = ['registry', 'imageRegistry', 'hub'];
const REGISTRY_KEY = /registry$|^hub$/i;
const TAGS = ['tag', 'imageTag'];
const DIGESTS = ['digest', 'sha', 'sha256'];
// what stands beside the name of an image and of nothing else
const ABOUT_IMAGES = ['tag', 'imageTag', 'digest', 'sha', 'pullPolicy', 'imagePullPolicy'];

/** What stands under the first of these keys that says anything, also a number; undefined for none. */
export function written(entries: Entries, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const node = entries.get(key);
    if (node?.kind === 'string' && node.value !== '') return node.value;
    if (node?.kind === 'plain') return node.source;
  }
  return undefined;
}

/** Whether a text is a host with its port, such as `store:9000`; a year may as well be a tag. */
function isHostAndPort(text: string): boolean {
  return !text.includes('/') && /:(?!(?:19|20)\d\d$)\d{4,5}$/.test(text);
}

function textOf(entries: Entries, path: ValuePath, keys: readonly string[]): ValueText | undefined {
  for (const key of keys) {
    const node = entries.get(key);
    if (node?.kind === 'string') return { path: [...path, key], text: node.value };
  }
  return undefined;
}

function keyOf(path: ValuePath): string {
  return String(path.findLast((step) => typeof step === 'string') ?? '');
}

/** Whether a reference has a tag or a digest. */
export function isIdentified({ tag, digest }: Reference): boolean {
  return tag !== undefined || digest !== undefined;
}

function suffix(entries: Entries, fallback: string | undefined): string {
  const digest = written(entries, DIGESTS)?.replace(/^sha256:/, '');
  const tag = written(entries, [...TAGS, 'version']) ?? fallback;
  const named = tag !== undefined && isTag(tag.split('@')[0] ?? '') ? `:${tag}` : '';
  const isHex = digest !== undefined && /^[0-9a-f]{64}$/.test(digest) && !named.includes('@');
  return isHex ? `${named}@sha256:${digest}` : named;
}

/** Which text of a map is the name of an image, if the other keys say that it is one. */
function nameIn(entries: Entries, path: ValuePath): ValueText | undefined {
  const has = (keys: readonly string[]): boolean => keys.some((key) => entries.has(key));
  const isAbout = has(ABOUT_IMAGES);
  const registry = textOf(entries, path, REGISTRIES);
  const repository = textOf(entries, path, ['repository']);
  if (repository !== undefined && repository.text !== '')
    return registry !== undefined || isAbout || hasHost(repository.text) ? repository : undefined;
  const image = textOf(entries, path, ['image']);
  if (image !== undefined && image.text !== '')
    return registry !== undefined || (has(TAGS) && !/:[^/]*$|@/.test(image.text)) ? image : undefined;
  const name = textOf(entries, path, ['name']);
  if (name === undefined || name.text === '' || !(isAbout || (registry !== undefined && has(['version']))))
    return undefined;
  const isPath = name.text.includes('/') && isImageKey(keyOf(path));
  return registry !== undefined || hasHost(name.text) || isPath ? name : undefined;
}

/** Whether `host/one-component` is the owner of images: on gcr.io it is a project, elsewhere as for references. */
export function isOwnerAlone(base: string): boolean {
  const [host = '', ...path] = base.split('/');
  return path.length === 1 && (needsOwner(host) || host === 'gcr.io');
}

/** A registry with a path under `repository`, to which templates add the name under `image`, or `name` after an owner. */
function pathAndName(
  entries: Entries,
  path: ValuePath,
): { readonly name: ValueText; readonly registry: ValueText } | undefined {
  const registry = textOf(entries, path, ['repository']);
  const base = registry?.text.replace(/\/+$/, '') ?? '';
  const name = textOf(entries, path, isOwnerAlone(base) ? ['image', 'name'] : ['image']);
  if (registry === undefined || name === undefined || name.text === '') return undefined;
  if (!looksLikeRegistry(base.split('/')[0] ?? '') || base.endsWith(`/${name.text}`)) return undefined;
  return /[:@]/.test(name.text) || hasHost(name.text) ? undefined : { name, registry };
}

/** The name of an image beside the owner that its repository says. */
function nameBeside(entries: Entries, path: ValuePath): string | undefined {
  const name = textOf(entries, path, ['name', 'image'])?.text;
  return name !== undefined && /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name) ? name : undefined;
}

/** What the maps around a value say for the images in them. */
interface Around {
  readonly above: ValueText | undefined;
  /** Registry and tag of an `image` without a name beside them: for names that come with neither. */
  readonly shared: { readonly registry: ValueText | undefined; readonly tag: string | undefined } | undefined;
}

function sharedIn(entries: Entries, path: ValuePath): Around['shared'] {
  const image = entries.get('image');
  if (image?.kind !== 'map' || ['repository', 'image', 'name'].some((key) => image.entries.has(key))) return undefined;
  const registry = textOf(image.entries, [...path, 'image'], REGISTRIES);
  return { registry: registry?.text === '' ? undefined : registry, tag: written(image.entries, TAGS) };
}

function registryIn(entries: Entries, path: ValuePath): ValueText | undefined {
  const own = [...entries].find(([key, value]) => REGISTRY_KEY.test(key) && value.kind === 'string');
  return own === undefined ? undefined : textOf(entries, path, [own[0]]);
}

/** The registry among the globals of a chart whose values these are. */
function globalIn(entries: Entries, path: ValuePath): ValueText | undefined {
  const globals = entries.get('global');
  if (globals?.kind !== 'map') return undefined;
  const key = [...globals.entries.keys()].find((one) => REGISTRY_KEY.test(one));
  return key === undefined ? undefined : textOf(globals.entries, [...path, 'global'], [key]);
}

/** The chart whose values stand at a path: its version is what a tag is usually left out for. */
export type VersionAt = (path: ValuePath) => string | undefined;

class Walk {
  readonly found: DeclaredValue[] = [];
  readonly #versionAt: VersionAt;

  constructor(versionAt: VersionAt) {
    this.#versionAt = versionAt;
  }

  /** The keys of a map that make a reference together; empty when they make none. */
  #map(entries: Entries, path: ValuePath, around: Around): readonly string[] {
    const split = pathAndName(entries, path);
    const name = split?.name ?? nameIn(entries, path);
    if (name === undefined || /[\s{}]/.test(name.text)) return [];
    const registry = split?.registry ?? textOf(entries, path, REGISTRIES);
    const isAlone = (registry?.text ?? '') === '' && written(entries, [...TAGS, ...DIGESTS, 'version']) === undefined;
    const shared = isAlone ? around.shared : undefined;
    const above = shared?.registry ?? around.above;
    const own = registry?.text ?? '';
    const host = own === '' ? above?.text : isOwnerBelow(own, above?.text) ? joined(own, above?.text) : own;
    const whole = joined(name.text, host);
    const isDone = /:[^/]*$|@/.test(whole);
    const stated = parseReference(`${whole}${isDone ? '' : suffix(entries, undefined)}`);
    const isWhole = stated !== undefined && isIdentified(stated);
    const version = shared?.tag ?? (entries.has('tag') ? this.#versionAt(path) : undefined);
    const reference = isWhole
      ? stated
      : (parseReference(`${whole}${suffix(entries, version)}`) ?? parseReference(whole));
    if (reference === undefined || isPlaceholder(whole) || isHostAndPort(whole)) return [];
    const where = formatPath(path) || formatPath(name.path);
    const inner = keyOf(name.path) === 'repository' ? nameBeside(entries, path) : undefined;
    const longer = inner === undefined ? undefined : parseReference(`${whole}/${inner}${suffix(entries, version)}`);
    this.found.push({ where, path, reference, isWhole, name, registry, above, longer });
    const both = split === undefined ? [] : [keyOf(split.registry.path)];
    return [keyOf(name.path), ...both, ...REGISTRIES, ...TAGS, ...DIGESTS, 'version'];
  }

  #text(path: ValuePath, value: string, above: ValueText | undefined): void {
    const text = value.trim();
    const [key, host] = [keyOf(path), text.split('/')[0] ?? ''];
    if (/[\s{}]/.test(text) || text === '' || isPlaceholder(text)) return;
    const isHosted = hasHost(text);
    const reference = parseReference(isHosted ? text : joined(text, above?.text));
    if (reference === undefined) return;
    const isWhole = isIdentified(reference);
    const isNamed = isImageKey(key) ? isHosted || isWhole : isHosted && isWhole && isKnownRegistry(host);
    if (!isNamed || isHostAndPort(text)) return;
    const name = { path, text: value };
    this.found.push({
      where: formatPath(path),
      path,
      reference,
      isWhole,
      name,
      registry: undefined,
      above,
      longer: undefined,
    });
  }

  walk(node: ValueNode, path: ValuePath, around: Around): void {
    switch (node.kind) {
      case 'map': {
        const own = { ...around, above: globalIn(node.entries, path) ?? around.above };
        const taken = this.#map(node.entries, path, own);
        const above = registryIn(node.entries, path) ?? own.above;
        const below = { above, shared: sharedIn(node.entries, path) ?? around.shared };
        for (const [key, value] of node.entries) {
          if (value.kind === 'string' && taken.includes(key)) continue;
          this.walk(value, [...path, key], value.kind === 'string' ? own : below);
        }
        return;
      }
      case 'list':
        for (const [index, item] of node.items.entries()) this.walk(item, [...path, index], around);
        return;
      case 'string':
        this.#text(path, node.value, around.above);
        return;
      case 'plain':
      case 'null':
    }
  }
}

/** The images that values name: by maps of parts, and by texts whose key or host says that they are images. */
export function declaredValues(values: ValueNode, versionAt: VersionAt): readonly DeclaredValue[] {
  const walk = new Walk(versionAt);
  walk.walk(values, [], { above: undefined, shared: undefined });
  return walk.found;
}
