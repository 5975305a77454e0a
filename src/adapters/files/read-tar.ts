import { isUtf8 } from 'node:buffer';
import { type ByteSource, openByteSource } from './byte-source.ts';
import { type Refusals, shownName } from './refusals.ts';
import { type Extension, parseGnuName, parsePax, parseTarBlock, type TarBlock } from './tar-block.ts';
import { BLOCK, padding } from './ustar.ts';

/** One file or directory of a tar file. `data` is there until the next one is asked for; `mtime` in whole seconds. */
export interface TarEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
  readonly data: AsyncIterable<Buffer>;
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
  return refusals.refuse('the tar file inside ends too early');
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
  const more = (): Error => refusals.refuse('more bytes follow the end of the tar file inside');
  if (!isZero(await bytesOf(source, BLOCK, refusals))) throw more();
  for (let chunk = await source.some(Infinity); chunk !== undefined; chunk = await source.some(Infinity)) {
    if (!isZero(chunk)) throw more();
  }
}

/** Content of `body.left` bytes, which counts down as they are taken. */
async function* content(source: ByteSource, body: { left: number }, refusals: Refusals): AsyncGenerator<Buffer> {
  while (body.left > 0) {
    const chunk = await source.some(body.left);
    if (chunk === undefined) throw cutShort(refusals);
    body.left -= chunk.length;
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

function entryOf(block: TarBlock, said: Extension, refusals: Refusals): Omit<TarEntry, 'data'> {
  const rawName = said.name ?? block.name;
  const name = rawName.toString('utf8');
  refusals.at(`entry ${shownName(name)}`);
  if (!isUtf8(rawName)) throw refusals.refuse('its name is not UTF-8');
  const { mode } = block;
  const size = said.size ?? block.size;
  return { name, kind: kindOf({ ...block, size }, name, refusals), size, mode, mtime: said.mtime ?? block.mtime };
}

/**
 * Reads a tar file of the ustar, pax or GNU format in one go, entry by entry. What the reader does not take of an entry is
 * passed over. Refuses everything but files and directories, a wrong checksum, what two programs could read differently,
 * and an end that is missing or has anything but zeros after it.
 *
 * Written here because tar-stream takes a file that was cut between two entries for a whole one, and reads on behind the
 * end, where dt does not look.
 *
 * @throws MirrorError FILE_REFUSED, made by `refusals`, which are told of each entry.
 */
export async function* readTar(chunks: AsyncIterable<Buffer>, refusals: Refusals): AsyncGenerator<TarEntry> {
  const source = openByteSource(chunks);
  let said: Extension | undefined;
  try {
    for (;;) {
      const start = source.position;
      const bytes = await bytesOf(source, BLOCK, refusals);
      if (isZero(bytes)) {
        if (said !== undefined) throw refusals.refuse('an extended header without an entry after it');
        return await checkEnd(source, refusals);
      }
      const block = parseTarBlock(bytes);
      if (block === undefined) throw refusals.refuse(`no tar header at byte ${start} of what is packed`);
      if (block.type === 'x' || block.type === 'g' || block.type === 'L') {
        said = await extended(block, said, source, refusals);
        continue;
      }
      const entry = entryOf(block, said ?? {}, refusals);
      said = undefined;
      const body = { left: entry.size };
      yield { ...entry, data: content(source, body, refusals) };
      for await (const _ of content(source, body, refusals));
      await bytesOf(source, padding(entry.size).length, refusals);
      refusals.at(`after entry ${shownName(entry.name)}`);
    }
  } finally {
    await source.close();
  }
}
