// Shares nothing with the finder, on purpose: see sweep.ts.
import type { Word } from './split-names.ts';

/** Why a hit is harmless, in the words of the report, beside what is left as it is on purpose: that says why itself. */
export const HARMLESS = {
  comment: 'comment',
  page: 'address of a web page',
  documentation: 'documentation of a custom resource',
  credentials: 'credentials for a registry',
  stream: 'a tag of an image stream, which the cluster resolves',
  language: 'a language that an image of a stream supports',
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
const AUTHS = /\\?"auths\\?"\s*:/;
const IS_KEY = /^[\w./-]*\\?"\s*:\s*\{/;
// https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/images/triggering-updates-on-imagestream-changes
const STREAM_TAG = /\bkind\\?["']?\s*:\s*\\?["']?ImageStreamTag\b/;
// what its tags say of builder images: `supports: python:3.14,python`
const IS_STREAM = /^ *["']?kind["']?: *["']?ImageStream(?:List)?["']? *$/;
const SUPPORTS = /^\s*["']?supports["']?:\s*["']?(?:[\w.-]+(?::[\w.-]+)?,\s*)*$/;
/** How many lines before or behind a name may hold its kind. */
const BESIDE = 3;

function isStreamTag(lines: readonly string[], { line, index }: Pick<Word, 'line' | 'index'>): boolean {
  const isName = /\bname\\?["']?\s*:\s*\\?["']?$/.test((lines[line] ?? '').slice(0, index));
  return isName && lines.slice(Math.max(0, line - BESIDE), line + BESIDE + 1).some((one) => STREAM_TAG.test(one));
}

/** Why a word is harmless where it stands; undefined when nothing says so. */
export function explain(
  lines: readonly string[],
  word: Pick<Word, 'line' | 'index' | 'text'>,
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
  if (IS_KEY.test(line.slice(index + text.length)) && AUTHS.test(before)) return HARMLESS.credentials;
  if (isStreamTag(lines, word)) return HARMLESS.stream;
  if (SUPPORTS.test(before) && lines.some((one) => IS_STREAM.test(one))) return HARMLESS.language;
  const bare = text.replace(/[.:,]+$/, '');
  const isMeant = ({ text: left, isSplit }: AsideText): boolean =>
    left === bare || (isSplit && partsOf(left).includes(bare));
  return aside.find(isMeant)?.why;
}
