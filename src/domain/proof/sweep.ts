// This file and those it imports share nothing with the finder, on purpose: they read the output as plain text with
// rules of their own, so that what the finder cannot see cannot be proven by it.
import { type Decoded, type DecodedText, decodedTexts, nothingDecoded } from './base64-text.ts';
import { isBehindOwn } from './behind-own.ts';
import { documentedInDefinitions } from './documented-lines.ts';
import { isPackage } from './package-tools.ts';
import { pageWords } from './page-words.ts';
import { quotedTexts } from './quoted-texts.ts';
import { knownPages } from './silent-pages.ts';
import type { Word } from './split-names.ts';
import { explain, HARMLESS, isKindWord, serviceHost } from './sweep-explain.ts';
import { hubName, withoutEscapes } from './sweep-patterns.ts';
import { type LineWord, type Rules, rulesOf, type SweepQuery } from './sweep-rules.ts';

/** A suspicious word in the output. `explained` says why it is harmless; undefined means it is not known to be. */
export interface SweepHit {
  readonly template: string;
  readonly line: number;
  readonly text: string;
  readonly explained: string | undefined;
}

// no character of a word, and no space, so that nothing is read across what was left out
const LEFT_OUT = '\u0001';

// RFC 1035, section 2.3.4
const LONGEST_HOST = 255;

/** The text with the references of the target left out; `tell` is told of each. */
function withoutOwn(text: string, { own, target }: Rules, tell: (match: string, index: number) => void): string {
  if (!text.includes(target)) return text;
  return text.replace(own, (match, index: number) => {
    tell(match, index);
    return LEFT_OUT.repeat(match.length);
  });
}

function wordsOf(text: string, rules: Rules): readonly LineWord[] {
  const words: LineWord[] = [];
  const add = (index: number, word: string): void => {
    const covered = words.some((other) => other.index < index + word.length && index < other.index + other.text.length);
    if (!covered) words.push({ index, text: word });
  };
  for (const { pattern } of rules.below) for (const hit of text.matchAll(pattern)) add(hit.index, hit[0]);
  const cleaned = withoutOwn(text, rules, (match, index) => {
    if (!rules.isPlanned(match.replace(/\/$/, ''))) add(index, match);
  });
  for (const hit of rules.hostHint.test(cleaned) ? cleaned.matchAll(rules.hosts) : []) {
    // looked for backwards, since a pattern that begins with any number of labels takes too long on some texts
    const labels =
      /(?:[a-z0-9-]+\.){0,9}$/i.exec(cleaned.slice(Math.max(0, hit.index - LONGEST_HOST), hit.index))?.[0] ?? '';
    add(hit.index - labels.length, `${labels}${hit[0]}`);
  }
  for (const { hint, pattern } of rules.wordHint.test(cleaned) ? rules.patterns : [])
    for (const hit of hint.test(cleaned) ? cleaned.matchAll(pattern) : [])
      if (!rules.isTag(hit[0])) add(hit.index, hit[0]);
  return words;
}

function knownWords(text: string, rules: Rules): readonly LineWord[] {
  const words = rules.known.get(text) ?? wordsOf(text, rules);
  rules.known.set(text, words);
  return words;
}

/** All suspicious words of a page of text, in the order of its lines. */
function readPage(page: readonly string[], rules: Rules, templateAt: (line: number) => string): readonly Word[] {
  const lines = page.map(withoutEscapes);
  const isWhole = (text: string): boolean => rules.planned.has(text);
  const split = pageWords(lines, {
    ...rules,
    templateAt,
    withoutOwn: (text) => withoutOwn(text, rules, () => undefined),
    isOwn: (text) => text.includes(LEFT_OUT),
  });
  const bySplit = Map.groupBy(split, ({ line }) => line);
  return lines.flatMap((text, line) => {
    const found = knownWords(text, rules).filter(
      (word) =>
        !rules.tails.has(word.text) || !isBehindOwn(lines, { ...word, line }, { own: rules.own, isPlanned: isWhole }),
    );
    const others = bySplit.get(line)?.filter((one) => !found.some(({ index }) => index === one.index)) ?? [];
    return [...found.map((word) => ({ ...word, line })), ...others];
  });
}

