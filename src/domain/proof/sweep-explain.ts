// Shares nothing with the finder, on purpose: see sweep.ts.
import { beforeObject, bracesAround, keyAbove, keyAt, keysBeside } from './line-maps.ts';
import type { Word } from './split-names.ts';

/** Why a hit is harmless, in the words of the report, beside what is left as it is on purpose: that says why itself. */
export const HARMLESS = {
  comment: 'comment',
  page: 'address of a web page',
  documentation: 'documentation of a custom resource',
  credentials: 'credentials for a registry',
  stream: 'a tag of an image stream, which the cluster resolves',
  inCluster: 'a registry inside of the cluster',
  language: 'a language that an image of a stream supports',
  package: 'a package that a tool installs, which is no image',
  kind: 'a word under a key for kinds, which is no image',
} as const;

/** A reference that is left as it is. Where it stands nowhere as a whole, its parts are what stands there. */
export interface AsideText {
  readonly template: string;
  readonly text: string;
  readonly why: string;
  readonly isSplit: boolean;
}

/** The parts that a reference may stand in the output as: without its tag, without its host, and its host. */
function partsOf(text: string): readonly string[] {
  const name = text.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const slash = text.indexOf('/');
  const host = text.slice(0, Math.max(0, slash));
  const isHosted = /[.:]/.test(host);
  return [name, ...(isHosted ? [host, text.slice(slash + 1), name.slice(slash + 1)] : [])];
}

// the keys of a pull secret: https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
const AUTHS = /\\*"auths\\*"\s*:\s*$/;
const IS_KEY = /^[\w./-]*\\*"\s*:\s*\{/;
// with neither tag nor digest
const REGISTRY = /^(?:(?:localhost|[\w-]*\.[\w.-]*)(?::\d+)?|[\w-]+)(?:\/[\w./-]*)?$/;
/** How many characters of a pull secret are looked at before one of its registries. */
const FAR = 20_000;

/** Whether a word is, or begins, a key of what a pull secret has under `auths`: a registry, with or without a path. */
function isCredential(lines: readonly string[], { line, index, text }: Word): boolean {
  const own = lines[line] ?? '';
  const rest = own.slice(index + text.length);
  if (!IS_KEY.test(rest)) return false;
  const start = /[^"\\]*$/.exec(own.slice(0, index))?.[0].length ?? 0;
  const key = own.slice(index - start, index + text.length) + (/^[^"\\]*/.exec(rest)?.[0] ?? '');
  if (!REGISTRY.test(key)) return false;
  let page = own.slice(0, index - start);
  for (let above = line - 1; above >= 0 && page.length < FAR; above -= 1) page = `${lines[above] ?? ''}\n${page}`;
  return AUTHS.test(beforeObject(page.slice(-FAR)) ?? '');
}

// https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/images/triggering-updates-on-imagestream-changes
const KIND = /(?:^|[\s,"'\\])kind\\?["']?\s*:\s*\\?["']?([A-Za-z]+)/g;

/** Whether a word is the name in a map whose kind says that it is a tag of an image stream. */
function isStreamTag(lines: readonly string[], { line, index }: Word): boolean {
  const own = lines[line] ?? '';
  if (!/\bname\\?["']?\s*:\s*\\?["']?$/.test(own.slice(0, index))) return false;
  const key = keyAt(lines, line);
  const inBraces = bracesAround(own, index);
  const beside = inBraces === undefined && key?.name === 'name' ? keysBeside(lines, key) : [];
  const said = inBraces ?? beside.map(({ name, value }) => `${name}: ${value}`).join('\n');
  const kinds = [...said.matchAll(KIND)].map((match) => match[1]);
  return kinds.length > 0 && kinds.every((kind) => kind === 'ImageStreamTag');
}

// what its tags say of builder images: `supports: python:3.14,python`
const SUPPORTS = /^\s*(?:- )?["']?supports["']?:\s*["']?(?:[\w.-]+(?::[\w.-]+)?,\s*)*$/;
const IS_STREAM = /^["']?ImageStream(?:List)?["']?\s*$/;

/** Whether a word stands in an annotation of a tag of an image stream that says what it supports. */
function isLanguage(lines: readonly string[], { line, index }: Word): boolean {
  if (!SUPPORTS.test((lines[line] ?? '').slice(0, index))) return false;
  const own = keyAt(lines, line);
  let keys = own === undefined ? [] : keysBeside(lines, own);
  let above = keyAbove(lines, keys);
  if (above?.name !== 'annotations') return false;
  // the nearest object decides
  for (; above !== undefined; above = keyAbove(lines, keys)) {
    keys = keysBeside(lines, above);
    const kinds = keys.filter(({ name }) => name === 'kind');
    if (kinds.length > 0) return kinds.every(({ value }) => IS_STREAM.test(value));
  }
  return false;
}

const KIND_FIELD = /(?:^|[\s{,"'\\])(?:kind|type|language)\\*["']?\s*[:=]\s*\\*["']?$/i;
const FIELD_END = /^\\*["']?\s*(?:[,}\]#\\]|$)/;

/** Whether a word without registry, owner and digest is all that a field for kinds says: `"kind": "python:3"` of a runtime. */
export function isKindWord(lines: readonly string[], { line, index, text }: Word): boolean {
  if (!/^[\w.-]+:[\w.-]+$/.test(text)) return false;
  const own = lines[line] ?? '';
  return KIND_FIELD.test(own.slice(0, index)) && FIELD_END.test(own.slice(index + text.length));
}

/** The host of a word that names something in the cluster itself, with its port. */
export function serviceHost(text: string): string | undefined {
  return /^((?:[a-z0-9-]+\.)+svc(?:\.cluster\.local)?\.?(?::\d+)?)(?:\/|$)/i.exec(text)?.[1];
}

/** Why a word is harmless where it stands; undefined when nothing says so. */
export function explain(
  lines: readonly string[],
  word: Word,
  documented: boolean,
  aside: readonly AsideText[],
): string | undefined {
  const { index, text } = word;
  const line = lines[word.line] ?? '';
  const before = line.slice(0, index);
  // in a quoted text with escaped line ends, the line of the text counts
  const own = before.split('\\n').at(-1) ?? '';
  if (/^\s*(?:- )?#(?!\s*syntax=)/.test(own)) return HARMLESS.comment;
  if (/https?:\/\/(?:[^\s"'/,;@]*@)?$/i.test(before)) return HARMLESS.page;
  if (documented) return HARMLESS.documentation;
  if (isCredential(lines, word)) return HARMLESS.credentials;
  if (isStreamTag(lines, word)) return HARMLESS.stream;
  if (isLanguage(lines, word)) return HARMLESS.language;
  const bare = text.replace(/[.:,]+$/, '');
  const isMeant = ({ text: left, isSplit }: AsideText): boolean =>
    left === bare || (isSplit && partsOf(left).includes(bare));
  return aside.find(isMeant)?.why;
}
