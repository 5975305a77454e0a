import { type Digest, formatReference, parseDigest, parseReference, type Reference } from './reference.ts';

/** What an entry is about: something with a digest in a repository of the target. */
export type JournalPlace = Reference & { readonly digest: Digest };

/**
 * What a run notes, as it happens: that a blob is in a repository, that an image is under its tag, that the upload of a large blob
 * began or goes on at an address, and that it ended.
 */
export type JournalEntry =
  | { readonly kind: 'blob'; readonly at: JournalPlace }
  | { readonly kind: 'image'; readonly at: JournalPlace }
  | { readonly kind: 'upload'; readonly at: JournalPlace; readonly place: URL }
  | { readonly kind: 'ended'; readonly at: JournalPlace };

/** The first line of a journal. */
export const JOURNAL_HEAD = '{"journal":"airgap-charts","version":1}';

/** An entry as one line, without its break. */
export function formatEntry(entry: JournalEntry): string {
  const text = formatReference(entry.at);
  return JSON.stringify(
    entry.kind === 'upload' ? { [entry.kind]: text, place: entry.place.href } : { [entry.kind]: text },
  );
}

function placeOf(value: unknown): JournalPlace | undefined {
  const reference = typeof value === 'string' ? parseReference(value) : undefined;
  const digest = reference?.digest === undefined ? undefined : parseDigest(reference.digest);
  return reference === undefined || digest === undefined ? undefined : { ...reference, digest };
}

function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads one line; undefined for what is none, such as the half of one that a loss of power left. */
export function parseEntry(line: string): JournalEntry | undefined {
  const fields = objectOf(line);
  for (const kind of ['blob', 'image', 'upload', 'ended'] as const) {
    const at = placeOf(fields?.[kind]);
    if (at === undefined) continue;
    if (kind !== 'upload') return { kind, at };
    const { place } = fields ?? {};
    return typeof place === 'string' && URL.canParse(place) ? { kind, at, place: new URL(place) } : undefined;
  }
  return undefined;
}

/** What a journal comes to: later entries win over earlier ones. */
export interface JournalState {
  /** By `registry/repository:tag`. */
  readonly images: ReadonlyMap<string, Digest>;
  /** By `registry/repository@digest`. */
  readonly blobs: ReadonlyMap<string, JournalPlace>;
  /** Uploads underway, by `registry/repository@digest`. */
  readonly uploads: ReadonlyMap<string, URL>;
}

/** What the lines of a journal come to. */
export function foldJournal(entries: readonly JournalEntry[]): JournalState {
  const images = new Map<string, Digest>();
  const blobs = new Map<string, JournalPlace>();
  const uploads = new Map<string, URL>();
  for (const entry of entries) {
    const { at } = entry;
    const name = formatReference({ ...at, tag: undefined });
    if (entry.kind === 'image') images.set(formatReference({ ...at, digest: undefined }), at.digest);
    if (entry.kind === 'blob') blobs.set(name, at);
    if (entry.kind === 'upload') uploads.set(name, entry.place);
    if (entry.kind === 'ended') uploads.delete(name);
  }
  return { images, blobs, uploads };
}

/** The fewest entries that come to the same. */
export function unfoldJournal({ images, blobs, uploads }: JournalState): readonly JournalEntry[] {
  const placed = (text: string): JournalPlace[] => {
    const at = placeOf(text);
    return at === undefined ? [] : [at];
  };
  return [
    ...[...images].flatMap(([text, digest]) =>
      placed(`${text}@${digest}`).map((at) => ({ kind: 'image', at }) as const),
    ),
    ...[...blobs.values()].map((at) => ({ kind: 'blob', at }) as const),
    ...[...uploads].flatMap(([text, place]) => placed(text).map((at) => ({ kind: 'upload', at, place }) as const)),
  ];
}
