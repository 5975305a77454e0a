import type { ImageUse } from '../domain/images/image-use.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import type { Fill } from '../domain/trace/fills.ts';
import { MirrorError } from '../errors.ts';
import type { Traced } from './release-item.ts';

/** A use that names a digest in the relocated chart. `by` is the key, or the `file:line`, that says it. */
export interface UsePin {
  /** The reference at the source. */
  readonly image: string;
  readonly reference: Reference;
  readonly by: string;
}

/** A value, or a text that a file spells out, that is not to be pinned; `images` are those that keep their tag for it. */
export interface PinBan {
  readonly spot: string;
  readonly images: ReadonlySet<string>;
  readonly reason: string;
}

/** How the images of a chart come to name digests. */
export interface ChartPins {
  /** What is written into values for each set of them that somebody asked for. */
  readonly fills: ReadonlyMap<Traced, readonly Fill[]>;
  /** The uses that values pin. */
  readonly named: ReadonlyMap<ImageUse, UsePin>;
  /** The values that are written, each with an image that it pins. */
  readonly spots: readonly {
    readonly spot: string;
    readonly key: string;
    readonly image: string;
    readonly digest: Digest;
  }[];
  readonly reasons: ReadonlyMap<ImageUse, string>;
  readonly bans: readonly PinBan[];
  /** Why nothing at all is pinned; undefined where something may be. */
  readonly given: string | undefined;
}

/** No pins at all, and why. */
export function noPins(given: string | undefined): ChartPins {
  return { fills: new Map(), named: new Map(), spots: [], reasons: new Map(), bans: [], given };
}

/** Whether an error says that a value of the chart cannot be edited where it stands. */
export function isNotInPlace(error: unknown): error is MirrorError {
  return error instanceof MirrorError && error.code === 'RELOCATION_FAILED';
}

/** No pins at all, since a value cannot be edited to name a digest. */
export function pinsNotInPlace({ message }: MirrorError): ChartPins {
  return noPins(`a digest cannot be written in place: ${message}`);
}

/** The spot of a text that a file of the chart spells out. */
export function literalSpot(text: string): string {
  return `literal ${text}`;
}

/** Why a use keeps its tag. */
export function reasonFor(use: ImageUse, pins: ChartPins | undefined): string {
  const image = formatReference(use.reference);
  const ban = pins?.bans.find(({ images }) => images.has(image));
  return pins?.given ?? ban?.reason ?? pins?.reasons.get(use) ?? 'its digest could not be looked up';
}

/**
 * The values with a digest that the failure of an edit names. It names them as their file does: in that of a subchart the key is
 * the end of the whole one.
 */
export function spotsIn(message: string, { spots }: ChartPins): readonly PinBan[] {
  const edit = /(?<file>\S+): (?<key>.+) cannot be rewritten in place/.exec(message);
  const { file, key: named } = (edit ?? /values of (?<key>.+) in (?<file>\S+)$/.exec(message))?.groups ?? {};
  if (named === undefined) return [];
  return spots
    .filter(({ key }) => key === named || (file !== 'values.yaml' && key.endsWith(`.${named}`)))
    .map(({ spot, image }) => ({ spot, images: new Set([image]), reason: message }));
}
