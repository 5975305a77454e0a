import { formatUsePlace, type ImageUse, isSplit, type UsePlace } from '../images/image-use.ts';
import { isImageKey } from '../images/reference-text.ts';

/** One place that is not as planned. `expected` or `found` is undefined where the other render has nothing there. */
export interface Residue {
  readonly place: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

function objectKey(use: ImageUse): string {
  return `${use.template}\n${use.kind}\n${use.name}`;
}

interface Group {
  readonly place: string;
  readonly expected: string[];
  readonly found: string[];
}

function groupFor(groups: Map<string, Group>, use: ImageUse, named: boolean): Group {
  const key = `${named ? use.name : ''}\n${use.template}\n${use.kind}\n${use.path}`;
  const group = groups.get(key) ?? { place: formatUsePlace(use), expected: [], found: [] };
  groups.set(key, group);
  return group;
}

function without(texts: readonly string[], taken: readonly string[]): readonly string[] {
  const left = [...taken];
  return texts.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const IMAGE_PLACES: readonly UsePlace[] = ['container', 'initContainer', 'ephemeralContainer', 'image volume'];

/** Whether a place holds an image and nothing else: by its kind, by its key, or since several fields make one together. */
function isImageField(use: ImageUse): boolean {
  const { place, path } = use;
  if (IMAGE_PLACES.includes(place) || isSplit(use)) return true;
  const key = /([A-Za-z0-9_.-]+)"?(?:\[\d+\])*(?:, line \d+)?\)?$/.exec(path)?.[1] ?? '';
  return isImageKey(key);
}

/**
 * Whether a text may stand where the original shows no reference: a planned reference, or what such begin with.
 * Without a host, `--docker-registry=team` and a message that names `org/app:1` say nothing by themselves; with the target's they
 * do, and what they lead to is moved. In a container it is one more image, and what is no whole reference is in any field of an
 * image one that nobody planned.
 */
function isKnownOf({ images, all }: Planned, use: ImageUse): boolean {
  const { text, reference, role, place } = use;
  if (images.has(text)) return !IMAGE_PLACES.includes(place);
  if (role !== 'base' && isImageField(use)) return false;
  if (reference.tag !== undefined || reference.digest !== undefined) return false;
  // without a tag, a whole repository is pulled as `latest`; a base is completed by a program
  const next = role === 'base' ? /^[/:@]/ : /^\//;
  return all.some(
    (one) => one.startsWith(text) && (next.test(one.slice(text.length)) || (role === 'base' && one === text)),
  );
}

/** What the references of an original become: those of images that are more than a single word, and all. */
interface Planned {
  readonly images: ReadonlySet<string>;
  readonly all: readonly string[];
}

function plannedOf(original: readonly ImageUse[], wanted: (use: ImageUse) => string): Planned {
  const images = original.filter(({ role, text }) => role !== 'base' && /[/:@.]/.test(text));
  return { images: new Set(images.map(wanted)), all: [...new Set(original.map(wanted))] };
}

/** The beginnings of references in a relocated render that the original does not show as such, and that may stand. */
export function furtherBases(
  original: readonly ImageUse[],
  relocated: readonly ImageUse[],
  wanted: (use: ImageUse) => string,
): readonly ImageUse[] {
  const planned = plannedOf(original, wanted);
  const known = new Set(original.map((use) => `${formatUsePlace(use)} ${wanted(use)}`));
  return relocated.filter(
    (use) => use.role === 'base' && !known.has(`${formatUsePlace(use)} ${use.text}`) && isKnownOf(planned, use),
  );
}

/**
 * Compares the references of a relocated render with those of the original: at each place exactly the planned texts,
 * each as often as before. A place is template, kind, name and path; an object whose name only one render has (names
 * may be random) is compared with the others of that kind in that template. Where the original shows nothing, a
 * planned reference or the beginning of some may stand, but in no field of an image. An empty result means equal.
 */
export function compareUses(
  original: readonly ImageUse[],
  relocated: readonly ImageUse[],
  wanted: (use: ImageUse) => string,
): readonly Residue[] {
  const before = new Set(original.map(objectKey));
  const after = new Set(relocated.map(objectKey));
  const inBoth = (use: ImageUse): boolean => before.has(objectKey(use)) && after.has(objectKey(use));
  const groups = new Map<string, Group>();
  for (const use of original) groupFor(groups, use, inBoth(use)).expected.push(wanted(use));
  const planned = plannedOf(original, wanted);
  for (const use of relocated) {
    const group = groupFor(groups, use, inBoth(use));
    if (group.expected.length > 0 || !isKnownOf(planned, use)) group.found.push(use.text);
  }
  return [...groups.values()].flatMap(({ place, expected, found }) => {
    const missing = without(expected, found);
    const surplus = without(found, expected);
    const length = Math.max(missing.length, surplus.length);
    return Array.from({ length }, (_, index) => ({ place, expected: missing[index], found: surplus[index] }));
  });
}
