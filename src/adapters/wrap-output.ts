import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WrapWriter } from '../ports/contents.ts';
import { writeWrap } from './files/write-wrap.ts';

/** Where wraps go: into a directory under their own names, or a single one into a file. */
export type WrapPlace =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string };

/** Writes wraps as `NAME-VERSION.wrap.tgz` into a directory, or the one that there is to a file. */
export function createWrapWriter(place: WrapPlace): WrapWriter {
  return {
    async write({ name, version }, entries, contents, time, signal) {
      const file = place.kind === 'file' ? place.path : join(place.path, `${name}-${version}.wrap.tgz`);
      await mkdir(dirname(file), { recursive: true });
      const { bytes } = await writeWrap(file, entries, contents, Math.floor(time / 1000), signal);
      return { file, bytes };
    },
  };
}
