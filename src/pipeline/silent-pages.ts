import type { SilentPages } from '../domain/proof/silent-pages.ts';

/** How many characters of pages are kept: beyond, they are read anew. Random contents differ in each render. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Made by whoever works on a chart, and dropped with it: the pages may hold secrets. */
export function createSilentPages(): SilentPages {
  const known = new Map<string, Set<string>>();
  let characters = 0;
  return {
    has: (asked, page) => known.get(asked)?.has(page) === true,
    add: (asked, page) => {
      const pages = known.get(asked) ?? new Set();
      if (pages.has(page) || characters + page.length > MAX_CHARACTERS) return;
      known.set(asked, pages.add(page));
      characters += page.length;
    },
  };
}
