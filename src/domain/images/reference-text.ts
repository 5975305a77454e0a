import { canonicalRegistry, DOCKER_HUB, looksLikeRegistry, parseReference, type Reference } from '../reference.ts';
import type { Judgement } from './image-use.ts';
import { type Evidence, judge } from './judge.ts';
import { isRegistryKey, registryPath } from './registry-base.ts';
import { isKnownRegistry, isNeverRegistry } from './registry-hosts.ts';
import { announcedImages, isCommented, withoutEscapes } from './text-scan.ts';
import { USE_RULES } from './use-rules.ts';

/** A reference inside a text: its exact characters, where they begin, and what it is. */
export interface FoundReference extends Judgement {
  readonly text: string;
  readonly offset: number;
  readonly reference: Reference;
}

/** Hosts that containers of the same chart pull from, beside the known ones. */
export type SeenHosts = ReadonlySet<string>;

// a verb (`%s`, `%[1]d`, `%(name)s`) is the middle of what a program writes, and no word begins with it
const TOKEN = /(?<![A-Za-z0-9_.@:/+-])(?!(?<=%(?:\[\d+\]|\([\w.-]+\))?)[a-z])[A-Za-z0-9_.@:/+-]+/g;
const SCHEME = /^(?:docker|oci|docker-image|registry):\/\//;
// behind these even a short name is an image
const DOCKER_SCHEME = /^docker(?:-image)?:/;
const WEB_PORT = /^[^/]*:(?:80|443)$/;
// dockerPull: https://www.commonwl.org/v1.2/CommandLineTool.html#DockerRequirement
const IMAGE_KEY = /(?:^|[a-z0-9_.-])[iI]mages?(?:Name|_name|-name|Ref|Reference|URL|Url|_url)?$|^dockerPull$/;
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

