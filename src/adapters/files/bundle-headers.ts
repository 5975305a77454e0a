import type { Digest } from '../../domain/reference.ts';
import { blobDigest, openBundleNames, SIZE_NAME } from './bundle-names.ts';
import { type BundleSize, parseBundleSize } from './bundle-size.ts';
import { openSpanSource } from './bundle-source.ts';
import type { Span } from './bundle-span.ts';
import { readTarPlaces, type TarPlace } from './read-tar.ts';
import { type Refusals, shownName } from './refusals.ts';
import { END, padding } from './ustar.ts';

/** An entry of a bundle with its place: `size` bytes from byte `at` on. It is a text, a blob, or a text that is a blob too. */
export interface IndexedEntry {
  readonly name: string;
  readonly at: number;
  readonly size: number;
  /** The sha256, in hex, that the first entry says of a text. */
  readonly sum: string | undefined;
  readonly digest: Digest | undefined;
}

const SIZE_BYTES = 64 * 1024 * 1024;

async function sizeIn(place: TarPlace, span: Span, refusals: Refusals): Promise<BundleSize> {
  if (place.name !== SIZE_NAME || place.kind !== 'file') {
    throw refusals.refuse(`a bundle begins with ${SIZE_NAME}`, {
      hint: 'name a file that airgap-charts bundle create has made, or its first part',
    });
  }
  if (place.size > SIZE_BYTES) throw refusals.refuse(`it has ${place.size} bytes, more than ${SIZE_BYTES}`);
  const data = Buffer.alloc(place.size);
  if ((await span.read(data, place.at)) < data.length) throw refusals.refuse('the tar file ends too early');
  const size = parseBundleSize(data);
  if (size === 'damaged') throw refusals.refuse('it is not as this tool writes it');
  if (size !== 'newer') return size;
  throw refusals.refuse('a later version of airgap-charts made it', {
    hint: 'read it with that version, or a later one',
  });
}

/**
 * What the first entry says. Nothing behind it is looked at.
 *
 * @throws MirrorError FILE_REFUSED when it is not the beginning of a bundle.
 */
export async function readSize(span: Span, refusals: Refusals): Promise<BundleSize> {
  for await (const place of readTarPlaces(openSpanSource(span), refusals)) return sizeIn(place, span, refusals);
  throw refusals.refuse('it holds nothing');
}

/**
 * Finds all entries but the first, by their headers alone, in the order of the stream.
 *
 * @throws MirrorError FILE_REFUSED for everything that `readTarPlaces` and `openBundleNames` refuse, directories, an entry that
 *   is neither a text that the first entry names nor a blob, and a text that is missing.
 */
export async function readIndex(
  span: Span,
  size: BundleSize,
  refusals: Refusals,
  signal: AbortSignal,
): Promise<readonly IndexedEntry[]> {
  const names = openBundleNames();
  const found: IndexedEntry[] = [];
  const absent = new Set(size.texts.keys());
  let end = 0;
  for await (const place of readTarPlaces(openSpanSource(span), refusals)) {
    signal.throwIfAborted();
    const why = place.kind === 'directory' ? 'it is a directory, and bundles have files only' : names.admit(place.name);
    if (why !== undefined) throw refusals.refuse(why);
    end = place.at + place.size;
    if (place.name === SIZE_NAME) continue;
    const sum = size.texts.get(place.name);
    const digest = blobDigest(place.name);
    if (sum === undefined && digest === undefined) {
      throw refusals.refuse(`it is no blob, and no text that ${SIZE_NAME} names`);
    }
    absent.delete(place.name);
    found.push({ name: place.name, at: place.at, size: place.size, sum, digest });
  }
  const [first] = absent;
  if (first !== undefined) throw refusals.refuse(`the text ${shownName(first)} is missing`);
  // more zeros than any writer adds
  if (end + padding(end).length + END.length !== span.bytes)
    throw refusals.refuse('more bytes follow the end of the tar file');
  return found;
}
