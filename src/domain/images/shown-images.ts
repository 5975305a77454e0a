import { type StringLeaf, stringLeaves, type ValueNode } from '../chart/values-tree.ts';
import { DOCKER_HUB, formatReference, type Reference } from '../reference.ts';
import type { DeclaredReference } from './declared.ts';

/** What a chart says of images, to tell what may put a registry and an owner before a name that stands without. */
export interface ChartNames {
  /** What values and annotations name. */
  readonly declared: readonly DeclaredReference[];
  /** What templates spell out. */
  readonly spelledOut: readonly Reference[];
  /** The values under which it is named. */
  readonly values: readonly ValueNode[];
  /** The text of its templates. */
  readonly templates: readonly string[];
}

/** Whether tag and digest of the one are those of the other, as far as both have them; templates like to put a `v` before a tag. */
function isSameVersion({ tag, digest }: Reference, shown: Reference): boolean {
  if (digest !== undefined && shown.digest !== undefined) return digest === shown.digest;
  return tag !== undefined && (shown.tag === tag || shown.tag === `v${tag}`);
}

/** Whether a template may render it as the shown one, by adding a tag or digest at most. */
function isNamedAs({ reference, isWhole }: DeclaredReference, shown: Reference): boolean {
  if (shown.registry !== reference.registry || shown.repository !== reference.repository) return false;
  return !isWhole || isSameVersion(reference, shown) || formatReference(reference) === formatReference(shown);
}

/** What stands before a path in a reference, each way by its parts: `quay.io/team`, or `quay.io` and `team`. */
function waysTo({ registry, repository }: Reference, path: string): readonly (readonly string[])[] {
  const owner = repository.slice(0, -path.length).replace(/\/$/, '');
  if (owner === '') return [[registry]];
  const ways = [[`${registry}/${owner}`], [registry, owner]];
  return registry === DOCKER_HUB ? [...ways, [owner]] : ways;
}

/** Whether a template puts a text before something: before an expression or a format, in quotes, or alone in a line. */
function isAddedBy(template: string, text: string): boolean {
  if (!template.includes(text)) return false;
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // an owner may follow what a template made of a registry
  const start = `(?<![A-Za-z0-9.${text.includes('.') ? '/' : ''}_@-])`;
  return new RegExp(`${start}${escaped}/?(?:["'\`]|\\{\\{|%[a-z])|^\\s*${escaped}/?\\s*$`, 'm').test(template);
}

/** The names of a chart, prepared once for many questions. */
interface Prepared extends ChartNames {
  /** Texts of the values that stand beside no name of an image, without slashes around them. */
  readonly free: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
}

function prepared(names: ChartNames): Prepared {
  const taken = new Set(names.declared.flatMap(({ own }) => own.map((path) => JSON.stringify(path))));
  const leaves = names.values.flatMap((values) => stringLeaves(values));
  const textsOf = (some: readonly StringLeaf[]): ReadonlySet<string> =>
    new Set(some.map(({ value }) => value.trim().replace(/^\/+|\/+$/g, '')));
  return {
    ...names,
    free: textsOf(leaves.filter(({ path }) => !taken.has(JSON.stringify(path)))),
    all: textsOf(leaves),
  };
}

/** Whether values with a registry of their own, or a template, name the shown image elsewhere. */
function isNamedElsewhere({ texts: [own] }: DeclaredReference, shown: Reference, names: Prepared): boolean {
  const text = formatReference(shown);
  if (names.spelledOut.some((one) => formatReference(one) === text)) return true;
  // under other values, the same key is no other place
  const key = JSON.stringify(own);
  return names.declared.some(
    (one) => one.hasRegistry && one.texts.length > 0 && JSON.stringify(one.texts[0]) !== key && isNamedAs(one, shown),
  );
}

function isCompletedTo(declared: DeclaredReference, shown: Reference, names: () => Prepared): boolean {
  const { reference, isWhole, hasRegistry, hasRegistryKey } = declared;
  const path = reference.repository.replace(/^library\//, '');
  if (hasRegistry || !`/${shown.repository}`.endsWith(`/${path}`)) return false;
  if (isWhole && !isSameVersion(reference, shown)) return false;
  const { free, all, templates } = names();
  const ways = waysTo(shown, path);
  const stands = (texts: ReadonlySet<string>): boolean =>
    ways.some((way) => way.every((part) => texts.has(part) || templates.some((one) => isAddedBy(one, part))));
  if (stands(free)) return true;
  return !isNamedElsewhere(declared, shown, names()) && (hasRegistryKey || path.includes('/') || stands(all));
}

/**
 * Tells which declared references renders show, so that they are no further images. A template may add what one lacks: a tag, a
 * digest, the `v` of a version, and before a name without a registry also a registry and an owner. That is taken for granted
 * where these stand in values, beside no name of another image, or in templates. Where nothing else names the shown
 * image, a key for a registry is enough, or an owner in the name, or that they stand beside another name. Any other is an
 * image of its own: `redis` is not shown by `quay.io/team/redis`. `names` is asked only where it decides.
 */
export function shownImages(
  shown: readonly Reference[],
  names: () => ChartNames,
): (declared: DeclaredReference) => boolean {
  let ready: Prepared | undefined;
  const lazily = (): Prepared => {
    ready ??= prepared(names());
    return ready;
  };
  return (declared) => {
    const { longer } = declared;
    // a repository that is the owner of an image, whose name stands beside it
    const readings = longer === undefined ? [declared] : [declared, { ...declared, reference: longer }];
    return readings.some((own) => shown.some((one) => isNamedAs(own, one) || isCompletedTo(own, one, lazily)));
  };
}
