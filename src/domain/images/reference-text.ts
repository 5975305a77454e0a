import {
  canonicalRegistry,
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
const IMAGE_KEY =
  /(?:^|[a-z0-9_.-])[iI]mages?(?:Name|_name|-name|Ref|Reference|URL|Url|_url)?$|^(?:[A-Za-z0-9_.-]*_)?IMAGES?(?:_[A-Z0-9_]+)?$/;
const NOT_IMAGE_KEY = /(?:pull|policy|secret|size|type|format|_TAG|Tag$|SERVICE|REGISTRY$|_OS$|ARCH)/i;

/** Whether a key, flag or environment name says that its value is an image. */
export function isImageKey(key: string): boolean {
  return IMAGE_KEY.test(key.replace(/^-+/, '')) && !NOT_IMAGE_KEY.test(key);
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

/** Whether a word is a reference by itself, with nothing around it that says "image". */
function isStrong(text: string, reference: Reference, seen: SeenHosts): boolean {
  const host = hostOf(text);
  if (host === undefined || !isHostName(host) || isNeverRegistry(host)) return false;
  if (isKnownRegistry(host) || seen.has(reference.registry)) return true;
  if (reference.digest !== undefined) return true;
  return reference.tag !== undefined && !/\.(?:svc|local)(?::|$)/.test(host);
}

/**
 * A whole value as a reference, where its key already says "image": also without a host. A single word without
 * tag and digest is not enough, since many such fields hold names.
 */
export function wholeReference(value: string): FoundReference | undefined {
  const text = value.trim().replace(SCHEME, '');
  const reference = parseReference(text);
  if (reference === undefined || /^[a-z]+:\/\//.test(value)) return undefined;
  const bare = reference.tag === undefined && reference.digest === undefined && !text.includes('/');
  if (bare) return undefined;
  if (!text.includes('/') && reference.tag !== undefined && /^\d{4,5}$/.test(reference.tag)) return undefined;
  return { text, offset: value.indexOf(text), reference, role: roleOf(reference) };
}

const REGISTRY_KEY = /(?:registry|^hub|[a-z]Hub)$/i;

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

/** All references in free text that are recognisable by themselves: a registry host, or a host with tag or digest. */
export function referencesInText(value: string, seen: SeenHosts): readonly FoundReference[] {
  const found: FoundReference[] = [];
  for (const match of value.matchAll(TOKEN)) {
    const scheme = SCHEME.exec(match[0])?.[0] ?? '';
    const lead = /^[-.:@/+]*/.exec(match[0].slice(scheme.length))?.[0] ?? '';
    const text = match[0].slice(scheme.length + lead.length).replace(/[.:@/+-]+$/, '');
    if (text.includes('//') || !text.includes('/')) continue;
    const before = lead.slice(-1);
    if (before === '/' || before === '@') continue;
    const reference = parseReference(text);
    if (reference === undefined || !isStrong(text, reference, seen)) continue;
    found.push({ text, offset: match.index + scheme.length + lead.length, reference, role: roleOf(reference) });
  }
  return found;
}

const IMAGE_LINE = /(?:^|[\s"'{,(])["']?(?:[A-Za-z0-9_.-]*[iI]mage|IMAGE)["']?\s*[:=]\s*["']?([A-Za-z0-9_.@:/-]+)/gm;

/** References in text that is no readable YAML or JSON: strong ones, and values after `image:` or `image=`. */
export function referencesInLooseText(value: string, seen: SeenHosts): readonly FoundReference[] {
  const found = [...referencesInText(value, seen)];
  for (const match of value.matchAll(IMAGE_LINE)) {
    const word = match[1];
    const whole = word === undefined ? undefined : wholeReference(word);
    if (whole === undefined) continue;
    const offset = match.index + match[0].length - (word?.length ?? 0) + whole.offset;
    if (!found.some((other) => other.offset <= offset && offset < other.offset + other.text.length)) {
      found.push({ ...whole, offset });
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}
