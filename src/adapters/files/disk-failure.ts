import { MirrorError, oneLine } from '../../errors.ts';

/** Whether a system call failed because there is nothing of this name. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** That something on this machine's disk cannot be written or read; `thrown` is why. */
export function diskFailure(path: string, verb: 'read' | 'written', thrown: unknown): MirrorError {
  const why = oneLine(thrown instanceof Error ? thrown.message : String(thrown));
  return new MirrorError(`${path} cannot be ${verb}: ${why}`, {
    code: 'WORKSPACE_FAILED',
    origin: 'local',
    hint: verb === 'written' ? 'free some room there, or name another place' : 'check the disk that it is on',
    cause: thrown,
  });
}

/** What a call to the disk gives; its failure as WORKSPACE_FAILED. */
export async function onDisk<T>(path: string, verb: 'read' | 'written', call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw diskFailure(path, verb, error);
  }
}
