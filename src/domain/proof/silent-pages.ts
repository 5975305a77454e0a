// Shares nothing with the finder, on purpose: see sweep.ts.

/** Pages that held nothing, from one sweep to the next. Most pages are the same in all renders of a chart. */
export interface SilentPages {
  /** Whether the page held nothing when the same was asked. */
  has(asked: string, page: string): boolean;
  add(asked: string, page: string): void;
}

/** What a sweep looks for, as far as it decides on pages that do not name the target. */
export interface SilentQuery {
  readonly target: string;
  readonly sourceTexts: readonly string[];
  readonly sourceHosts: readonly string[];
  readonly planned?: readonly string[];
  /** Long pages that held nothing in sweeps before; those of this one are added. */
  readonly silent?: SilentPages;
}

/** Pages that are shorter are read again faster than they are recognised. */
const LONG_PAGE = 4096;

/** What is known of pages for one query. */
export interface KnownPages {
  isSilent(page: string): boolean;
  /** `decoded` reads what the page has in base64. */
  keepSilent(page: string, decoded: () => readonly string[]): void;
}

/**
 * Long pages that held nothing are known by their text and by all that decides on whether they hold a suspicious word. Short ones
 * are read each time, and so are those that name the target, in base64 too: what the original said decides on these.
 */
export function knownPages({ target, sourceTexts, sourceHosts, planned, silent }: SilentQuery): KnownPages {
  if (silent === undefined) return { isSilent: () => false, keepSilent: () => undefined };
  const lists = [sourceTexts, sourceHosts, planned ?? []].map((texts) => [...new Set(texts)].sort());
  const asked = JSON.stringify([target, planned === undefined, ...lists]);
  const isKept = (page: string): boolean => page.length >= LONG_PAGE && !page.includes(target);
  return {
    isSilent: (page) => isKept(page) && silent.has(asked, page),
    keepSilent: (page, decoded) => {
      if (isKept(page) && !decoded().some((text) => text.includes(target))) silent.add(asked, page);
    },
  };
}
