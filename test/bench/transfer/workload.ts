import { createDistributionLayout } from './distribution-layout.ts';
import { createImageMaker, type StoredImage } from './workload-images.ts';
import { planWorkload, type WorkloadOptions } from './workload-plan.ts';

/** How much content there is, each piece counted once. */
export interface Amount {
  readonly blobs: number;
  readonly manifests: number;
  /** Of blobs and manifests. */
  readonly bytes: number;
}

/** Images in the directory of a registry. */
export interface Workload {
  readonly directory: string;
  readonly images: readonly StoredImage[];
  readonly amount: Amount;
  /** The images after one tag has moved, and what of them is new. */
  readonly afterMove: { readonly images: readonly StoredImage[]; readonly added: Amount };
  /** Of all pairs of a repository and a layer, how many are of a layer that an earlier repository has, too. */
  readonly sharedLayers: number;
  /** Sets the tag that moves: to what it is at first, or to what it moves to. */
  point(to: 'first' | 'moved'): void;
}

interface Pieces {
  readonly blobs: ReadonlyMap<string, number>;
  readonly manifests: ReadonlyMap<string, number>;
}

function piecesOf(images: readonly StoredImage[]): Pieces {
  const manifests = images.flatMap((image) => image.manifests);
  return {
    blobs: new Map(manifests.flatMap(({ blobs }) => blobs.map(({ digest, size }) => [digest, size] as const))),
    manifests: new Map(manifests.map(({ digest, size }) => [digest, size] as const)),
  };
}

function amountOf({ blobs, manifests }: Pieces, except?: Pieces): Amount {
  const left = [...blobs].filter(([digest]) => except?.blobs.has(digest) !== true);
  const others = [...manifests].filter(([digest]) => except?.manifests.has(digest) !== true);
  const bytes = [...left, ...others].reduce((sum, [, size]) => sum + size, 0);
  return { blobs: left.length, manifests: others.length, bytes };
}

/** The share of pairs of repository and layer whose layer an earlier repository has. Configs are no layers. */
export function sharedLayers(images: readonly StoredImage[]): number {
  const first = new Map<string, string>();
  const pairs = new Set<string>();
  let shared = 0;
  for (const { repository, manifests } of images) {
    for (const { digest } of manifests.flatMap(({ blobs }) => blobs.slice(1))) {
      const pair = `${repository} ${digest}`;
      if (pairs.has(pair)) continue;
      pairs.add(pair);
      if ((first.get(digest) ?? repository) !== repository) shared += 1;
      if (!first.has(digest)) first.set(digest, repository);
    }
  }
  return pairs.size === 0 ? 0 : shared / pairs.size;
}

/** Makes a workload in an empty directory. The same options give the same digests. */
export function makeWorkload(directory: string, options: WorkloadOptions): Workload {
  const plan = planWorkload(options);
  const layout = createDistributionLayout(directory);
  const make = createImageMaker(options.seed, layout.content);
  const linked = (image: StoredImage): StoredImage => {
    for (const { digest, blobs } of image.manifests) {
      layout.manifest(image.repository, digest);
      for (const blob of blobs) layout.blob(image.repository, blob.digest);
    }
    return image;
  };
  const images = plan.images.map((image) => linked(make(image)));
  for (const { repository, tag, digest } of images) layout.tag(repository, tag, digest);
  const moved = linked(make(plan.moved));
  const isMoved = ({ repository, tag }: StoredImage) => repository === moved.repository && tag === moved.tag;
  const after = images.map((image) => (isMoved(image) ? moved : image));
  const pieces = piecesOf(images);
  return {
    directory,
    images,
    amount: amountOf(pieces),
    afterMove: { images: after, added: amountOf(piecesOf(after), pieces) },
    sharedLayers: sharedLayers(images),
    point(to) {
      const image = to === 'moved' ? moved : images.find(isMoved);
      if (image !== undefined) layout.tag(image.repository, image.tag, image.digest);
    },
  };
}
