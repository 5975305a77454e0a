import { gunzipSync, gzipSync } from 'node:zlib';
import {
  byteAdded,
  cut,
  flip,
  flippedAnywhere,
  flippedInHeader,
  inTurn,
  otherName,
  otherSize,
  otherType,
  pick,
  type Random,
  repeated,
  swapped,
  type TarChange,
  type TarMutation,
  type Unit,
  unitsOf,
} from './tar-mutations.ts';

/** A wrap that was changed. What of it may be read, if anything: the same as before, or other texts beside the same blobs. */
export interface Mutation extends TarMutation {
  readonly reads: 'nothing' | 'the same' | 'other texts';
}

function isBlob(tar: Buffer, unit: Unit): boolean {
  return tar.subarray(unit.header, unit.header + 512).includes('blobs/sha256') && unit.size > 0;
}

const blobChanged: TarChange = (tar, units, random) => {
  const blobs = units.filter((unit) => isBlob(tar, unit));
  const unit = pick(blobs, random);
  const at = unit.data + random(unit.size);
  return { what: `byte ${at}, in a blob, changed`, bytes: flip(tar, at, random(8)) };
};

/** What is changed of the file as it is, and what of the archive in it. */
const OF_FILE: readonly (readonly [TarChange, Mutation['reads']])[] = [
  [flippedAnywhere, 'the same'],
  [cut, 'nothing'],
  [byteAdded, 'the same'],
];
const INSIDE: readonly (readonly [TarChange, Mutation['reads']])[] = [
  [flippedAnywhere, 'other texts'],
  [flippedInHeader, 'nothing'],
  [cut, 'nothing'],
  [swapped, 'the same'],
  [repeated, 'nothing'],
  [otherSize, 'other texts'],
  [otherName, 'other texts'],
  [otherType, 'other texts'],
  [blobChanged, 'nothing'],
];

/** As many changes of a wrap, of all kinds in turn. */
export function mutationsOf(wrap: Buffer, count: number, random: Random): Generator<Mutation> {
  const tar = gunzipSync(wrap);
  const units = unitsOf(tar);
  const ofFile = OF_FILE.map(([change, reads]) => (): Mutation => {
    const { what, bytes } = change(wrap, units, random);
    return { what: `in the file: ${what}`, bytes, reads };
  });
  const inside = INSIDE.map(([change, reads]) => (): Mutation => {
    const { what, bytes } = change(tar, units, random);
    return { what: `inside: ${what}`, bytes: gzipSync(bytes), reads };
  });
  return inTurn([...ofFile, ...inside], count);
}
