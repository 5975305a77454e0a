import { isMap, type Node } from 'yaml';
import type { AddedImage, Addon, ExcludedImages } from '../domain/addon.ts';
import { exclusionOf, isImagePattern } from '../domain/images/exclusion.ts';
import { parseReference } from '../domain/reference.ts';
import { oneLine } from '../errors.ts';
import type { EntryMap, EntryValue } from './entry-map.ts';
import { shown } from './problems.ts';
import { pathWith, stringOf } from './yaml-nodes.ts';

/** A reference or pattern as it was written, and where. */
interface Written {
  readonly item: EntryValue;
  readonly node: Node;
  readonly text: string;
  readonly reason: string | undefined;
}

/** The elements of a list, each a text or a map of `image` and `reason`. */
function writtenIn(list: EntryMap, name: string): readonly Written[] {
  return list.items(name).flatMap((item) => {
    const map = list.below(item);
    const node = map === undefined ? item.node : map.node('image');
    const text = stringOf(node);
    if (node === undefined || text === undefined) return [];
    const reason = map?.text('reason');
    return [{ item, node, text, reason: reason === undefined ? undefined : oneLine(reason) }];
  });
}

function addedIn(list: EntryMap, name: string): readonly (Written & { readonly image: AddedImage })[] {
  return writtenIn(list, name).flatMap((written) => {
    const { item, node, text, reason } = written;
    const reference = parseReference(text);
    if (reference !== undefined) return [{ ...written, image: { reference, reason, place: list.placeOf(item) } }];
    list.complain(node, {
      what: `${shown(text)} is no image reference`,
      instead: 'write it like "quay.io/team/app:1.2.3"',
    });
    return [];
  });
}

function excludedIn(list: EntryMap): readonly ExcludedImages[] {
  return writtenIn(list, 'exclude').flatMap(({ item, node, text, reason }) => {
    if (!isImagePattern(text)) {
      const what = `${shown(text)} is no image reference and no pattern for one`;
      list.complain(node, { what, instead: 'write it like "quay.io/team/app:1.2.3" or "quay.io/team/*"' });
      return [];
    }
    // without a reason it is the schema's problem
    return reason === undefined ? [] : [{ pattern: text, reason, place: list.placeOf(item) }];
  });
}

/** The `images` of an entry: a list of images to add, or a map of `add` and `exclude`. Both for one image is a problem. */
export function readImages(entry: EntryMap): Pick<Addon, 'images' | 'excluded'> {
  const node = entry.node('images');
  const map = isMap(node) ? entry.below({ node, key: pathWith(entry.key, 'images') }) : undefined;
  if (map === undefined) return { images: addedIn(entry, 'images').map(({ image }) => image), excluded: [] };
  const added = addedIn(map, 'add');
  const excluded = excludedIn(map);
  for (const { node: at, text, image } of added) {
    const exclusion = exclusionOf({ excluded }, image.reference);
    if (exclusion === undefined) continue;
    const what = `${shown(text)} is also left out, by ${shown(exclusion.pattern)} at line ${exclusion.place.line}`;
    map.complain(at, { what, instead: 'take one of the two out' });
  }
  return { images: added.map(({ image }) => image), excluded };
}
