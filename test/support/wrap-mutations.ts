import { gunzipSync, gzipSync } from 'node:zlib';
import { resum } from './wrap-tar.ts';

/** A wrap that was changed. What of it may be read, if anything: the same as before, or other texts beside the same blobs. */
export interface Mutation {
  readonly what: string;
  readonly bytes: Buffer;
  readonly reads: 'nothing' | 'the same' | 'other texts';
}

/** A number from 0 up to `bound`, without it. */
export type Random = (bound: number) => number;

/** Numbers that look random and follow from the seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/** An entry in a tar file, with the extended header before it. */
interface Unit {
  readonly start: number;
  readonly header: number;
  readonly data: number;
  readonly size: number;
  readonly end: number;
}

function unitsOf(tar: Buffer): readonly Unit[] {
  const units: Unit[] = [];
  let start = 0;
  for (let header = 0; tar[header] !== 0; ) {
    const size = Number.parseInt(tar.toString('latin1', header + 124, header + 135), 8);
    const data = header + 512;
    const end = data + Math.ceil(size / 512) * 512;
    if (tar.toString('latin1', header + 156, header + 157) !== 'x') {
      units.push({ start, header, data, size, end });
      start = end;
    }
    header = end;
  }
  return units;
}

function isBlob(tar: Buffer, unit: Unit): boolean {
  return tar.subarray(unit.header, unit.header + 512).includes('blobs/sha256') && unit.size > 0;
}

function flip(bytes: Buffer, at: number, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
  return changed;
}

function pick<T>(all: readonly T[], random: Random): T {
  const one = all[random(all.length)];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
}

function withHeader(tar: Buffer, unit: Unit, change: (header: Buffer) => void): Buffer {
  const changed = Buffer.from(tar);
  const header = changed.subarray(unit.header, unit.header + 512);
  change(header);
  resum(header);
  return changed;
}

type Kind = (wrap: Buffer, tar: Buffer, units: readonly Unit[], random: Random) => Mutation;

const inGzip = (what: string, tar: Buffer, reads: Mutation['reads']): Mutation => ({
  what,
  bytes: gzipSync(tar),
  reads,
});

const KINDS: readonly Kind[] = [
  (wrap, _tar, _units, random) => {
    const [at, bit] = [random(wrap.length), random(8)];
    return { what: `bit ${bit} of byte ${at} of the file flipped`, bytes: flip(wrap, at, bit), reads: 'the same' };
  },
  (wrap, _tar, _units, random) => {
    const length = random(wrap.length);
    return { what: `file cut to ${length} bytes`, bytes: wrap.subarray(0, length), reads: 'nothing' };
  },
  (wrap, _tar, _units, random) => {
    const at = random(wrap.length + 1);
    const bytes = Buffer.concat([wrap.subarray(0, at), Buffer.from([random(256)]), wrap.subarray(at)]);
    return { what: `a byte put in at ${at} of the file`, bytes, reads: 'the same' };
  },
  (_wrap, tar, _units, random) => {
    const [at, bit] = [random(tar.length), random(8)];
    return inGzip(`bit ${bit} of byte ${at} inside flipped`, flip(tar, at, bit), 'other texts');
  },
  (_wrap, tar, units, random) => {
    const unit = pick(units, random);
    const [at, bit] = [unit.header + random(512), random(8)];
    return inGzip(`bit ${bit} of byte ${at} inside, in a header, flipped`, flip(tar, at, bit), 'nothing');
  },
  (_wrap, tar, _units, random) => {
    const length = random(tar.length);
    return inGzip(`cut to ${length} bytes inside`, tar.subarray(0, length), 'nothing');
  },
  (_wrap, tar, units, random) => {
    const order = [...units];
    const [a, b] = [random(units.length), random(units.length)];
    const [first, second] = [units[a], units[b]];
    if (first !== undefined && second !== undefined) order.splice(a, 1, second);
    if (first !== undefined && second !== undefined) order.splice(b, 1, first);
    const parts = order.map(({ start, end }) => tar.subarray(start, end));
    return inGzip(`entries ${a} and ${b} swapped`, Buffer.concat([...parts, Buffer.alloc(1024)]), 'the same');
  },
  (_wrap, tar, units, random) => {
    const { start, end } = pick(units, random);
    const before = pick(units, random).start;
    const parts = [tar.subarray(0, before), tar.subarray(start, end), tar.subarray(before)];
    return inGzip(`the entry at ${start} again at ${before}`, Buffer.concat(parts), 'nothing');
  },
  (_wrap, tar, units, random) => {
    const unit = pick(units, random);
    const size = Math.max(
      0,
      pick([unit.size + random(9) - 4, unit.size + 512 * (random(9) - 4), random(8 ** 11)], random),
    );
    const change = (header: Buffer): unknown => header.write(size.toString(8).padStart(11, '0'), 124);
    return inGzip(`size ${unit.size} at ${unit.header} made ${size}`, withHeader(tar, unit, change), 'other texts');
  },
  (_wrap, tar, units, random) => {
    const unit = pick(units, random);
    const [at, byte] = [pick([random(100), 345 + random(155)], random), random(256)];
    const changed = withHeader(tar, unit, (header) => header.writeUInt8(byte, at));
    return inGzip(`byte ${at} of the name at ${unit.header} made ${byte}`, changed, 'other texts');
  },
  (_wrap, tar, units, random) => {
    const unit = pick(units, random);
    const byte = pick([random(256), 0x30 + random(10)], random);
    const changed = withHeader(tar, unit, (header) => header.writeUInt8(byte, 156));
    return inGzip(`type at ${unit.header} made ${byte}`, changed, 'other texts');
  },
  (_wrap, tar, units, random) => {
    const blobs = units.filter((unit) => isBlob(tar, unit));
    const unit = pick(blobs, random);
    const at = unit.data + random(unit.size);
    return inGzip(`byte ${at} inside, in a blob, changed`, flip(tar, at, random(8)), 'nothing');
  },
];

/** As many changes of a wrap, of all kinds in turn. */
export function* mutationsOf(wrap: Buffer, count: number, random: Random): Generator<Mutation> {
  const tar = gunzipSync(wrap);
  const units = unitsOf(tar);
  for (let index = 0; index < count; index += 1) {
    const kind = KINDS[index % KINDS.length];
    if (kind !== undefined) yield kind(wrap, tar, units, random);
  }
}
