/** What the header of one tar entry says. `name` has no slash at its end; `size` is in bytes, `mtime` in whole seconds. */
export interface TarHeader {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
}

/** Everything in a tar file is a multiple of this, in bytes. */
export const BLOCK = 512;

/** What ends a tar file: two blocks of zeros. */
export const END = Buffer.alloc(2 * BLOCK);

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
// eleven octal digits
const OCTAL_BOUND = 8 ** 11;

const ZEROS = Buffer.alloc(BLOCK);

/** The zeros between the end of `size` bytes of content and the next block. */
export function padding(size: number): Buffer {
  return ZEROS.subarray(0, (BLOCK - (size % BLOCK)) % BLOCK);
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

/** A name in two fields, cut at a slash; undefined where there is no such place, or the name is not all ASCII. */
function splitName(name: string): { readonly prefix: string; readonly rest: string } | undefined {
  if (!/^[\u0020-\u007e]+$/.test(name)) return undefined;
  if (name.length <= NAME_BYTES) return { prefix: '', rest: name };
  const cut = name.lastIndexOf('/', PREFIX_BYTES);
  const rest = name.slice(cut + 1);
  return cut <= 0 || rest.length > NAME_BYTES ? undefined : { prefix: name.slice(0, cut), rest };
}

interface Fields {
  readonly prefix: string;
  readonly rest: string;
  readonly type: '0' | '5' | 'x';
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
}

function headerBlock({ prefix, rest, type, size, mode, mtime }: Fields): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(rest, 0, NAME_BYTES);
  block.write(octal(mode & 0o7777, 8) + octal(0, 8) + octal(0, 8), 100);
  block.write(octal(size, 12) + octal(mtime, 12), 124);
  block.write(`        ${type}`, 148);
  block.write('ustar\x0000', 257);
  // numbers of a device, which Go and GNU tar write as zero
  block.write(octal(0, 8) + octal(0, 8), 329);
  block.write(prefix, 345, PREFIX_BYTES);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const text = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(text);
  let length = bytes;
  while (length !== bytes + String(length).length) length = bytes + String(length).length;
  return `${length}${text}`;
}

/** A name for readers that know no extended headers: its last component, ASCII only. */
function plainName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.replace(/[^\u0020-\u007e]+/g, '_').slice(0, NAME_BYTES - 'PaxHeaders/'.length);
}

function checked({ name, size, mtime }: TarHeader): void {
  if (name === '' || name.endsWith('/') || name.includes('\0'))
    throw new RangeError(`no name for a tar entry: ${name}`);
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`no size of a tar entry: ${size}`);
  if (!Number.isInteger(mtime) || mtime < 0 || mtime >= OCTAL_BOUND) {
    throw new RangeError(`no time of a tar entry: ${mtime}`);
  }
}

/**
 * The bytes before the content of a tar entry: one header block of the ustar format, owner 0 without names. Where the name
 * is not ASCII or does not fit, or the size is 8 GiB or more, an extended header goes before it (POSIX.1-2017, pax, "ustar
 * Interchange Format" and "pax Extended Header"). The same header gives the same bytes.
 *
 * Written here because the length of a header must be known before its file is written, and since the wraps of dt have
 * directories without a slash at the end, which tar-stream would add.
 */
export function tarHeader(header: TarHeader): Buffer {
  checked(header);
  const { name, kind, size, mode, mtime } = header;
  const split = splitName(name);
  const records = [
    ...(split === undefined ? [paxRecord('path', name)] : []),
    ...(size >= OCTAL_BOUND ? [paxRecord('size', String(size))] : []),
  ].join('');
  const { prefix, rest } = split ?? { prefix: '', rest: plainName(name) };
  const type = kind === 'file' ? '0' : '5';
  const block = headerBlock({ prefix, rest, type, size: size >= OCTAL_BOUND ? 0 : size, mode, mtime });
  if (records === '') return block;
  const data = Buffer.from(records);
  const extended = { prefix: '', rest: `PaxHeaders/${plainName(name)}`, type: 'x', size: data.length } as const;
  return Buffer.concat([headerBlock({ ...extended, mode: 0o644, mtime }), data, padding(data.length), block]);
}
