import type { ReportedLayers, SharedLayer } from './reported-layers.ts';

/** One image with what it is made of; a blob that it names twice counts once. */
export interface LayeredImage {
  readonly name: string;
  readonly blobs: readonly { readonly digest: string; readonly size: number }[];
}

const NAMED = 20;

function saves({ bytes, images }: SharedLayer): number {
  return bytes * (images.length - 1);
}

/** What images share, counted blob by blob; null where there are no images. */
export function sharedLayers(images: readonly LayeredImage[]): ReportedLayers | null {
  if (images.length === 0) return null;
  const blobs = new Map<string, { readonly bytes: number; readonly images: string[] }>();
  for (const { name, blobs: own } of images) {
    for (const [digest, size] of new Map(own.map((blob) => [blob.digest, blob.size]))) {
      const known = blobs.get(digest);
      if (known === undefined) blobs.set(digest, { bytes: size, images: [name] });
      else known.images.push(name);
    }
  }
  const all = [...blobs].map(([digest, blob]) => ({ digest, ...blob }));
  const shared = all.filter((blob) => saves(blob) > 0).sort((a, b) => saves(b) - saves(a));
  return {
    images: images.length,
    bytes: all.reduce((sum, blob) => sum + blob.bytes * blob.images.length, 0),
    uniqueBytes: all.reduce((sum, blob) => sum + blob.bytes, 0),
    shared: shared.slice(0, NAMED),
  };
}
