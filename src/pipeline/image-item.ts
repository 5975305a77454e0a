import type { Place } from '../domain/addon.ts';
import type { Evidence } from '../domain/images/evidence.ts';
import type { Destination } from '../domain/plan/destination.ts';
import type { Platform } from '../domain/platform.ts';
import type { Decision } from '../domain/preflight/decide.ts';
import type { Digest, Reference } from '../domain/reference.ts';
import type { MirrorError } from '../errors.ts';
import type { ChartItem } from './chart-item.ts';
import type { ReleaseItem } from './release-item.ts';

/** Where an image stands. `bytes` is its size at the source, `moved` what really left the source for it. */
export type ImageState =
  | { readonly kind: 'planned' }
  | {
      readonly kind: 'cleared';
      readonly decision: Decision;
      readonly digest: Digest;
      readonly bytes: number | undefined;
    }
  | { readonly kind: 'unconfirmed'; readonly reason: string }
  | { readonly kind: 'copied'; readonly digest: Digest; readonly bytes: number | undefined; readonly moved: number }
  | { readonly kind: 'failed' };

/** One image with everything that uses it. */
export interface ImageItem {
  readonly source: Reference;
  readonly destination: Destination;
  readonly evidence: Evidence;
  /** Whether somebody surely pulls it. When the source does not have what is not certain, it is left unconfirmed. */
  readonly isCertain: boolean;
  /** The one platform that is copied; undefined for the whole image. */
  readonly platform: Platform | undefined;
  /** Platforms that the whole image must have, because its users name them. */
  readonly required: readonly Platform[];
  readonly users: readonly {
    readonly chart: ChartItem;
    readonly release: ReleaseItem;
    readonly places: readonly string[];
  }[];
  /** The lines of a list that ask for it by itself; empty for images of charts. */
  readonly listed: readonly Place[];
  platforms: readonly Platform[];
  /** The manifests that it is made of, its own among them, each once; empty where none was read. */
  manifests: readonly { readonly digest: Digest; readonly size: number }[];
  /** What the image is made of, each blob once; empty where no manifest was read. */
  blobs: readonly { readonly digest: Digest; readonly size: number }[];
  state: ImageState;
  failure: MirrorError | undefined;
}

/** Whether somebody still wants an image: a list names it, or a chart that has not failed uses it. */
export function isWanted({ listed, users }: Pick<ImageItem, 'listed' | 'users'>): boolean {
  return listed.length > 0 || users.some(({ chart }) => chart.failure === undefined);
}

/** Whether an image has not failed, and somebody still wants it. */
export function isNeeded(image: ImageItem): boolean {
  return image.failure === undefined && isWanted(image);
}
