import { crc32 } from 'node:zlib';

/** One regular file of a tar archive. */
export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** The time that every entry carries, in seconds since the epoch: 2020-01-01T00:00:00Z. */
export const ENTRY_TIME = 1_577_836_800;

const BLOCK = 512;
// RFC 1951, 3.2.4: the length of a stored block is a 16 bit number.
const STORED_BLOCK_LIMIT = 65_535;

function splitName(name: string): { readonly prefix: string; readonly rest: string } {
  if (Buffer.byteLength(name) <= 100) return { prefix: '', rest: name };
  const cut = name.lastIndexOf('/', 155);
  const parts = { prefix: name.slice(0, Math.max(0, cut)), rest: name.slice(cut + 1) };
  if (cut < 0 || Buffer.byteLength(parts.rest) > 100) throw new RangeError(`${name} is too long for a tar entry`);
  return parts;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

/** A ustar header (POSIX.1-1988), owner 0, mode 0644. */
function header(file: TarFile): Buffer {
  const { prefix, rest } = splitName(file.name);
  const block = Buffer.alloc(BLOCK);
  block.write(rest, 0);
  block.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8), 100);
  block.write(octal(file.data.length, 12) + octal(ENTRY_TIME, 12), 124);
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A tar archive of regular files. The same files give the same bytes, everywhere. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const file of files) {
    const padding = (BLOCK - (file.data.length % BLOCK)) % BLOCK;
    parts.push(header(file), file.data, Buffer.alloc(padding));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function storedBlock(bytes: Uint8Array, last: boolean): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(last ? 1 : 0, 0);
  head.writeUInt16LE(bytes.length, 1);
  head.writeUInt16LE(bytes.length ^ 0xffff, 3);
  return Buffer.concat([head, bytes]);
}

/**
 * A gzip file that stores its content uncompressed. Written by hand because compressed bytes, and with them the
 * digests of images, differ between the zlib versions that Node releases carry.
 */
export function storedGzip(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])];
  for (let start = 0; start === 0 || start < bytes.length; start += STORED_BLOCK_LIMIT) {
    const end = start + STORED_BLOCK_LIMIT;
    parts.push(storedBlock(bytes.subarray(start, end), end >= bytes.length));
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes), 0);
  tail.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([...parts, tail]);
}
