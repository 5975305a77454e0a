import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readWrap } from '../adapters/files/read-wrap.ts';
import type { InfoFlags } from '../cli/file-commands.ts';
import { flagProblem } from '../config/problems.ts';
import type { ImagesLock } from '../domain/lock/images-lock.ts';
import { formatImagesLock, IMAGES_LOCK } from '../domain/lock/images-lock.ts';
import type { WrapFiles } from '../domain/wrap/wrap-entry.ts';
import { lockOfWrap, wrapInfo } from '../domain/wrap/wrap-info.ts';
import { MirrorError } from '../errors.ts';
import type { Redactor } from '../redaction.ts';
import { infoText } from '../report/info-text.ts';
import { expectKind } from './expect-kind.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The lock of a wrap that was read.
 *
 * @throws MirrorError FILE_REFUSED when it has none that can be read.
 */
export function lockOrRefuse(files: WrapFiles, file: string): ImagesLock {
  const found = lockOfWrap(files);
  if (found.kind === 'lock') return found.lock;
  throw new MirrorError(`wrap ${file} refused: entry chart/${IMAGES_LOCK}: ${found.why}`, {
    code: 'FILE_REFUSED',
    origin: 'source',
    hint: 'make it again with airgap-charts wrap or dt wrap',
  });
}

/**
 * Tells what a wrap holds, from its stream. Exit code 0.
 *
 * @throws MirrorError FILE_REFUSED for what is no wrap, or a damaged one.
 */
export async function info(file: string, flags: InfoFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  if (flags.yaml && flags.json) {
    const problem = { what: '--yaml and --json are both given', instead: 'give one of them' };
    return refuse([flagProblem('command line', problem)], around, redactor);
  }
  await expectKind('wrap', file, around);
  const path = resolve(around.cwd, file);
  const files = await readWrap(path, undefined, around.signal);
  const lock = lockOrRefuse(files, file);
  const told = wrapInfo(files, lock, (await stat(path)).size);
  const lost = told.images.flatMap(({ platforms }) => platforms).find(({ bytes }) => bytes === null);
  if (lost !== undefined) {
    throw new MirrorError(`wrap ${file} refused: there is no layout of ${lost.digest}, which is in its lock`, {
      code: 'FILE_REFUSED',
      origin: 'source',
      hint: 'copy it again from where it was made, or make it again',
    });
  }
  if (flags.yaml) around.print(formatImagesLock(lock));
  else if (flags.json) around.print(scrubbedJson(told, redactor));
  else around.print(infoText(told, flags.detailed));
  return 0;
}
