import {
  canonicalRegistry,
  DOCKER_HUB,
  isRepositoryName,
  looksLikeRegistry,
  parseReference,
  type Reference,
} from '../reference.ts';
import type { UseRole } from './image-use.ts';
import { isKnownRegistry, isNeverRegistry, needsOwner } from './registry-hosts.ts';

/** A reference inside a text: its exact characters, and where they begin. */
export interface FoundReference {
  readonly text: string;
  readonly offset: number;
  readonly reference: Reference;
  readonly role: UseRole;
}

/** Hosts that containers of the same chart pull from, beside the known ones. */
export type SeenHosts = ReadonlySet<string>;

const TOKEN = /[A-Za-z0-9_.@:/+-]+/g;
const SCHEME = /^(?:docker|oci|docker-image):\/\//;
const IMAGE_KEY = /(?:^|[a-z0-9_.-])[iI]mages?(?:Name|_name|-name|Ref|Reference|URL|Url|_url)?$/;
const IMAGE_VARIABLE = /^(?:[A-Za-z0-9_.-]*_)?IMAGES?(?:_([A-Z0-9_]+))?$/;
// what stands behind IMAGE_ when the value is something about an image; RELATED_IMAGE_ is followed by any name
const ABOUT_IMAGE =
  /(?:^|_)(?:PULL|POLICY|SECRETS?|SIZE|TYPE|FORMAT|TAGS?|VERSION|REGISTRY|OS|ARCH|SERVICE|HOST|PORT|PROXY|PATH|DIR)(?:_|$)/;

/** Whether a key, flag or environment name says that its value is an image. */
export function isImageKey(key: string): boolean {
  const name = key.replace(/^-+/, '');
  if (IMAGE_KEY.test(name)) return true;
  const variable = IMAGE_VARIABLE.exec(name);
  if (variable === null) return false;
  return /(?:^|_)RELATED_IMAGE_/.test(name) || !ABOUT_IMAGE.test(variable[1] ?? '');
}

/** What a reference without tag and digest is: on hosts whose images have owners, a lone owner is a base path. */
export function roleOf(reference: Reference): UseRole {
  const bare = reference.tag === undefined && reference.digest === undefined;
  return bare && !reference.repository.includes('/') && needsOwner(reference.registry) ? 'base' : 'image';
}

function hostOf(text: string): string | undefined {
  const slash = text.indexOf('/');
  const head = slash > 0 ? text.slice(0, slash) : '';
  return looksLikeRegistry(head) ? head : undefined;
}

function isHostName(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || /^(?:\d{1,3}\.){3}\d{1,3}$/.test(name) || /\.[a-z][a-z0-9-]+$/i.test(name);
}

// what stands behind an API group, as in `example.dev/v1:Kind`
const API_VERSION = /^v\d+(?:(?:alpha|beta)\d+)?$/;

/** Whether a word is a reference by itself, with nothing around it that says "image". */
function isStrong(text: string, reference: Reference, seen: SeenHosts): boolean {
  const host = hostOf(text);
  if (host === undefined || !isHostName(host) || isNeverRegistry(host)) return false;
  if (isKnownRegistry(host) || seen.has(reference.registry)) return true;
  if (reference.digest !== undefined) return true;
  if (API_VERSION.test(reference.repository)) return false;
  return reference.tag !== undefined && !/\.(?:svc|local)(?::|$)/.test(host);
}

const PORT = /^(?!(?:19|20)\d\d$)\d{4,5}$/;
// machine images and pictures, which image fields name as well
const OTHER_IMAGE = /^projects\/|\.(?:png|jpe?g|svg|gif|ico|webp|iso|img|qcow2|raw|vmdk|ova|tar|tgz|gz|xz|zip)$/i;

/**
 * A whole value as a reference, where its key already says "image": also without a host. A single word without
 * tag and digest is not enough, since many such fields hold names; `name:1234` is a host with its port unless the
 * number is a year.
 */
export function wholeReference(value: string): FoundReference | undefined {
  const text = value.trim().replace(SCHEME, '');
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const bare = reference.tag === undefined && reference.digest === undefined;
  if (bare && (!text.includes('/') || OTHER_IMAGE.test(text))) return undefined;
  if (!text.includes('/') && reference.tag !== undefined && PORT.test(reference.tag)) return undefined;
  return { text, offset: value.indexOf(text), reference, role: roleOf(reference) };
}

const REGISTRY_KEY = /(?:[rR]egistry|REGISTRY|(?:^|_)(?:hub|HUB)|[a-z]Hub)$/;

/**
 * A registry, or a path in one, under a key that says "registry" or "hub": programs put names behind it at run time, so it is a
 * base to be moved. The reference of a host alone has an empty repository.
 */
export function registryBase(key: string, value: string, seen: SeenHosts): FoundReference | undefined {
  if (!REGISTRY_KEY.test(key)) return undefined;
  const text = value.trim().replace(/\/+$/, '');
  const [host = '', ...path] = text.split('/');
  if (!isKnownRegistry(host) && !seen.has(host)) return undefined;
  const repository = path.join('/');
  if (path.length > 0 && !isRepositoryName(repository)) return undefined;
  const reference: Reference = { registry: canonicalRegistry(host), repository, tag: undefined, digest: undefined };
  return { text, offset: value.indexOf(text), reference, role: 'base' };
}

