import { BLOCK } from './ustar.ts';

/** What one header block of a tar file says, whatever extended headers say of the same entry. `mtime` in whole seconds. */
export interface TarBlock {
  readonly name: Buffer;
  /** The type flag, one character; `0` also for the NUL of old writers. */
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
}

/** What extended headers say of the entry after them. */
export interface Extension {
  readonly name?: Buffer;
  readonly size?: number;
  readonly mtime?: number;
}

function textUntilZero(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

/** An octal number, or one of base 256 as GNU tar writes large ones; undefined when it is neither, or negative. */
function numberIn(field: Buffer): number | undefined {
  const [first = 0, ...others] = field;
  if (first === 0x80) {
    const value = others.reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? undefined : digits === '' ? 0 : Number.parseInt(digits, 8);
}

function sumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < BLOCK; index++) if (index < 148 || index >= 156) sum += block[index] ?? 0;
  return sum;
}

function nameIn(block: Buffer): Buffer | undefined {
  const name = textUntilZero(block.subarray(0, 100));
  const magic = block.toString('latin1', 257, 265);
  if (magic === 'ustar  \0') return name;
  if (magic !== 'ustar\x0000') return undefined;
  const prefix = textUntilZero(block.subarray(345, 500));
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

/**
 * Reads a header block of the ustar format or of GNU tar (POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual,
 * "Basic Tar Format"). Undefined when its checksum is wrong, or a number that is needed is none.
 */
export function parseTarBlock(block: Buffer): TarBlock | undefined {
  const sum = numberIn(block.subarray(148, 156));
  const name = nameIn(block);
  const size = numberIn(block.subarray(124, 136));
  const mode = numberIn(block.subarray(100, 108));
  const mtime = numberIn(block.subarray(136, 148));
  if (sum !== sumOf(block) || name === undefined) return undefined;
  if (size === undefined || mode === undefined || mtime === undefined) return undefined;
  const flag = block.toString('latin1', 156, 157);
  return { name, type: flag === '\0' ? '0' : flag, size, mode, mtime };
}

function decimal(value: Buffer, pattern: RegExp): number | undefined {
  const text = value.toString('latin1');
  const whole = pattern.test(text) ? Math.floor(Number(text)) : Number.NaN;
  return Number.isSafeInteger(whole) ? whole : undefined;
}

/** The records `<length> <key>=<value>\n` of an extended header; undefined when they are not whole. The last of a key counts. */
function parseRecords(data: Buffer): ReadonlyMap<string, Buffer> | undefined {
  const records = new Map<string, Buffer>();
  for (let start = 0; start < data.length; ) {
    const blank = data.indexOf(' ', start);
    const length = blank < 0 ? undefined : decimal(data.subarray(start, blank), /^[1-9][0-9]{0,8}$/);
    const end = start + (length ?? 0);
    const equals = data.indexOf('=', blank);
    if (length === undefined || end > data.length || data[end - 1] !== 0x0a) return undefined;
    if (equals < 0 || equals >= end) return undefined;
    records.set(data.toString('utf8', blank + 1, equals), data.subarray(equals + 1, end - 1));
    start = end;
  }
  return records;
}

/**
 * What an extended header of pax says of an entry (POSIX.1-2017, pax, "pax Extended Header"); an empty value says nothing.
 * Undefined when it is damaged, or speaks of a sparse file, whose bytes are not what would be read.
 */
export function parsePax(data: Buffer): Extension | undefined {
  const records = parseRecords(data);
  if (records === undefined || [...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) return undefined;
  const path = records.get('path');
  const sizeText = records.get('size');
  const timeText = records.get('mtime');
  const size = sizeText?.length ? decimal(sizeText, /^[0-9]+$/) : 0;
  const mtime = timeText?.length ? decimal(timeText, /^-?[0-9]+(?:\.[0-9]*)?$/) : 0;
  if (size === undefined || mtime === undefined) return undefined;
  return {
    ...(path?.length ? { name: path } : {}),
    ...(sizeText?.length ? { size } : {}),
    ...(timeText?.length ? { mtime } : {}),
  };
}

/** The name in an entry of GNU tar that is there for the long name of the next one. */
export function parseGnuName(data: Buffer): Extension {
  return { name: textUntilZero(data) };
}