function schemeOf(text: string): string {
  return SCHEME.exec(text)?.[0] ?? '';
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

/** Whether a word is a reference by itself, with nothing around it that says "image" but perhaps a scheme. */
function isStrong(text: string, scheme: string, reference: Reference, seen: SeenHosts): boolean {
  const host = hostOf(text);
  if (host === undefined) return DOCKER_SCHEME.test(scheme) && !isHostAndPort(text, reference) && !WEB_PORT.test(text);
  if (!isHostName(host) || isNeverRegistry(host)) return false;
  if (scheme !== '' || isKnownRegistry(host) || seen.has(reference.registry)) return true;
  if (reference.digest !== undefined) return true;
  if (API_VERSION.test(reference.repository) || TAINT_EFFECT.test(reference.tag ?? '')) return false;
  return reference.tag !== undefined && !/\.(?:svc|local)(?::|$)/.test(host);
}

// `example.com/gpu:NoSchedule-` takes a taint from a node (Kubernetes, "Taints and Tolerations")
const TAINT_EFFECT = /^(?:NoSchedule|PreferNoSchedule|NoExecute)-?$/;

const PORT = /^(?!(?:19|20)\d\d$)\d{4,5}$/;
// machine images and pictures, which image fields name as well
const OTHER_IMAGE = /^projects\/|\.(?:png|jpe?g|svg|gif|ico|webp|iso|img|qcow2|raw|vmdk|ova|tar|tgz|gz|xz|zip)$/i;

function isHostAndPort(text: string, { tag }: Reference): boolean {
  return !text.includes('/') && tag !== undefined && PORT.test(tag);
}

/**
 * A whole value as a reference, where its key already says "image": also without a host. A single word without
 * tag and digest is not enough, since many such fields hold names; `name:1234` is a host with its port unless the
 * number is a year.
 */
export function wholeReference(
  value: string,
  key = '',
  within: Evidence['within'] = 'value',
): FoundReference | undefined {
  const scheme = schemeOf(value.trim());
  const text = value.trim().slice(scheme.length);
  const reference = parseReference(text);
  if (reference === undefined || isHostAndPort(text, reference)) return undefined;
  const bare = reference.tag === undefined && reference.digest === undefined;
  if (bare && (!text.includes('/') || OTHER_IMAGE.test(text))) return undefined;
  const judgement = judge(text, reference, { key, named: true, scheme, within });
  return { text, offset: value.indexOf(text), reference, ...judgement };
}

/**
 * A registry, or a path in one, under a key that says "registry" or "hub": programs put names behind it at run time, so it is a
 * base to be moved. The reference of a host alone has an empty repository.
 */
export function registryBase(key: string, value: string, seen: SeenHosts): FoundReference | undefined {
  if (!isRegistryKey(key)) return undefined;
  const scheme = schemeOf(value.trim());
  const text = value.trim().slice(scheme.length).replace(/\/+$/, '');
  const reference = registryPath(text, seen);
  return reference === undefined
    ? undefined
    : { text, offset: value.indexOf(text), reference, ...USE_RULES.registryKey };
}

/** The reference as a base where the text goes on with something that a program fills in (`{{ tag }}`, `${TAG}`, `%s`). */
function asWritten(value: string, end: number, found: FoundReference): FoundReference {
  const bare = found.reference.tag === undefined && found.reference.digest === undefined;
  const goesOn = (bare ? /[{$%<]/ : /[{$]/).test(value.charAt(end));
  if (goesOn) return { ...found, ...USE_RULES.completed };
  const isOpen = bare && (value.charAt(end) === '*' || value.slice(0, end).endsWith('/'));
  return isOpen ? { ...found, ...USE_RULES.openEnd } : found;
}

/** `docker.io/owner` in free text, where nothing says that it is an image: programs put a name behind it. */
function ownerAtHub(
  text: string,
  reference: Reference,
): Pick<FoundReference, 'reference' | keyof Judgement> | undefined {
  const [host = '', owner, ...more] = text.split('/');
  const bare = reference.tag === undefined && reference.digest === undefined;
  if (!bare || owner === undefined || more.length > 0 || canonicalRegistry(host) !== DOCKER_HUB) return undefined;
  return { reference: { ...reference, repository: owner }, ...USE_RULES.ownerAlone };
}

/**
 * All references in free text that are recognisable by themselves: a registry host, or a host with tag or digest.
 * `key` is the name of the value, for what it says of them.
 */
export function referencesInText(value: string, seen: SeenHosts, key = ''): readonly FoundReference[] {
  // no registry is without a dot, but for localhost and those with a port, and then a path follows
  if (!/[./]/.test(value)) return [];
  const found: FoundReference[] = [];
  const whole = value.trim();
  const named = isImageKey(key);
  for (const match of withoutEscapes(value).matchAll(TOKEN)) {
    const scheme = schemeOf(match[0]);
    const lead = /^[-.:@/+]*/.exec(match[0].slice(scheme.length))?.[0] ?? '';
    const text = match[0].slice(scheme.length + lead.length).replace(/[.:@/+-]+$/, '');
    const before = lead.slice(-1);
    if (text.includes('//') || before === '/' || before === '@') continue;
    const offset = match.index + scheme.length + lead.length;
    const end = match.index + match[0].length;
    const isShort = DOCKER_SCHEME.test(scheme) && text.includes(':');
    if (!text.includes('/') && !isShort) {
      const base = lead === '' ? registryPath(text, seen) : undefined;
      if (base !== undefined && !isCommented(value, offset))
        found.push({ text, offset, reference: base, ...USE_RULES.hostAlone });
      continue;
    }
    const reference = parseReference(text);
    if (reference === undefined || !isStrong(text, scheme, reference, seen) || isCommented(value, offset)) continue;
    const within = named ? 'list' : scheme + text === whole ? 'value' : 'text';
    const one = ownerAtHub(text, reference) ?? { reference, ...judge(text, reference, { key, named, scheme, within }) };
    found.push(asWritten(value, end, { text, offset, ...one }));
  }
  return found;
}

/** The references in a value of several, where something already says "image": those without a host need a tag or digest. */
function listedReferences(value: string, seen: SeenHosts, key: string): readonly FoundReference[] {
  const strong = referencesInText(value, seen, key);
  // both are in the order of the text: the first strong one that does not stand before this word
  let next = 0;
  const more = [...withoutEscapes(value).matchAll(TOKEN)].flatMap((match) => {
    const end = match.index + match[0].length;
    const text = match[0].replace(/[.:@/+-]+$/, '');
    const whole = wholeReference(text, key, 'list');
    const identified = whole !== undefined && (whole.reference.tag ?? whole.reference.digest) !== undefined;
    while ((strong[next]?.offset ?? end) < match.index) next += 1;
    const isKnown = (strong[next]?.offset ?? end) < end;
    return identified && !isKnown && !isCommented(value, match.index)
      ? [asWritten(value, end, { ...whole, offset: match.index + whole.offset })]
      : [];
  });
  return [...strong, ...more].sort((a, b) => a.offset - b.offset);
}

function hostAndPort(value: string): FoundReference | undefined {
  const text = value.trim();
  const reference = parseReference(text);
  if (reference === undefined || !isHostAndPort(text, reference)) return undefined;
  return { text, offset: value.indexOf(text), reference, ...USE_RULES.hostAndPort };
}

/**
 * The references of a value whose key, flag or variable says what it holds: one image, several, or a registry.
 * Empty when the name says nothing of the kind, or the value is none.
 */
export function referencesNamed(name: string, value: string, seen: SeenHosts): readonly FoundReference[] {
  if (!isImageKey(name)) {
    const base = registryBase(name, value, seen);
    return base === undefined ? [] : [base];
  }
  const one = wholeReference(value, name) ?? hostAndPort(value);
  return one === undefined ? listedReferences(value, seen, name) : [one];
}

const QUOTED = /(["'`])([a-z0-9][a-z0-9._/-]*:[A-Za-z0-9._-]+)\1/g;
const BY_FORM =
  /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+:(?:v?\d+\.\d[A-Za-z0-9._-]*|latest)$/;

/** A whole value that is an owner, a name and a version (`org/app:1.2`), though nothing around it says "image". */
export function referenceByForm(value: string): FoundReference | undefined {
  const text = value.trim();
  const reference = BY_FORM.test(text) && hostOf(text) === undefined ? parseReference(text) : undefined;
  if (reference === undefined) return undefined;
  return { text, offset: value.indexOf(text), reference, ...USE_RULES.byForm };
}

/** Words that are references by their form and stand in quotes somewhere, wherever they stand. */
function quotedByForm(value: string, known: readonly FoundReference[]): readonly FoundReference[] {
  const quoted = new Set([...value.matchAll(QUOTED)].flatMap(([, , text = '']) => referenceByForm(text)?.text ?? []));
  if (quoted.size === 0) return [];
  return [...withoutEscapes(value).matchAll(TOKEN)].flatMap(({ 0: token, index: offset }) => {
    const text = token.replace(/[.:@/+-]+$/, '');
    const one = quoted.has(text) ? referenceByForm(text) : undefined;
    if (one === undefined || isCommented(value, offset)) return [];
    const isKnown = known.some((other) => other.offset <= offset && offset < other.offset + other.text.length);
    return isKnown ? [] : [{ ...one, offset }];
  });
}

/**
 * References in text that is no readable YAML or JSON: strong ones, what follows `image:`, `image=`, `--image`, `<image>`,
 * `FROM` or `docker pull`, and quoted words that are references by their form.
 */
export function referencesInLooseText(value: string, seen: SeenHosts, key = ''): readonly FoundReference[] {
  const found = [...referencesInText(value, seen, key)];
  for (const { words, start, end, list } of announcedImages(withoutEscapes(value))) {
    const whole = list ? undefined : wholeReference(words.replace(/[.:@/-]+$/, ''), '', 'text');
    const named = list ? listedReferences(words, seen, '') : whole === undefined ? [] : [whole];
    for (const one of named) {
      const offset = start + one.offset;
      const known = found.some((other) => other.offset <= offset && offset < other.offset + other.text.length);
      if (!known && !isCommented(value, offset)) found.push(asWritten(value, end, { ...one, offset }));
    }
  }
  return [...found, ...quotedByForm(value, found)].sort((a, b) => a.offset - b.offset);
}
