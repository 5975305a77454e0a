import { gzipSync } from 'node:zlib';

/** One entry of a tar file made by hand, which may be as wrong as a test wants. `size` is what the header claims. */
export interface RawEntry {
  readonly name: string | Buffer;
  readonly type?: string;
  readonly data?: Uint8Array | string;
  readonly size?: number;
  readonly mode?: number;
  readonly mtime?: number;
  readonly target?: string;
  readonly magic?: string;
}

export const TAR_END = Buffer.alloc(1024);

/** Puts the right checksum into a header block that was changed. */
export function resum(block: Buffer): void {
  block.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}

/** The header block of an entry, without its content. */
export function rawHeader(entry: RawEntry): Buffer {
  const {
    name,
    type = '0',
    data = '',
    mode = 0o644,
    mtime = 1_700_000_000,
    target = '',
    magic = 'ustar\x0000',
  } = entry;
  const size = entry.size ?? Buffer.byteLength(data);
  const block = Buffer.alloc(512);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\x000000000\0', 108);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write(`${mtime.toString(8).padStart(11, '0')}\0`, 136);
  block.write(type, 156, 'latin1');
  block.write(target, 157);
  block.write(magic, 257, 'latin1');
  resum(block);
  return block;
}

/** An entry with its content, filled up to whole blocks. */
export function rawEntry(entry: RawEntry): Buffer {
  const data = Buffer.from(entry.data ?? '');
  return Buffer.concat([rawHeader(entry), data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

/** The records of an extended header, as it stands before an entry. */
export function paxEntry(records: Readonly<Record<string, string>>, type = 'x'): RawEntry {
  const lines = Object.entries(records).map(([key, value]) => {
    const text = ` ${key}=${value}\n`;
    const bare = Buffer.byteLength(text);
    const digits = [1, 2, 3, 4, 5, 6].find((count) => String(bare + count).length === count) ?? 0;
    return `${bare + digits}${text}`;
  });
  return { name: 'PaxHeaders/x', type, data: lines.join('') };
}

/** A whole tar file. */
export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), TAR_END]);
}

/** A whole tar file in gzip. */
export function rawWrap(entries: readonly RawEntry[]): Buffer {
  return gzipSync(rawTar(entries));
}
