import { type FileHandle, open } from 'node:fs/promises';

/** What a program needs of the system that it is started on. Nothing, where it is a static one. */
export interface ProgramNeeds {
  /** The program that loads it; undefined for a static one. */
  readonly loader: string | undefined;
  /** Shared libraries, as they are asked for, such as `libc.so.6`. */
  readonly libraries: readonly string[];
  /** The versions of their interfaces, such as `GLIBC_2.28`. */
  readonly versions: readonly string[];
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

// System V ABI, chapters 4 and 5 (ELF header, program header, dynamic section); Linux Standard Base, "Symbol Versioning"
const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const [LOAD, DYNAMIC, INTERPRETER] = [1, 2, 3];
const [NEEDED, STRINGS, STRINGS_BYTES] = [1n, 5n, 10n];
const [VERSIONS, VERSIONS_COUNT] = [0x6ffffffen, 0x6fffffffn];
const TABLE_LIMIT = 64 * 1024 * 1024;

async function readAt(file: FileHandle, at: number, size: number): Promise<Buffer> {
  if (size > TABLE_LIMIT) throw new RangeError(`a table of ${size} bytes`);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, at);
  if (bytesRead !== size) throw new RangeError('it ends too early');
  return buffer;
}

function textAt(table: Buffer, at: number): string {
  const end = table.indexOf(0, at);
  return table.toString('utf8', at, end < 0 ? table.length : end);
}

async function segmentsOf(file: FileHandle, header: Buffer): Promise<readonly Segment[]> {
  const count = header.readUInt16LE(56);
  const table = await readAt(file, Number(header.readBigUInt64LE(32)), count * SEGMENT_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const at = index * SEGMENT_BYTES;
    return {
      type: table.readUInt32LE(at),
      offset: Number(table.readBigUInt64LE(at + 8)),
      address: Number(table.readBigUInt64LE(at + 16)),
      size: Number(table.readBigUInt64LE(at + 32)),
    };
  });
}

/** The pairs of the dynamic section: what, and how much or where. */
function dynamicPairs(section: Buffer): readonly (readonly [bigint, bigint])[] {
  const pairs: (readonly [bigint, bigint])[] = [];
  for (let at = 0; at + 16 <= section.length; at += 16) {
    const tag = section.readBigInt64LE(at);
    if (tag === 0n) break;
    pairs.push([tag, section.readBigUInt64LE(at + 8)]);
  }
  return pairs;
}

/** The names of the versions that are needed: a list of libraries, each with a list of versions. */
function versionsIn(table: Buffer, count: number, strings: Buffer): readonly string[] {
  const names: string[] = [];
  let at = 0;
  for (let library = 0; library < count; library += 1) {
    let entry = at + table.readUInt32LE(at + 8);
    for (let version = table.readUInt16LE(at + 2); version > 0; version -= 1) {
      names.push(textAt(strings, table.readUInt32LE(entry + 8)));
      entry += table.readUInt32LE(entry + 12);
    }
    at += table.readUInt32LE(at + 12);
  }
  return names;
}

async function needsIn(file: FileHandle, header: Buffer): Promise<ProgramNeeds> {
  const segments = await segmentsOf(file, header);
  const interpreter = segments.find(({ type }) => type === INTERPRETER);
  const loader =
    interpreter === undefined ? undefined : textAt(await readAt(file, interpreter.offset, interpreter.size), 0);
  const dynamic = segments.find(({ type }) => type === DYNAMIC);
  if (dynamic === undefined) return { loader, libraries: [], versions: [] };
  const pairs = dynamicPairs(await readAt(file, dynamic.offset, dynamic.size));
  const numberOf = (wanted: bigint): number => Number(pairs.find(([tag]) => tag === wanted)?.[1] ?? 0n);
  /** Where in the file an address is, and up to where its segment goes. */
  const placed = (address: number): { readonly at: number; readonly rest: number } => {
    const segment = segments.find(
      (one) => one.type === LOAD && address >= one.address && address < one.address + one.size,
    );
    if (segment === undefined) throw new RangeError(`address ${address} is in no segment`);
    return { at: segment.offset + address - segment.address, rest: segment.address + segment.size - address };
  };
  const strings = await readAt(file, placed(numberOf(STRINGS)).at, numberOf(STRINGS_BYTES));
  const libraries = pairs.filter(([tag]) => tag === NEEDED).map(([, at]) => textAt(strings, Number(at)));
  const count = numberOf(VERSIONS_COUNT);
  if (count === 0) return { loader, libraries, versions: [] };
  const { at, rest } = placed(numberOf(VERSIONS));
  const versions = versionsIn(await readAt(file, at, rest), count, strings);
  return { loader, libraries, versions };
}

/**
 * Reads what a program for Linux needs (ELF of 64 bits, little-endian, as amd64 and arm64 have); undefined where it is no such
 * program, or is damaged.
 */
export async function readProgramNeeds(path: string): Promise<ProgramNeeds | undefined> {
  const file = await open(path);
  try {
    const header = await readAt(file, 0, HEADER_BYTES);
    // magic, class of 64 bits, little-endian
    if (header.toString('latin1', 0, 6) !== '\u007fELF\u0002\u0001') return undefined;
    return await needsIn(file, header);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}
