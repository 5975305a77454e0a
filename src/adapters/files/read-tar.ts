import { isUtf8 } from 'node:buffer';
import { type ByteSource, openByteSource } from './byte-source.ts';
import { type Refusals, shownName } from './refusals.ts';
import { type Extension, parseGnuName, parsePax, parseTarBlock, type TarBlock } from './tar-block.ts';
import { BLOCK, padding } from './ustar.ts';

/** What the headers say of one file or directory of a tar file. `mtime` in whole seconds. */
interface TarMember {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
}

/** One file or directory of a tar file, whose `data` is there until the next one is asked for. */
export interface TarEntry extends TarMember {
  readonly data: AsyncIterable<Buffer>;
}

/** One file or directory of a tar file, whose content begins at byte `at` of it. */
export interface TarPlace extends TarMember {
  readonly at: number;
}

/** A tar file that is read by jumps. */
export interface TarSource extends ByteSource {
  /** Passes over as many bytes; false where there are fewer. */
  skip(count: number): Promise<boolean>;
}

const EXTENSION_BYTES = 1024 * 1024;

const REFUSED_TYPES: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a named pipe',
  K: 'a link with a long target',
  S: 'a sparse file',
};

function cutShort(refusals: Refusals): Error {
  return refusals.refuse(`${refusals.words.tar} ends too early`);
}

async function bytesOf(source: ByteSource, count: number, refusals: Refusals): Promise<Buffer> {
  const bytes = await source.exactly(count);
  if (bytes === undefined) throw cutShort(refusals);
  return bytes;
}

/** Whether there is nothing but zeros: the first is one, and each is like the one before. */
function isZero(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && bytes.subarray(1).equals(bytes.subarray(0, -1)));
}

/** After one block of zeros must come another, and then nothing but zeros. */
async function checkEnd(source: ByteSource, refusals: Refusals): Promise<void> {
  const more = (): Error => refusals.refuse(`more bytes follow the end of ${refusals.words.tar}`);
  if (!isZero(await bytesOf(source, BLOCK, refusals))) throw more();
  for (let chunk = await source.some(Infinity); chunk !== undefined; chunk = await source.some(Infinity)) {
    if (!isZero(chunk)) throw more();
  }
}

/** What there still is of the bytes before `end`. */
async function* content(source: ByteSource, end: number, refusals: Refusals): AsyncGenerator<Buffer> {
  while (source.position < end) {
    const chunk = await source.some(end - source.position);
    if (chunk === undefined) throw cutShort(refusals);
    yield chunk;
  }
}

/** What an extended header says, with what others have said of the same entry. */
async function extended(
  block: TarBlock,
  before: Extension | undefined,
  source: ByteSource,
  refusals: Refusals,
): Promise<Extension | undefined> {
  if (block.size > EXTENSION_BYTES) throw refusals.refuse(`an extended header of ${block.size} bytes`);
  const data = await bytesOf(source, block.size, refusals);
  await bytesOf(source, padding(block.size).length, refusals);
  const said = block.type === 'L' ? parseGnuName(data) : parsePax(data);
  if (said === undefined) throw refusals.refuse('an extended header that is damaged, or of a sparse file');
  if (block.type !== 'g') {
    // readers do not agree which of two counts
    if (before !== undefined) throw refusals.refuse('two extended headers for one entry');
    return said;
  }
  if (said.name !== undefined || said.size !== undefined) {
    throw refusals.refuse('a global header that names or sizes the entries after it');
  }
  return before;
}

function kindOf({ type, size }: TarBlock, name: string, refusals: Refusals): 'file' | 'directory' {
  const isFile = type === '0' || type === '7';
  if (!isFile && type !== '5') {
    const shown = /^[!-~]$/.test(type) ? type : `byte ${type.charCodeAt(0)}`;
    const what = REFUSED_TYPES[type] ?? `of the unknown type ${shown}`;
    throw refusals.refuse(`it is ${what}, only files and directories are allowed`);
  }
  // old writers have no type for directories
  if (isFile && !name.endsWith('/')) return 'file';
  if (size !== 0) throw refusals.refuse('it is a directory with content');
  return 'directory';
}

function memberOf(block: TarBlock, said: Extension, refusals: Refusals): TarMember {
  const rawName = said.name ?? block.name;
  const name = rawName.toString('utf8');
  refusals.at(`entry ${shownName(name)}`);
  if (!isUtf8(rawName)) throw refusals.refuse('its name is not UTF-8');
  const { mode } = block;
  const size = said.size ?? block.size;
  return { name, kind: kindOf({ ...block, size }, name, refusals), size, mode, mtime: said.mtime ?? block.mtime };
}

/**
 * Reads the headers of a tar file of the ustar, pax or GNU format, one entry after the other. What was not taken of an entry
 * is jumped over. Refuses everything but files and directories, a wrong checksum, what two programs could read differently,
 * and an end that is missing or has anything but zeros after it.
 *
 * @throws MirrorError FILE_REFUSED, made by `refusals`, which are told of each entry.
 */
export async function* readTarPlaces(source: TarSource, refusals: Refusals): AsyncGenerator<TarPlace> {
  let said: Extension | undefined;
  for (;;) {
    const start = source.position;
    const bytes = await bytesOf(source, BLOCK, refusals);
    if (isZero(bytes)) {
      if (said !== undefined) throw refusals.refuse('an extended header without an entry after it');
      return await checkEnd(source, refusals);
    }
    const block = parseTarBlock(bytes);
    if (block === undefined) throw refusals.refuse(`no tar header at byte ${start} of ${refusals.words.stream}`);
    if (block.type === 'x' || block.type === 'g' || block.type === 'L') {
      said = await extended(block, said, source, refusals);
      continue;
    }
    const member = memberOf(block, said ?? {}, refusals);
    said = undefined;
    const at = source.position;
    yield { ...member, at };
    if (!(await source.skip(at + member.size - source.position))) throw cutShort(refusals);
    await bytesOf(source, padding(member.size).length, refusals);
    refusals.at(`after entry ${shownName(member.name)}`);
  }
}

/**
 * Reads a tar file in one go, as `readTarPlaces` does.
 *
 * Written here because tar-stream takes a file that was cut between two entries for a whole one, and reads on behind the
 * end, where dt does not look.
 *
 * @throws MirrorError FILE_REFUSED, made by `refusals`, which are told of each entry.
 */
export async function* readTar(chunks: AsyncIterable<Buffer>, refusals: Refusals): AsyncGenerator<TarEntry> {
  const source = openByteSource(chunks);
  const skip = async (count: number): Promise<boolean> => {
    for await (const _ of content(source, source.position + count, refusals));
    return true;
  };
  const jumping: TarSource = {
    get position() {
      return source.position;
    },
    some: source.some,
    exactly: source.exactly,
    close: source.close,
    skip,
  };
  try {
    for await (const { at, ...member } of readTarPlaces(jumping, refusals)) {
      yield { ...member, data: content(source, at + member.size, refusals) };
    }
  } finally {
    await source.close();
  }
}
