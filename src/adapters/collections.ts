import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects garbage at once, the young or all. */
export type Collect = (options: { readonly type: 'minor' | 'major' }) => void;

let found: Collect | undefined;

/** The collector of V8; undefined where it gives none. */
export function findCollect(): Collect | undefined {
  if (found !== undefined) return found;
  setFlagsFromString('--expose-gc');
  const given: unknown = runInNewContext('globalThis.gc');
  // a checked boundary: V8 gives a function or nothing
  found = typeof given === 'function' ? (given as Collect) : undefined;
  return found;
}
