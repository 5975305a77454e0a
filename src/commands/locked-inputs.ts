import { dirname, resolve } from 'node:path';
import { LOCK_FILE } from '../cli/catalog-command.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { readCatalogLock } from '../config/catalog-lock-file.ts';
import { flagProblem, type Problem, problemAt } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import { pinCatalog, type Unlocked } from '../domain/catalog-lock/pin-catalog.ts';
import type { HeldLock } from '../pipeline/locked/held-lock.ts';
import type { MirrorInputs } from './run-inputs.ts';
import type { Surroundings } from './surroundings.ts';

/** What a run that keeps to a lock is made of; or all that is wrong. */
export type LockedInputs =
  | {
      readonly kind: 'ok';
      readonly inputs: Extract<MirrorInputs, { kind: 'ok' }>;
      /** Undefined where no lock was asked for. */
      readonly lock: HeldLock | undefined;
    }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

function unlockedProblem({ place, what }: Unlocked, file: string): Problem {
  const complaint = { what, instead: `write ${file} anew with airgap-charts catalog lock` };
  return place === undefined ? flagProblem('--locked', complaint) : problemAt(place, complaint);
}

/** The file that `--locked` names. */
export function lockName(locked: true | string): string {
  return typeof locked === 'string' ? locked : LOCK_FILE;
}

/** Pins what the inputs ask for to the lock that `--locked` names, if it is given. All problems come back together. */
export async function keptToLock(
  read: MirrorInputs,
  { locked, latest }: Pick<MirrorFlags, 'locked' | 'latest'>,
  { cwd }: Pick<Surroundings, 'cwd'>,
): Promise<LockedInputs> {
  if (locked === undefined) return read.kind === 'problems' ? read : { kind: 'ok', inputs: read, lock: undefined };
  const file = lockName(locked);
  const path = resolve(cwd, file);
  const reading = await readCatalogLock(diskFiles, path, file);
  const both = { what: 'it is given beside --locked, which takes no newer version', instead: 'leave one of them out' };
  const problems = [
    ...(latest ? [flagProblem('--latest', both)] : []),
    ...(read.kind === 'problems' ? read.problems : []),
    ...(reading.kind === 'problems' ? reading.problems : []),
  ];
  if (problems.length > 0 || read.kind === 'problems' || reading.kind === 'problems')
    return { kind: 'problems', problems };
  const { lock } = reading;
  const { catalog, rows, unlocked } = pinCatalog(read.catalog, lock, dirname(path));
  if (unlocked.length > 0) return { kind: 'problems', problems: unlocked.map((one) => unlockedProblem(one, file)) };
  const images = new Map(lock.images.map(({ image, digest }) => [image, digest]));
  return { kind: 'ok', inputs: { ...read, catalog }, lock: { charts: rows, images } };
}