/** The reference as a base where the text goes on with something that a program fills in (`{{ tag }}`, `${TAG}`, `%s`). */
function asWritten(value: string, end: number, found: FoundReference): FoundReference {
  const bare = found.reference.tag === undefined && found.reference.digest === undefined;
  const goesOn = (bare ? /[{$%<]/ : /[{$]/).test(value.charAt(end));
  return goesOn ? { ...found, role: 'base' } : found;
}

/** The text with the escapes of a quoted text inside it (`\n`) as spaces, so that a word behind one begins there. */
function withoutEscapes(value: string): string {
  return value.replace(/\\+(?:[nrt]|u[0-9a-f]{4})/gi, (found) => ' '.repeat(found.length));
}

/** Whether the place is in a comment line of a text with several lines. */
function isCommented(value: string, index: number): boolean {
  const start = value.lastIndexOf('\n', index - 1) + 1;
  return value.includes('\n') && /^\s*#/.test(value.slice(start, index));
}

/** A registry's host that stands alone: programs put names behind it. */
function hostBase(text: string, seen: SeenHosts): FoundReference | undefined {
  if (!isKnownRegistry(text) && !seen.has(text)) return undefined;
  const reference: Reference = {
    registry: canonicalRegistry(text),
    repository: '',
    tag: undefined,
    digest: undefined,
  };
  return { text, offset: 0, reference, role: 'base' };
}

/** `docker.io/owner` in free text, where nothing says that it is an image: programs put a name behind it. */
function ownerAtHub(text: string, reference: Reference): Pick<FoundReference, 'reference' | 'role'> | undefined {
  const [host = '', owner, ...more] = text.split('/');
  const bare = reference.tag === undefined && reference.digest === undefined;
  if (!bare || owner === undefined || more.length > 0 || canonicalRegistry(host) !== DOCKER_HUB) return undefined;
  return { reference: { ...reference, repository: owner }, role: 'base' };
}

/** All references in free text that are recognisable by themselves: a registry host, or a host with tag or digest. */
export function referencesInText(value: string, seen: SeenHosts): readonly FoundReference[] {
  const found: FoundReference[] = [];
  for (const match of withoutEscapes(value).matchAll(TOKEN)) {
    const scheme = SCHEME.exec(match[0])?.[0] ?? '';
    const lead = /^[-.:@/+]*/.exec(match[0].slice(scheme.length))?.[0] ?? '';
    const text = match[0].slice(scheme.length + lead.length).replace(/[.:@/+-]+$/, '');
    const before = lead.slice(-1);
    if (text.includes('//') || before === '/' || before === '@') continue;
    const offset = match.index + scheme.length + lead.length;
    if (!text.includes('/')) {
      const base = lead === '' ? hostBase(text, seen) : undefined;
      if (base !== undefined && !isCommented(value, offset)) found.push({ ...base, offset });
      continue;
    }
    const reference = parseReference(text);
    if (reference === undefined || !isStrong(text, reference, seen) || isCommented(value, offset)) continue;
    const one = ownerAtHub(text, reference) ?? { reference, role: roleOf(reference) };
    found.push(asWritten(value, match.index + match[0].length, { text, offset, ...one }));
  }
  return found;
}

/** The references in a value of several, where something already says "image": those without a host need a tag or digest. */
function listedReferences(value: string, seen: SeenHosts): readonly FoundReference[] {
  const strong = referencesInText(value, seen);
  const more = [...withoutEscapes(value).matchAll(TOKEN)].flatMap((match) => {
    const end = match.index + match[0].length;
    const text = match[0].replace(/[.:@/+-]+$/, '');
    const whole = wholeReference(text);
    const identified = whole !== undefined && (whole.reference.tag ?? whole.reference.digest) !== undefined;
    const known = strong.some((one) => match.index <= one.offset && one.offset < end);
    return identified && !known && !isCommented(value, match.index)
      ? [asWritten(value, end, { ...whole, offset: match.index + whole.offset })]
      : [];
  });
  return [...strong, ...more].sort((a, b) => a.offset - b.offset);
}

/**
 * The references of a value whose key, flag or variable says what it holds: one image, several, or a registry.
 * Empty when the name says nothing of the kind, or the value is none.
 */
export function referencesNamed(name: string, value: string, seen: SeenHosts): readonly FoundReference[] {
  const one = isImageKey(name) ? wholeReference(value) : registryBase(name, value, seen);
  if (one !== undefined) return [one];
  return isImageKey(name) ? listedReferences(value, seen) : [];
}

const IMAGE_NAME = '(?:[A-Za-z0-9_.-]*[iI]mages?|(?:[A-Z0-9]+_)*IMAGES?)';
const IMAGE_LINE = new RegExp(
  String.raw`(?:^|[\s"'{,(>])(?:<${IMAGE_NAME}>|${IMAGE_NAME}\\?["']?\s*[:=]|--?${IMAGE_NAME}[=\s])\s*(?:\[([^\]]*)\]|\\?["']?([A-Za-z0-9_.@:/-]+))`,
  'gm',
);

/** References in text that is no readable YAML or JSON: strong ones, and what follows `image:`, `image=`, `--image` or `<image>`. */
export function referencesInLooseText(value: string, seen: SeenHosts): readonly FoundReference[] {
  const found = [...referencesInText(value, seen)];
  for (const match of withoutEscapes(value).matchAll(IMAGE_LINE)) {
    const words = match[1] ?? match[2] ?? '';
    const end = match.index + match[0].length;
    const start = end - words.length - (match[1] === undefined ? 0 : 1);
    const word = words.replace(/[.:@/-]+$/, '');
    const whole = match[1] === undefined ? wholeReference(word) : undefined;
    const named = match[1] === undefined ? (whole === undefined ? [] : [whole]) : listedReferences(words, seen);
    for (const one of named) {
      const offset = start + one.offset;
      const known = found.some((other) => other.offset <= offset && offset < other.offset + other.text.length);
      if (!known && !isCommented(value, offset)) found.push(asWritten(value, end, { ...one, offset }));
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}
