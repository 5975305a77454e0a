import { SIZE_NAME } from '../../src/adapters/files/bundle-names.ts';
import type { Random } from './wrap-mutations.ts';
import { resum } from './wrap-tar.ts';

/** A bundle in one file that was changed. */
export interface BundleMutation {
  readonly what: string;
  readonly bytes: Buffer;
  /** An entry was taken out, and the size made right: nothing of the bundle itself can tell that a blob was there. */
  readonly without?: boolean;
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

/** The first entry made to say the size that there is, where it can be found. */
function resized(tar: Buffer): Buffer {
  const changed = Buffer.from(tar);
  if (!changed.subarray(0, 100).includes(SIZE_NAME)) return changed;
  const text = changed.toString('latin1', 512, 512 + 60);
  const said = /"bytes":(\d+)/.exec(text)?.[1];
  if (said !== undefined && said.length === String(tar.length).length) {
    changed.write(text.replace(said, String(tar.length)), 512, 'latin1');
  }
  return changed;
}

type Kind = (tar: Buffer, units: readonly Unit[], random: Random) => BundleMutation;

const KINDS: readonly Kind[] = [
  (tar, _units, random) => {
    const [at, bit] = [random(tar.length), random(8)];
    return { what: `bit ${bit} of byte ${at} flipped`, bytes: flip(tar, at, bit) };
  },
  (tar, units, random) => {
    const [at, bit] = [pick(units, random).header + random(512), random(8)];
    return { what: `bit ${bit} of byte ${at}, in a header, flipped`, bytes: flip(tar, at, bit) };
  },
  (tar, [first], random) => {
    const [at, bit] = [512 + random(first?.size ?? 1), random(8)];
    return { what: `bit ${bit} of byte ${at}, in the first entry, flipped`, bytes: flip(tar, at, bit) };
  },
  (tar, _units, random) => {
    const length = random(tar.length);
    return { what: `cut to ${length} bytes`, bytes: tar.subarray(0, length) };
  },
  (tar, _units, random) => {
    const blocks = random(tar.length / 512);
    return { what: `cut to ${blocks} blocks, and so it says`, bytes: resized(tar.subarray(0, blocks * 512)) };
  },
  (tar, _units, random) => {
    const at = random(tar.length + 1);
    const bytes = Buffer.concat([tar.subarray(0, at), Buffer.from([random(256)]), tar.subarray(at)]);
    return { what: `a byte put in at ${at}`, bytes: resized(bytes) };
  },
  (tar, units, random) => {
    const order = [...units];
    const [a, b] = [random(units.length), random(units.length)];
    const [first, second] = [units[a], units[b]];
    if (first !== undefined && second !== undefined) order.splice(a, 1, second);
    if (first !== undefined && second !== undefined) order.splice(b, 1, first);
    const parts = order.map(({ start, end }) => tar.subarray(start, end));
    return { what: `entries ${a} and ${b} swapped`, bytes: Buffer.concat([...parts, Buffer.alloc(1024)]) };
  },
  (tar, units, random) => {
    const { start, end } = pick(units, random);
    const before = pick(units, random).start;
    const parts = [tar.subarray(0, before), tar.subarray(start, end), tar.subarray(before)];
    return { what: `the entry at ${start} again at ${before}`, bytes: resized(Buffer.concat(parts)) };
  },
  (tar, units, random) => {
    const { start, end } = pick(units, random);
    const bytes = Buffer.concat([tar.subarray(0, start), tar.subarray(end)]);
    return { what: `no entry at ${start}`, bytes: resized(bytes), without: true };
  },
  (tar, units, random) => {
    const unit = pick(units, random);
    const near = pick([unit.size + random(9) - 4, unit.size + 512 * (random(9) - 4), random(8 ** 11)], random);
    const size = Math.max(0, near);
    const change = (header: Buffer): unknown => header.write(size.toString(8).padStart(11, '0'), 124);
    return { what: `size ${unit.size} at ${unit.header} made ${size}`, bytes: withHeader(tar, unit, change) };
  },
  (tar, units, random) => {
    const unit = pick(units, random);
    const [at, byte] = [pick([random(100), 345 + random(155)], random), random(256)];
    const bytes = withHeader(tar, unit, (header) => header.writeUInt8(byte, at));
    return { what: `byte ${at} of the name at ${unit.header} made ${byte}`, bytes };
  },
  (tar, units, random) => {
    const unit = pick(units, random);
    const byte = pick([random(256), 0x30 + random(10)], random);
    const bytes = withHeader(tar, unit, (header) => header.writeUInt8(byte, 156));
    return { what: `type at ${unit.header} made ${byte}`, bytes };
  },
  (tar, units, random) => {
    const unit = pick(units, random);
    const [at, byte] = [pick([100, 108, 116, 136, 329], random) + random(7), 0x30 + random(8)];
    const bytes = withHeader(tar, unit, (header) => header.writeUInt8(byte, at));
    return { what: `digit at ${at} of the header at ${unit.header} made ${byte}`, bytes };
  },
  (tar, units, random) => {
    const unit = pick(
      units.filter(({ size }) => size > 0),
      random,
    );
    const at = unit.data + random(unit.size);
    return { what: `byte ${at}, in an entry, changed`, bytes: flip(tar, at, random(8)) };
  },
  (tar, units, random) => {
    const unit = pick(
      units.filter(({ size }) => size % 512 > 0),
      random,
    );
    const at = unit.data + unit.size + random(512 - (unit.size % 512));
    return { what: `byte ${at}, behind an entry, changed`, bytes: flip(tar, at, random(8)) };
  },
];

/** As many changes of a bundle, of all kinds in turn. */
export function* bundleMutations(bundle: Buffer, count: number, random: Random): Generator<BundleMutation> {
  const units = unitsOf(bundle);
  for (let index = 0; index < count; index += 1) {
    const kind = KINDS[index % KINDS.length];
    if (kind !== undefined) yield kind(bundle, units, random);
  }
}
