// Shares nothing with the finder, on purpose: see sweep.ts.

/** What is kept of pages that held nothing, from one sweep to the next. Most pages are the same in all renders of a chart. */
export interface SilentPages {
  has(key: string): boolean;
  add(key: string): void;
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

/**
 * What a page is known by in later sweeps, when it holds nothing: its text, and all that decides on whether it holds a suspicious
 * word. Undefined for pages that are read each time: short ones, and those that name the target.
 */
export function silentKeys(query: SilentQuery): (page: string) => string | undefined {
  const { target, sourceTexts, sourceHosts, planned, silent } = query;
  if (silent === undefined) return () => undefined;
  const lists = [sourceTexts, sourceHosts, planned ?? []].map((texts) => [...new Set(texts)].sort());
  const asked = JSON.stringify([target, planned === undefined, ...lists]);
  return (page) => (page.length < LONG_PAGE || page.includes(target) ? undefined : `${asked}\n${page}`);
}
