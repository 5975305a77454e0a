import type { ImageUse } from '../../domain/images/image-use.ts';
import type { AsideUse } from '../release-item.ts';

/**
 * What was read in one render: all that later steps ask of it, and nothing of its text, which can hold secrets. Excluded
 * references are still in it, since what a catalog excludes is no matter of the render.
 */
export type Reading =
  | {
      readonly kind: 'read';
      readonly uses: readonly ImageUse[];
      /** References in the documentation of custom resources. */
      readonly documented: readonly AsideUse[];
      /** Why the image of a container is no reference; undefined when all are. */
      readonly badImage: string | undefined;
      /** Image fields of custom resources with an empty part, a sentence each. */
      readonly incomplete: readonly string[];
      /** What operators among its objects pull beside it, a sentence each. */
      readonly operators: readonly string[];
    }
  /** It does not render; `lasting` as for the render itself. */
  | { readonly kind: 'failed'; readonly reason: string; readonly lasting: boolean }
  /** What helm prints is no YAML. */
  | { readonly kind: 'unreadable'; readonly reason: string };
