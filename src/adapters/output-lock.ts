import { join } from 'node:path';
import { MirrorError } from '../errors.ts';
import { type Lock, tryLock } from './files/lock-file.ts';

/**
 * Keeps other runs out of an output directory until it is released. What a killed run has left does not count.
 *
 * @throws MirrorError OUTPUT_IN_USE when another run is at work there; WORKSPACE_FAILED when the disk refuses.
 */
export async function lockOutput(directory: string, name: string): Promise<Lock> {
  const path = join(directory, name);
  const tried = await tryLock(path);
  if (tried.kind === 'taken') return tried.lock;
  throw new MirrorError(`another run works in the output directory ${directory}: ${tried.holder} holds ${name}`, {
    code: 'OUTPUT_IN_USE',
    origin: 'input',
    hint: 'wait until it ends, name another --output-dir, or remove the file when that process is another program',
  });
}
