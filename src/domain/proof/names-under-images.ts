// Shares nothing with the finder, on purpose: see sweep.ts.
import { fieldsAround, keyAbove, keyAt, keysBeside, type LineKey } from './line-maps.ts';
import type { Word } from './split-names.ts';

const STEP = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
const PATH = `${STEP}(?::\\d+)?(?:/${STEP})+`;
const VERSION = '(?:latest|stable|v?\\d[\\w.-]*)';
const END = `(?=\\\\?["']?\\s*(?:[,}\\]#]|$))`;
// `image: {name: org/app}`, on one line or over several
const MEMBER = new RegExp(
  `((?:^|[\\s{,"'])(?:name|ref|reference|uri|url|path|location|source)\\\\?["']?\\s*:\\s*\\\\?["']?)(${PATH}(?::[\\w.-]+)?)${END}`,
  'gi',
);
// `image: {domain: registry.acme.io}`
const HOST = new RegExp(
  `((?:^|[\\s{,"'])(?:domain|host|hostname|server|registry|hub|base)\\\\?["']?\\s*:\\s*\\\\?["']?)((?:[a-z0-9-]+\\.)+[a-z][a-z0-9-]*(?::\\d+)?)${END}`,
  'gi',
);
const IN_CLUSTER = /\.svc(?:\.cluster\.local)?(?::\d+)?$/i;
const IN_BRACES = /(?:^|[\s{,"'\\])\w*image\\?["']?\s*:\s*\{[^{}]*$/i;
// `org/app: v1` below `images`
const VERSIONED = new RegExp(`^(\\s*(?:- +)?["']?)(${PATH})["']?\\s*:\\s*["']?(${VERSION})["']?\\s*(?:#.*)?$`, 'i');
// what a parameter of a pipeline is by default
const DEFAULT = new RegExp(`((?:^|[\\s{,"'])default\\\\?["']?\\s*:\\s*\\\\?["']?)(${PATH})${END}`, 'gi');
// what these say may be of something else than an image
const MAY_BE_PATH = /^(?:url|path|location|source)$/i;
const PICTURE = /\.(?:png|svg|jpe?g|gif|ico|webp|qcow2|iso|img|raw|vmdk|ova)$/i;
// how many characters of a line are looked at before a place
const FAR = 400;
// a quick look, since most lines have no such field
const HINT = /name|ref|uri|url|path|location|source|default/i;
const HOST_HINT = /domain|host|server|registry|hub|base/i;

function above(lines: readonly string[], key: LineKey): string {
  return keyAbove(lines, keysBeside(lines, key))?.name ?? '';
}

/** What is known of a page. `lines` are as they are written; `planned` is empty where nobody knows the plan. */
export interface OwnQuery {
  readonly lines: readonly string[];
  readonly target: string;
  readonly planned: ReadonlySet<string>;
}

/** Whether a planned reference ends in a name, or goes on from it with a step, tag or digest. */
function isInPlan(name: string, { target, planned }: OwnQuery): boolean {
  return [...planned].some((one) => {
    const at = one.lastIndexOf(`/${name}`);
    return at >= target.length && /^(?:[/:@]|$)/.test(one.slice(at + 1 + name.length));
  });
}

/** Whether what stands behind the target is planned as a whole name, but for its tag. */
function isWholeName(rest: string, { target, planned }: OwnQuery): boolean {
  const name = target + rest;
  return rest !== '' && [...planned].some((one) => one.startsWith(name) && /^(?:[:@]|$)/.test(one.slice(name.length)));
}

/**
 * Whether a field at the target in the map of a name says enough: a beginning that a program puts before it, as planned; or the name
 * of the image, beside which this one is something else. Beside a whole reference only a path is.
 */
function isBesideOwn(key: string, { line, index, text }: Word, query: OwnQuery): boolean {
  const { lines, target, planned } = query;
  return fieldsAround(lines, line, index).some(({ value }) => {
    const at = value.indexOf(target);
    if (at < 0) return false;
    const rest = value.slice(at + target.length).replace(/\/+$/, '');
    if (/[:@]/.test(rest)) return MAY_BE_PATH.test(key);
    return planned.size === 0 || isWholeName(rest, query) || isInPlan(text, query);
  });
}

function isOfImage(lines: readonly string[], line: number, index: number): boolean {
  const text = lines[line] ?? '';
  if (IN_BRACES.test(text.slice(Math.max(0, index - FAR), index))) return true;
  const key = keyAt(lines, line);
  return key !== undefined && !text.slice(0, index).includes('{') && /image$/i.test(above(lines, key));
}

/** Whether the parameter that a default is of is called after an image. */
function isOfParameter(lines: readonly string[], line: number, index: number): boolean {
  return fieldsAround(lines, line, index).some(({ name, value }) => name === 'name' && /image$/i.test(value));
}

function withVersion(lines: readonly string[], line: number): readonly Word[] {
  const [, before = '', name = '', version = ''] = VERSIONED.exec(lines[line] ?? '') ?? [];
  const key = name === '' ? undefined : keyAt(lines, line);
  if (key === undefined || !/images$/i.test(above(lines, key))) return [];
  return [{ line, index: before.length, text: `${name}:${version}` }];
}

/**
 * Names without a registry or tag that are names of images by the key above them, or by the parameter that they are the default
 * of: `image: {name: org/app}`, `images: {org/app: v1}`, `{name: APP_IMAGE, default: org/app}`. Hosts under such a key, too:
 * `image: {domain: registry.acme.io}`. In `cleaned` the references of the target are left out.
 */
export function namesUnderImages(cleaned: readonly string[], query: OwnQuery): readonly Word[] {
  return cleaned.flatMap((text, line) => {
    const mayHaveHost = HOST_HINT.test(text) && text.includes('.');
    if (!mayHaveHost && !text.includes('/')) return [];
    const read = (pattern: RegExp, isOne: (word: Word, key: string) => boolean): readonly Word[] =>
      [...text.matchAll(pattern)].flatMap((match) => {
        const [, before = '', name = ''] = match;
        const word = { line, index: match.index + before.length, text: name };
        return !PICTURE.test(name) && isOne(word, /\w+/.exec(before)?.[0] ?? '') ? [word] : [];
      });
    const isMember = (word: Word): boolean => isOfImage(cleaned, line, word.index);
    const isAlone = (word: Word, key: string): boolean => isMember(word) && !isBesideOwn(key, word, query);
    const members = HINT.test(text) ? read(MEMBER, isAlone) : [];
    const defaults = HINT.test(text) ? read(DEFAULT, ({ index }) => isOfParameter(cleaned, line, index)) : [];
    const hosts = mayHaveHost ? read(HOST, isMember) : [];
    const outside = hosts.filter((word) => !IN_CLUSTER.test(word.text));
    return [...members, ...outside, ...defaults, ...withVersion(cleaned, line)];
  });
}
