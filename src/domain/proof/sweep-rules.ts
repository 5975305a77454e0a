// Shares nothing with the finder, on purpose: see sweep.ts.
import { hostlessNames, type WasHostless } from './original-names.ts';
import type { SilentQuery } from './silent-pages.ts';
import type { Word } from './split-names.ts';
import type { AsideText } from './sweep-explain.ts';
import {
  GENERAL_PATTERNS,
  hostHint,
  hostPattern,
  hubName,
  ownPattern,
  sourcePatterns,
  type WordPattern,
  wordHint,
} from './sweep-patterns.ts';

/**
 * What to look for. `target` is the registry with its path, whose references are no hits; where `planned` is given,
 * only those are none, and the beginnings that they are split into.
 */
export interface SweepQuery extends SilentQuery {
  /** What helm prints for the original; undefined where it is not known. */
  readonly original?: string;
  /** References that are left as they are on purpose. */
  readonly aside?: readonly { readonly template: string; readonly text: string; readonly why: string }[];
  /** Why a reference of another registry than the target is left as it is wherever it stands; undefined where it is not. */
  readonly excluded?: (text: string) => string | undefined;
}

/** A query, prepared for the reading of many lines. */
export interface Rules {
  readonly aside: readonly AsideText[];
  readonly excluded: (text: string) => string | undefined;
  readonly own: RegExp;
  readonly isPlanned: (text: string) => boolean;
  readonly planned: ReadonlySet<string>;
  /** What planned references say behind the target. */
  readonly tails: ReadonlySet<string>;
  /** Whether a word is the tag and digest of a planned reference, whose name stands in another field. */
  readonly isTag: (text: string) => boolean;
  readonly target: string;
  readonly wasHostless: WasHostless;
  readonly hosts: RegExp;
  readonly hostHint: RegExp;
  readonly patterns: readonly WordPattern[];
  readonly wordHint: RegExp;
  /** Source references that themselves stand below the target: looked for before its references are left out. */
  readonly below: readonly WordPattern[];
  readonly hubNames: ReadonlySet<string>;
  /** The hosts of target and sources: those may not be taken for services of the cluster. */
  readonly ownHosts: ReadonlySet<string>;
  /** The words of lines that were read: definitions of custom resources say the same lines many times. */
  readonly known: Map<string, readonly LineWord[]>;
}

/** A suspicious word of a line. */
export type LineWord = Omit<Word, 'line'>;

export function rulesOf({
  target,
  sourceTexts,
  sourceHosts,
  planned,
  original,
  aside = [],
  excluded,
}: SweepQuery): Rules {
  const below = target.includes('/') ? sourceTexts.filter((text) => text.startsWith(`${target}/`)) : [];
  return {
    aside: aside.map((one) => ({ ...one, isSplit: false })),
    excluded: excluded ?? (() => undefined),
    own: ownPattern(target),
    isPlanned: (text) =>
      planned === undefined ||
      text === target ||
      planned.some((one) => one === text || (one.startsWith(text) && /^[/:@]/.test(one.slice(text.length)))),
    planned: new Set(planned),
    tails: new Set(planned?.map((one) => one.slice(target.length + 1))),
    isTag: (text) => /^v?\d/.test(text) && planned?.some((one) => one.endsWith(`:${text}`)) === true,
    target,
    wasHostless: hostlessNames(original, sourceTexts),
    hosts: hostPattern(sourceHosts),
    hostHint: hostHint(sourceHosts),
    patterns: [...sourcePatterns(sourceTexts), ...GENERAL_PATTERNS],
    wordHint: wordHint(sourceTexts),
    below: below.length === 0 ? [] : sourcePatterns(below),
    hubNames: new Set(sourceTexts.flatMap((text) => hubName(text) ?? [])),
    ownHosts: new Set([target, ...sourceHosts].map((host) => host.replace(/\/.*$/s, '').toLowerCase())),
    known: new Map(),
  };
}
