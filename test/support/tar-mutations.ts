import { resum } from './wrap-tar.ts';

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
export interface Unit {
  readonly start: number;
  readonly header: number;
  readonly data: number;
  readonly size: number;
  readonly end: number;
}

/** The entries of a tar file, in their order. */
export function unitsOf(tar: Buffer): readonly Unit[] {
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

/** The bytes with one bit of them changed. */
export function flip(bytes: Buffer, at: number, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
  return changed;
}

/** One of them. */
export function pick<T>(all: readonly T[], random: Random): T {
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

/** A tar file that was changed. */
export interface TarMutation {
  readonly what: string;
  readonly bytes: Buffer;
}

/** A way to change a tar file. */
export type TarChange = (tar: Buffer, units: readonly Unit[], random: Random) => TarMutation;

export const cut: TarChange = (tar, _units, random) => {
  const length = random(tar.length);
  return { what: `cut to ${length} bytes`, bytes: tar.subarray(0, length) };
};

export const flippedAnywhere: TarChange = (tar, _units, random) => {
  const [at, bit] = [random(tar.length), random(8)];
  return { what: `bit ${bit} of byte ${at} flipped`, bytes: flip(tar, at, bit) };
};

export const flippedInHeader: TarChange = (tar, units, random) => {
  const [at, bit] = [pick(units, random).header + random(512), random(8)];
  return { what: `bit ${bit} of byte ${at}, in a header, flipped`, bytes: flip(tar, at, bit) };
};

export const byteAdded: TarChange = (tar, _units, random) => {
  const at = random(tar.length + 1);
  const bytes = Buffer.concat([tar.subarray(0, at), Buffer.from([random(256)]), tar.subarray(at)]);
  return { what: `a byte put in at ${at}`, bytes };
};

export const swapped: TarChange = (tar, units, random) => {
  const order = [...units];
  const [a, b] = [random(units.length), random(units.length)];
  const [first, second] = [units[a], units[b]];
  if (first !== undefined && second !== undefined) order.splice(a, 1, second);
  if (first !== undefined && second !== undefined) order.splice(b, 1, first);
  const parts = order.map(({ start, end }) => tar.subarray(start, end));
  return { what: `entries ${a} and ${b} swapped`, bytes: Buffer.concat([...parts, Buffer.alloc(1024)]) };
};

export const repeated: TarChange = (tar, units, random) => {
  const { start, end } = pick(units, random);
  const before = pick(units, random).start;
  const parts = [tar.subarray(0, before), tar.subarray(start, end), tar.subarray(before)];
  return { what: `the entry at ${start} again at ${before}`, bytes: Buffer.concat(parts) };
};

export const otherSize: TarChange = (tar, units, random) => {
  const unit = pick(units, random);
  const near = pick([unit.size + random(9) - 4, unit.size + 512 * (random(9) - 4), random(8 ** 11)], random);
  const size = Math.max(0, near);
  const change = (header: Buffer): unknown => header.write(size.toString(8).padStart(11, '0'), 124);
  return { what: `size ${unit.size} at ${unit.header} made ${size}`, bytes: withHeader(tar, unit, change) };
};

export const otherName: TarChange = (tar, units, random) => {
  const unit = pick(units, random);
  const [at, byte] = [pick([random(100), 345 + random(155)], random), random(256)];
  const bytes = withHeader(tar, unit, (header) => header.writeUInt8(byte, at));
  return { what: `byte ${at} of the name at ${unit.header} made ${byte}`, bytes };
};

export const otherType: TarChange = (tar, units, random) => {
  const unit = pick(units, random);
  const byte = pick([random(256), 0x30 + random(10)], random);
  const bytes = withHeader(tar, unit, (header) => header.writeUInt8(byte, 156));
  return { what: `type at ${unit.header} made ${byte}`, bytes };
};

export const otherDigit: TarChange = (tar, units, random) => {
  const unit = pick(units, random);
  const [at, byte] = [pick([100, 108, 116, 136, 329], random) + random(7), 0x30 + random(8)];
  const bytes = withHeader(tar, unit, (header) => header.writeUInt8(byte, at));
  return { what: `digit at ${at} of the header at ${unit.header} made ${byte}`, bytes };
};

/** As many changes, of all kinds in turn. */
export function* inTurn<T>(kinds: readonly (() => T)[], count: number): Generator<T> {
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[index % kinds.length];
    if (kind !== undefined) yield kind();
  }
}
