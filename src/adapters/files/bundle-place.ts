import { lstat, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type NumberedName, numberedPath, type PartPlace, parseNumbered, widthOf } from './bundle-parts.ts';
import { diskFailure, isAbsent, onDisk } from './disk-failure.ts';

/** A file that is whole, and where it will be. */
export interface Placing {
  readonly from: string;
  readonly to: string;
}

const WIDEST = 9;

async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw diskFailure(path, 'read', error);
  }
}

/** Pairs the files of a bundle that is being written with those of the finished one. */
export function placings(partial: readonly PartPlace[], final: readonly PartPlace[]): readonly Placing[] {
  return partial.flatMap(({ path }, index) => {
    const to = final[index]?.path;
    return to === undefined ? [] : [{ from: path, to }];
  });
}

async function numberedBeside(base: string): Promise<readonly NumberedName[]> {
  const directory = dirname(base);
  const names = await onDisk(directory, 'read', readdir(directory));
  const all = names.map((name) => parseNumbered(join(directory, name))).filter((name) => name !== undefined);
  return all.filter((name) => name.base === join(base)).sort((a, b) => a.number - b.number);
}

/**
 * Removes what an interrupted run has left of files that are being written.
 *
 * @throws MirrorError WORKSPACE_FAILED when the disk refuses.
 */
export async function removePartial(partial: string): Promise<void> {
  const numbered = (await numberedBeside(partial)).map(({ base, number, width }) => numberedPath(base, number, width));
  for (const path of [partial, ...numbered]) await onDisk(path, 'written', rm(path, { force: true }));
}

/**
 * The files of an older bundle of this name, the first one first. Of numbered files that are no parts of what is placed now,
 * only those count that go on from `.001`, as parts do: `base.20261122` may be anything.
 */
async function staleFiles(base: string, count: number | undefined): Promise<readonly string[]> {
  const beside = await numberedBeside(base);
  const stale: string[] = count === undefined ? [] : [base];
  for (let width = widthOf(1); width <= WIDEST; width += 1) {
    const numbers = beside.filter((name) => name.width === width).map(({ number }) => number);
    const isOwn = count !== undefined && width === widthOf(count);
    const counted = numbers.filter((number, index) => isOwn || number === index + 1);
    stale.push(...counted.map((number) => numberedPath(base, number, width)));
  }
  const found: string[] = [];
  for (const path of stale) if (await isFile(path)) found.push(path);
  return found;
}

/** Moves files in the order given, or none of them. */
async function moveAll(moves: readonly Placing[]): Promise<void> {
  const moved: Placing[] = [];
  try {
    for (const move of moves) {
      await onDisk(move.to, 'written', rename(move.from, move.to));
      moved.unshift(move);
    }
  } catch (error) {
    // what went wrong first is what must be told; what could not be moved back is found by the next run
    for (const { from, to } of moved) await rename(to, from).catch(() => undefined);
    throw error;
  }
}

/**
 * Puts a bundle in its place, with the list of its checksums. Parts of an older bundle go before, the first one first; the
 * new first part comes last. So whatever interrupts it, there is no first part without all others, and no list beside a bundle
 * that is not its own.
 *
 * @throws MirrorError WORKSPACE_FAILED when the disk refuses; then nothing is in its place.
 */
export async function placeFiles(
  base: string,
  files: readonly Placing[],
  isSplit: boolean,
  sums: string,
): Promise<void> {
  const list = { from: `${base}.sha256.partial`, to: `${base}.sha256` };
  await onDisk(list.to, 'written', writeFile(list.from, sums));
  const stale = await staleFiles(base, isSplit ? files.length : undefined);
  for (const path of [list.to, ...stale]) await onDisk(path, 'written', rm(path, { force: true }));
  const backwards = files.toReversed();
  await moveAll(isSplit ? [...backwards.slice(0, -1), list, ...backwards.slice(-1)] : [...files, list]);
}

/**
 * Takes back the files that an interrupted run has put in their place already.
 *
 * @throws MirrorError WORKSPACE_FAILED when the disk refuses.
 */
export async function takeBack(files: readonly Placing[]): Promise<void> {
  for (const { from, to } of files) {
    if (!(await isFile(from)) && (await isFile(to))) await onDisk(to, 'written', rename(to, from));
  }
}
