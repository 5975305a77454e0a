import { SIZE_NAME } from '../../src/adapters/files/bundle-names.ts';
import {
  byteAdded,
  cut,
  flip,
  flippedAnywhere,
  flippedInHeader,
  inTurn,
  otherDigit,
  otherName,
  otherSize,
  otherType,
  pick,
  type Random,
  repeated,
  swapped,
  type TarChange,
  type TarMutation,
  unitsOf,
} from './tar-mutations.ts';

/** A bundle in one file that was changed. */
export interface BundleMutation extends TarMutation {
  /** An entry was taken out, and the size made right: nothing of the bundle itself can tell that a blob was there. */
  readonly without?: boolean;
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

type Kind = (...given: Parameters<TarChange>) => BundleMutation;

/** The same change, with a size that is right for it. */
function saidRight(change: TarChange): Kind {
  return (...given) => {
    const { what, bytes } = change(...given);
    return { what, bytes: resized(bytes) };
  };
}

const KINDS: readonly Kind[] = [
  flippedAnywhere,
  flippedInHeader,
  (tar, [first], random) => {
    const [at, bit] = [512 + random(first?.size ?? 1), random(8)];
    return { what: `bit ${bit} of byte ${at}, in the first entry, flipped`, bytes: flip(tar, at, bit) };
  },
  cut,
  (tar, _units, random) => {
    const blocks = random(tar.length / 512);
    return { what: `cut to ${blocks} blocks, and so it says`, bytes: resized(tar.subarray(0, blocks * 512)) };
  },
  saidRight(byteAdded),
  swapped,
  saidRight(repeated),
  (tar, units, random) => {
    const { start, end } = pick(units, random);
    const bytes = Buffer.concat([tar.subarray(0, start), tar.subarray(end)]);
    return { what: `no entry at ${start}`, bytes: resized(bytes), without: true };
  },
  otherSize,
  otherName,
  otherType,
  otherDigit,
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
export function bundleMutations(bundle: Buffer, count: number, random: Random): Generator<BundleMutation> {
  const units = unitsOf(bundle);
  return inTurn(
    KINDS.map((kind) => () => kind(bundle, units, random)),
    count,
  );
}
