import type { ImageUse } from '../images/image-use.ts';
import type { RenderedDocument } from '../images/rendered-documents.ts';
import { type SweepHit, sweep } from '../proof/sweep.ts';
import { looksLikeRegistry } from '../reference.ts';
import { type AllowedRegistry, formatAllowed } from './allowed.ts';
import { type ManifestText, NO_TEMPLATE, type ReadTexts } from './manifest-texts.ts';

/** A word that looks as if it led to another registry, at a place where no reference was found. Lines count from 1. */
export interface Mention {
  readonly template: string;
  readonly line: number;
  readonly text: string;
}

/** What is looked at: texts with their documents, the references found there, and what may be named. */
export interface MentionQuery extends Pick<ReadTexts, 'documents'> {
  readonly texts: readonly ManifestText[];
  readonly uses: readonly ImageUse[];
  readonly allowed: readonly AllowedRegistry[];
}

const BASE64 = ' (in base64)';
const HOST_WITH_PATH =
  /^[A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._-]+)*(?::[A-Za-z0-9_][A-Za-z0-9._-]*)?(?:@[a-z0-9]+:[0-9a-f]{32,})?/;
const SECRET = /\bkind["']?\s*:\s*["']?Secret\b/;

/** What is said of a word in a secret: its registry at most, since the rest of it may be the secret. */
function hostOnly(text: string): string {
  const [head = ''] = text.split('/');
  return looksLikeRegistry(head) ? (/^[A-Za-z0-9.-]+(?::\d+)?/.exec(head)?.[0] ?? '') : 'a reference in secret data';
}

/** The word without what goes on behind a reference, such as the query of an address. */
function shownText(hit: SweepHit, isSecret: boolean): string {
  const encoded = hit.text.endsWith(BASE64);
  const word = encoded ? hit.text.slice(0, -BASE64.length) : hit.text;
  if (isSecret || encoded) return `${hostOnly(word)}${encoded ? BASE64 : ''}`;
  return HOST_WITH_PATH.exec(word)?.[0] ?? hostOnly(word);
}

/** Whether a word is some of the components of a reference. */
function isPart(word: string, text: string): boolean {
  const at = text.indexOf(word);
  return at >= 0 && (at === 0 || text[at - 1] === '/') && /^(?:[/:@]|$)/.test(text.slice(at + word.length));
}

/** Whether a reference that was found accounts for the word: it is the reference, or a part of one that is split over fields. */
function isAccounted(word: string, uses: readonly ImageUse[], documents: readonly RenderedDocument[]): boolean {
  return uses.some(({ text }) => {
    if (text === word) return true;
    return isPart(word, text) && !documents.some((document) => document.text.includes(text));
  });
}

/** The hits that no allowed registry accounts for. */
function hitsIn(text: string, allowed: readonly AllowedRegistry[], hosts: readonly string[]): readonly SweepHit[] {
  const key = ({ template, line, text: word }: SweepHit): string => JSON.stringify([template, line, word]);
  const [first = [], ...others] = allowed.map((one) =>
    sweep(text, { target: formatAllowed(one), sourceTexts: [], sourceHosts: hosts }),
  );
  const sets = others.map((hits) => new Set(hits.map(key)));
  return first.filter((hit) => hit.explained === undefined && sets.every((set) => set.has(key(hit))));
}

/**
 * Reads texts as plain text for hosts of registries that are not allowed, beside the references that were found there.
 * Comments, addresses of web pages and documentation are no mentions. Of words in secrets the host alone is shown.
 */
export function mentionsIn({ texts, documents, uses, allowed }: MentionQuery): readonly Mention[] {
  const own = new Set(allowed.map(({ host }) => host));
  const hosts = [...new Set(uses.map(({ reference }) => reference.registry))].filter((host) => !own.has(host));
  const usesAt = Map.groupBy(uses, ({ template }) => template);
  const documentsAt = Map.groupBy(documents, ({ template }) => template);
  return texts.flatMap((one) =>
    hitsIn(one.text, allowed, hosts).flatMap((hit): readonly Mention[] => {
      const template = one.file || hit.template || NO_TEMPLATE;
      const around = documentsAt.get(template) ?? [];
      const word = hit.text.endsWith(BASE64) ? hit.text.slice(0, -BASE64.length) : hit.text;
      if (own.has(word) || isAccounted(word, usesAt.get(template) ?? [], around)) return [];
      const isSecret = around.some(
        ({ text, line }) => line <= hit.line && hit.line < line + text.split('\n').length && SECRET.test(text),
      );
      return [{ template, line: hit.line, text: shownText(hit, isSecret) }];
    }),
  );
}
