import type { ImageUse } from './image-use.ts';
import type { Plain } from './plain.ts';
import type { SeenHosts } from './reference-text.ts';
import { WatchedHosts } from './watched-hosts.ts';

/** A readable object; a CRD (read as text, since its schema is long and names no image but in defaults); or neither. */
export type DocumentContent =
  | {
      readonly kind: 'object';
      readonly value: Readonly<Record<string, Plain>>;
      /** Where maps give a key several times, of which the last counts: the object with those before. */
      readonly shadowed: readonly Readonly<Record<string, Plain>>[];
    }
  | { readonly kind: 'crd' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** One document by itself. `source` is the template that it names, if it does. */
export interface ReadDocument {
  readonly text: string;
  readonly source: string | undefined;
  readonly content: DocumentContent;
}

/**
 * What was read and found in the documents of one chart. Most documents are the same in all its renders: each is read
 * once, and searched again only where the hosts that the search asked for would answer otherwise. Made by whoever works
 * on the chart and dropped with it.
 */
export interface DocumentMemo {
  /** The document of a text: what `read` made of the same text before, else what it makes of it now. */
  document(text: string, read: (text: string) => ReadDocument): ReadDocument;
  /** What `gather` says of a document, which must depend on nothing else. */
  hosts(content: DocumentContent, gather: () => readonly string[]): readonly string[];
  /** What `find` finds in a document of this template, which may also depend on what it asks of the hosts. */
  uses(
    content: DocumentContent,
    template: string,
    seen: SeenHosts,
    find: (seen: SeenHosts) => readonly ImageUse[],
  ): readonly ImageUse[];
}

/** What was found under one set of hosts, with the questions that led to it. */
interface Search {
  readonly template: string;
  readonly watched: WatchedHosts;
  readonly uses: readonly ImageUse[];
}

/** How many searches of one document are kept. Markers make hosts that never come again. */
const MAX_SEARCHES = 6;

/** How many characters of documents are kept: beyond, documents are read anew. Random contents differ in each render. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** The text by itself: a part cut out of an output keeps all of it in memory. */
function ownCopy(text: string): string {
  const copy = Buffer.from(text).toString();
  return copy === text ? copy : text;
}

/** A memo that holds nothing yet. */
export function createDocumentMemo(): DocumentMemo {
  const documents = new Map<string, ReadDocument>();
  const gathered = new WeakMap<DocumentContent, readonly string[]>();
  const searches = new WeakMap<DocumentContent, readonly Search[]>();
  let characters = 0;
  return {
    document(text, read) {
      const known = documents.get(text);
      if (known !== undefined) return known;
      if (characters + text.length > MAX_CHARACTERS) return read(text);
      const own = ownCopy(text);
      const document = read(own);
      documents.set(own, document);
      characters += own.length;
      return document;
    },
    hosts(content, gather) {
      const hosts = gathered.get(content) ?? gather();
      gathered.set(content, hosts);
      return hosts;
    },
    uses(content, template, seen, find) {
      const before = searches.get(content) ?? [];
      const known = before.find((search) => search.template === template && search.watched.wouldAnswerAs(seen));
      // uses are told apart by identity: each render has its own
      if (known !== undefined) return known.uses.map((use) => ({ ...use }));
      const watched = new WatchedHosts(seen);
      const uses = find(watched);
      searches.set(content, [{ template, watched, uses }, ...before].slice(0, MAX_SEARCHES));
      return uses;
    },
  };
}
