import { resolve } from 'node:path';
import { kindOfFile } from '../adapters/files/kind-of-file.ts';
import { diskFiles } from '../config/read-text.ts';
import { MirrorError } from '../errors.ts';
import type { Surroundings } from './surroundings.ts';

const FOUND = {
  chart: { what: 'a chart that is not wrapped', hint: 'wrap it first: airgap-charts wrap' },
  wrap: { what: 'a wrap', hint: 'use airgap-charts info and unwrap for it' },
  bundle: { what: 'a bundle', hint: 'use airgap-charts bundle info and bundle push for it' },
} as const;

/**
 * Says of a file that is something else what it is, and which command is for it. What is no file, or of no kind that is known,
 * its reader refuses.
 *
 * @throws MirrorError FILE_REFUSED.
 */
export async function expectKind(
  expected: 'wrap' | 'bundle',
  file: string,
  { cwd, signal }: Surroundings,
): Promise<void> {
  const path = resolve(cwd, file);
  if ((await diskFiles.kindOf(path)) !== 'file') return;
  const kind = await kindOfFile(path, signal).catch((error: unknown) => {
    if (error instanceof MirrorError) return 'other' as const;
    throw error;
  });
  if (kind === expected || kind === 'archive' || kind === 'other') return;
  const { what, hint } = FOUND[kind];
  throw new MirrorError(`${file} is ${what}, and not a ${expected}`, { code: 'FILE_REFUSED', origin: 'input', hint });
}
