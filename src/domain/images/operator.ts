/** A group of custom resources, all of its kinds or the named ones. */
export interface ResourceKinds {
  readonly group: string;
  readonly kinds?: readonly string[];
}

/**
 * A program that pulls images which its chart may not render. It is known by its own image (tested against registry and repository) or
 * by the custom resources that it acts on. `source` is where its behaviour is written down.
 */
export interface Operator {
  readonly name: string;
  readonly images: readonly RegExp[];
  readonly resources: readonly ResourceKinds[];
  /** What it pulls beyond the render; undefined where everything that it pulls stands in the render. */
  readonly pulls: string | undefined;
  /** Where its images can be led to another registry, or which to name. */
  readonly steer: string;
  readonly source: string;
}
