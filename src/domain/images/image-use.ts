import type { Reference } from '../reference.ts';

/** What kind of place names the image. */
export type UsePlace =
  | 'container'
  | 'initContainer'
  | 'ephemeralContainer'
  | 'image volume'
  | 'env'
  | 'arg'
  | 'annotation'
  | 'config map'
  | 'secret'
  | 'custom resource'
  | 'crd default';

/**
 * What stands there: an `image` is copied and moved; a `base` is a path to which a program adds names at run time,
 * so it is moved and nothing is copied for it.
 */
export type UseRole = 'image' | 'base';

/**
 * One reference at one place of the rendered output. `text` is what the place says (joined from its fields where a
 * reference is split), `template` the file it was rendered from, `path` the place in the object.
 */
export interface ImageUse {
  readonly text: string;
  readonly reference: Reference;
  readonly role: UseRole;
  readonly place: UsePlace;
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

/** `templates/a.yaml Deployment/x spec.containers[0].image`: a use's place for people. */
export function formatUsePlace(use: Pick<ImageUse, 'template' | 'kind' | 'name' | 'path'>): string {
  return `${use.template} ${use.kind}/${use.name} ${use.path}`;
}