/** Why a word is harmless; undefined when nothing says so. */
function reasonFor(lines: readonly string[], word: Word, documented: boolean, rules: Rules): string | undefined {
  const host = serviceHost(word.text)?.toLowerCase();
  const isInCluster = host !== undefined && !rules.ownHosts.has(host);
  const known = explain(lines, word, documented, rules.aside) ?? (isInCluster ? HARMLESS.inCluster : undefined);
  if (known !== undefined) return known;
  // what is an image of the chart elsewhere is one here
  const isSource = rules.hubNames.has(hubName(word.text) ?? '');
  if (!isSource && isKindWord(lines, word)) return HARMLESS.kind;
  return !isSource && isPackage(lines, word) ? HARMLESS.package : excludedBy(word, rules);
}

/** Why the catalog leaves a reference out; a bare word or host is none, and what stands below the target was put there. */
function excludedBy({ text }: Word, { target, excluded }: Rules): string | undefined {
  const bare = text.replace(/[.:,]+$/, '');
  return bare.startsWith(target) || !/[/:@]/.test(bare) ? undefined : excluded(bare);
}

type PageHit = Pick<SweepHit, 'text' | 'explained'> & { readonly line: number };

/** The rules for one line: what is left aside is so in its own template only. */
type RulesAt = (line: number) => Rules;

interface Places {
  readonly rulesAt: RulesAt;
  readonly templateAt: (line: number) => string;
}

function readDocument(
  lines: readonly string[],
  rules: Rules,
  { rulesAt, templateAt }: Places,
  decoded: Decoded,
): readonly PageHit[] {
  const words = readPage(lines, rules, templateAt);
  const quoted = quotedTexts(lines);
  const documented = words.length + quoted.length > 0 ? documentedInDefinitions(lines) : [];
  const plain = words.map(({ line, index, text }) => ({
    line,
    text,
    explained: reasonFor(lines, { line, index, text }, documented[line] ?? false, rulesAt(line)),
  }));
  // the same texts are in many lines
  const pages = new Map<string, readonly Word[]>();
  const within = ({ line, text }: DecodedText, isDocumented: boolean): readonly PageHit[] => {
    const inner = text.split('\n');
    const found = pages.get(text) ?? readPage(inner, rules, () => templateAt(line));
    pages.set(text, found);
    return found.map((word) => ({
      line,
      text: word.text,
      explained: reasonFor(inner, word, isDocumented, rulesAt(line)),
    }));
  };
  const hidden = decodedTexts(lines, decoded)
    .flatMap((one) => within(one, false))
    .map((hit) => ({ ...hit, text: `${hit.text} (in base64)` }));
  const told = new Set(plain.map(keyOfHit));
  const further = quoted
    .flatMap((one) => within(one, documented[one.line] ?? false))
    .filter((hit) => !told.has(keyOfHit(hit)));
  return [...plain, ...further, ...hidden].sort((a, b) => a.line - b.line);
}

function keyOfHit({ line, text, explained }: PageHit): string {
  return `${line} ${explained === undefined} ${text}`;
}

/** Reads rendered output as text, base64 decoded, for source references and hosts of registries. Lines count from 1. */
export function sweep(output: string, query: SweepQuery): readonly SweepHit[] {
  const rules = rulesOf(query);
  const hits: SweepHit[] = [];
  const decoded = nothingDecoded();
  const known = knownPages(query);
  let template = '';
  let start = 1;
  for (const document of output.split(/^(?=---)/m)) {
    const lines = document.replace(/\n$/, '').split('\n');
    const templates = lines.map((line) => {
      if (line.startsWith('# Source: ')) template = /^# Source: (.+)$/.exec(line)?.[1]?.trim() ?? template;
      return template;
    });
    const templateAt = (line: number): string => templates[line] ?? template;
    const isWhole = (text: string): boolean => lines.some((line) => line.includes(text));
    const rulesAt: RulesAt = (line) => {
      const own = templateAt(line);
      const left = rules.aside.filter((one) => one.template === own);
      return { ...rules, aside: left.map((one) => ({ ...one, isSplit: !isWhole(one.text) })) };
    };
    const found = known.isSilent(document) ? [] : readDocument(lines, rules, { rulesAt, templateAt }, decoded);
    if (found.length === 0) known.keepSilent(document, () => decodedTexts(lines, decoded).map(({ text }) => text));
    for (const { line, text, explained } of found)
      hits.push({ template: templates[line] ?? template, line: start + line, text, explained });
    start += lines.length;
  }
  return hits;
}
