import type { Place } from './addon.ts';
import { type Destination, destinationOf, type NamingRule } from './plan/destination.ts';
import { formatReference, type Reference } from './reference.ts';

/** An image that a list asks for by itself. */
export interface ListedImage {
  readonly source: Reference;
  /** Where the list says that it goes; undefined where its name decides. Its tag may be left out: then it is that of the source. */
  readonly target: Reference | undefined;
  readonly place: Place;
}

/** A listed image with its whole destination, and every line that asks for just that. */
export interface PlannedCopy {
  readonly source: Reference;
  readonly destination: Destination;
  readonly places: readonly Place[];
}

function destinationFor({ source, target }: ListedImage, naming: NamingRule): Destination {
  const named = destinationOf(source, naming);
  if (target === undefined) return named;
  return { ...target, tag: target.tag ?? named.tag, digest: undefined };
}

/** The copies that a list comes to: each source and destination once, in the order of the list. */
export function plannedCopies(list: readonly ListedImage[], naming: NamingRule): readonly PlannedCopy[] {
  const copies = new Map<string, PlannedCopy>();
  for (const one of list) {
    const { source, place } = one;
    const destination = destinationFor(one, naming);
    const key = `${formatReference(source)} ${formatReference(destination)}`;
    copies.set(key, { source, destination, places: [...(copies.get(key)?.places ?? []), place] });
  }
  return [...copies.values()];
}
