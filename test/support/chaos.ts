import { createHash } from 'node:crypto';

/** What goes wrong with one request. */
export const TROUBLES = [
  'refuse-500',
  'refuse-502',
  'refuse-503-later',
  'refuse-429',
  'refuse-429-later',
  'refuse-401',
  'expired-token',
  'reset-before',
  'reset-in-request',
  'reset-in-answer',
  'reset-after',
  'truncate',
  'stall',
  'slow',
  'wrong-bytes',
  'wrong-digest',
  'lose-upload',
  'redirect-nowhere',
] as const;

export type Trouble = (typeof TROUBLES)[number];

/** Numbers in [0, 1) that follow from a seed. */
export type Chance = () => number;

/** A stream of numbers: the bytes of a hash chain, so that a name is seed enough. */
export function chanceOf(seed: string): Chance {
  let block = createHash('sha256').update(seed).digest();
  let at = 0;
  return () => {
    if (at === 32) {
      block = createHash('sha256').update(block).digest();
      at = 0;
    }
    const number = block.readUInt32BE(at) / 2 ** 32;
    at += 4;
    return number;
  };
}

/** One of a list. */
export function oneOf<T>(list: readonly T[], chance: Chance): T {
  const one = list[Math.floor(chance() * list.length)];
  if (one === undefined) throw new RangeError('a list without anything in it');
  return one;
}

/** What can go wrong with a request of this kind. */
export function fits(trouble: Trouble, { method, path }: { readonly method: string; readonly path: string }): boolean {
  const isBlob = path.includes('/blobs/sha256');
  switch (trouble) {
    case 'wrong-bytes':
    case 'truncate':
      return method === 'GET' && (isBlob || path.includes('/manifests/'));
    case 'wrong-digest':
      return (method === 'GET' || method === 'HEAD') && path.includes('/manifests/');
    case 'lose-upload':
      return (method === 'PUT' || method === 'PATCH') && path.includes('/blobs/uploads/');
    case 'redirect-nowhere':
      return method === 'GET' && isBlob;
    case 'reset-in-request':
      return method === 'PUT' || method === 'PATCH';
    default:
      return true;
  }
}
