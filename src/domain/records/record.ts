import { type Digest, isRepositoryName, isTag, parseDigest } from '../reference.ts';

/** How an image came into a record: a release renders it (or the catalog names it), or the chart could name it with other values. */
export type RecordedUse = 'rendered' | 'conditional';

/**
 * One image of a chart, at the registry of the chart. `repository` is the name after the registry's host, since hosts have
 * several spellings. Without a tag and a digest every image of the repository is meant.
 */
export interface RecordedImage {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
  readonly how: RecordedUse;
}

/** The images of one chart version, as a push leaves them at the registry. `chartDigest` is that of the chart's manifest. */
export interface ImageRecord {
  readonly chart: string;
  readonly chartVersion: string;
  readonly chartDigest: Digest;
  readonly images: readonly RecordedImage[];
}

/** The largest record that is read, in bytes: some ten thousand images. */
export const RECORD_LIMIT = 4 * 1024 * 1024;

const FORMAT = 1;

function placeOf({ repository, tag }: RecordedImage): string {
  return `${repository}\n${tag ?? ''}`;
}

function sortKey(image: RecordedImage): string {
  return `${placeOf(image)}\n${image.digest ?? ''}`;
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Each image once, in one order, and none as conditional where it is rendered under the same name anyway. */
function settled(images: readonly RecordedImage[]): readonly RecordedImage[] {
  const rendered = new Set(images.filter(({ how }) => how === 'rendered').map(placeOf));
  const wanted = images.filter((image) => image.how === 'rendered' || !rendered.has(placeOf(image)));
  const unique = new Map(wanted.map((image) => [sortKey(image), image]));
  return [...unique.entries()].sort(([a], [b]) => byText(a, b)).map(([, image]) => image);
}

/** A record in its one form: equal facts make equal records, in whatever order they were found. */
export function createRecord(record: ImageRecord): ImageRecord {
  return { ...record, images: settled(record.images) };
}

/** A record as JSON text. The same record has the same bytes: nothing in it tells of the time or of this tool's version. */
export function formatRecord(record: ImageRecord): string {
  const { chart, chartVersion, chartDigest, images } = createRecord(record);
  const listed = images.map(({ repository, tag, digest, how }) => ({
    repository,
    tag: tag ?? null,
    digest: digest ?? null,
    how,
  }));
  return `${JSON.stringify({ version: FORMAT, chart, chartVersion, chartDigest, images: listed }, undefined, 1)}\n`;
}

/** A record that was read, or why it cannot be. */
export type RecordReading =
  | { readonly kind: 'record'; readonly record: ImageRecord }
  | { readonly kind: 'unreadable'; readonly reason: string };

class Unreadable extends Error {}

function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable(`${what} is no map`);
  return Object.fromEntries(Object.entries(value));
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new Unreadable(`${what} is no text`);
  return value;
}

function digestOrThrow(value: unknown, what: string): Digest {
  const digest = parseDigest(textOf(value, what));
  if (digest === undefined) throw new Unreadable(`${what} is no digest`);
  return digest;
}

function imageOf(value: unknown, index: number): RecordedImage {
  const what = `image ${index}`;
  const fields = fieldsOf(value, what);
  const repository = textOf(fields.repository, `the repository of ${what}`);
  if (!isRepositoryName(repository)) throw new Unreadable(`the repository of ${what} is no repository name`);
  const tag = fields.tag === null ? undefined : textOf(fields.tag, `the tag of ${what}`);
  if (tag !== undefined && !isTag(tag)) throw new Unreadable(`the tag of ${what} is no tag`);
  const digest = fields.digest === null ? undefined : digestOrThrow(fields.digest, `the digest of ${what}`);
  const { how } = fields;
  if (how !== 'rendered' && how !== 'conditional') throw new Unreadable(`${what} is neither rendered nor conditional`);
  return { repository, tag, digest, how };
}

function recordOf(text: string): ImageRecord {
  const fields = fieldsOf(JSON.parse(text), 'it');
  if (fields.version !== FORMAT) throw new Unreadable(`it has the format ${JSON.stringify(fields.version) ?? 'none'}`);
  if (!Array.isArray(fields.images)) throw new Unreadable('it has no list of images');
  return createRecord({
    chart: textOf(fields.chart, 'the chart'),
    chartVersion: textOf(fields.chartVersion, 'the version of the chart'),
    chartDigest: digestOrThrow(fields.chartDigest, 'the digest of the chart'),
    images: fields.images.map(imageOf),
  });
}

/** Reads a record's bytes. Whatever is not understood makes the whole record unreadable: half a list of images is none. */
export function readRecord(bytes: Uint8Array): RecordReading {
  if (bytes.length > RECORD_LIMIT) return { kind: 'unreadable', reason: `it has more than ${RECORD_LIMIT} bytes` };
  try {
    return { kind: 'record', record: recordOf(Buffer.from(bytes).toString('utf8')) };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unreadable', reason: error.message };
    if (error instanceof SyntaxError) return { kind: 'unreadable', reason: 'it is no JSON' };
    throw error;
  }
}
