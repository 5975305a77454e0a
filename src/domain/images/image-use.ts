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
 * What stands there: an `image` is copied and moved; an `artifact` is something else that a registry holds, such as a
 * vulnerability database, a plugin or a chart, and is copied and moved the same; a `base` is a path to which a program
 * adds names at run time, so it is moved and nothing is copied for it; an `example` is text that nothing pulls, so it is
 * told of and left alone.
 */
export type UseRole = 'image' | 'artifact' | 'base' | 'example';

/** Whether what has this role is copied to the target. */
export function isCarried(role: UseRole): boolean {
  return role === 'image' || role === 'artifact';
}

/**
 * How sure it is that a program pulls this: a `candidate` is a reference by its form alone, or one without tag and
 * digest outside of containers. When the source does not have a candidate, it is unconfirmed rather than missing.
 */
export type Certainty = 'certain' | 'candidate';

/** What a reference is, how sure that is, and the rule that says so; undefined for a plain image, which needs none. */
export interface Judgement {
  readonly role: UseRole;
  readonly certainty: Certainty;
  readonly why: string | undefined;
}

/**
 * One reference at one place of the rendered output. `text` is what the place says (joined from its fields where a
 * reference is split), `template` the file it was rendered from, `path` the place in the object. `certainty` and `why`
 * are those of its judgement.
 */
export interface ImageUse {
  readonly text: string;
  readonly reference: Reference;
  readonly role: UseRole;
  readonly certainty: Certainty;
  readonly why: string | undefined;
  readonly place: UsePlace;
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

const FIELDS = /^(.*?) ?\(([^()]*, [^()]*)\)$/;

/** Whether several fields make a reference together: its path ends with their names. */
export function isSplit({ path }: ImageUse): boolean {
  return FIELDS.test(path);
}

/** The names of the fields that make a reference together, and the key of their map, where it has one; undefined for other uses. */
export function splitFields({
  path,
}: ImageUse): { readonly fields: readonly string[]; readonly owner: string | undefined } | undefined {
  const [, map = '', names] = FIELDS.exec(path) ?? [];
  const [, quoted, plain] = /(?:"([^"]*)"|([\w-]+))(?:\[\d+\])*$/.exec(map) ?? [];
  return names === undefined ? undefined : { fields: names.split(', '), owner: quoted ?? plain };
}

/** `templates/a.yaml Deployment/x spec.containers[0].image`: a use's place for people. */
export function formatUsePlace(use: Pick<ImageUse, 'template' | 'kind' | 'name' | 'path'>): string {
  return `${use.template} ${use.kind}/${use.name} ${use.path}`;
}
