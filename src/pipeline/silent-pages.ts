import { digestOf } from '../domain/manifest.ts';
import type { SilentPages } from '../domain/proof/silent-pages.ts';

/** Pages that held nothing, by digest: their texts are long, and may hold secrets. */
export function createSilentPages(): SilentPages {
  const known = new Set<string>();
  return {
    has: (key) => known.has(digestOf(key)),
    add: (key) => {
      known.add(digestOf(key));
    },
  };
}
