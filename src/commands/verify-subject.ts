import { basename, resolve } from 'node:path';
import { kindOfFile } from '../adapters/files/kind-of-file.ts';
import { readWrap } from '../adapters/files/read-wrap.ts';
import type { VerifyFlags } from '../cli/file-commands.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Addon } from '../domain/addon.ts';
import type { BundleContents } from '../domain/bundle/bundle-contents.ts';
import type { ImagesLock } from '../domain/lock/images-lock.ts';
import { byTagAlone } from '../domain/plan/destination.ts';
import { formatReference, parseReference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import { readVersion } from './carry-inputs.ts';
import { chartAddon } from './chart-catalog.ts';
import type { Read } from './check-chart.ts';
import { lockOrRefuse } from './info.ts';
import { readLockFile } from './lock-verify.ts';
import { readBundle } from './open-bundle.ts';
import type { Surroundings } from './surroundings.ts';

/** What is verified: a lock that was read from a file, the images of a bundle as a lock, or a chart that is to be fetched. */
export type Subject =
  | { readonly kind: 'lock' | 'bundle'; readonly lock: ImagesLock }
  | { readonly kind: 'chart'; readonly addon: Addon };

/** The images of a bundle, each as a whole under the tag that a push gives it. */
function lockOfBundle(file: string, { generatedAt, carried }: BundleContents): ImagesLock {
  const images = carried.flatMap(({ reference: text, digest, of }) => {
    const reference = parseReference(text);
    if (reference === undefined) return [];
    const image = formatReference(byTagAlone(reference));
    return [{ name: image, image, chart: of ?? '', digests: [{ digest, arch: 'it' }] }];
  });
  const chart = { name: basename(file), version: '', appVersion: '' };
  return { generatedAt, generatedBy: 'airgap-charts', chart, images };
}

async function bundled(file: string, around: Surroundings): Promise<Subject> {
  const { bundle, contents } = await readBundle([file], around);
  await bundle.close();
  return { kind: 'bundle', lock: lockOfBundle(file, contents) };
}

/** What a file on disk has; undefined where it is a chart, or nothing. */
async function readFile(file: string, around: Surroundings): Promise<Subject | undefined> {
  const path = resolve(around.cwd, file);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file)) return undefined;
  const found = await diskFiles.kindOf(path);
  // a bundle in parts is called by the name that it was made with
  if (found === 'absent' && (await diskFiles.kindOf(`${path}.001`)) === 'file') return bundled(`${file}.001`, around);
  if (found !== 'file') return undefined;
  switch (await kindOfFile(path, around.signal)) {
    case 'chart':
      return undefined;
    case 'bundle':
      return bundled(file, around);
    case 'wrap':
      return { kind: 'lock', lock: lockOrRefuse(await readWrap(path, undefined, around.signal), file) };
    case 'archive':
      throw new MirrorError(`${file} is an archive, and neither a chart nor a wrap`, {
        code: 'FILE_REFUSED',
        origin: 'input',
        hint: 'name a wrap, a bundle as it was made, an Images.lock, or a chart that has one',
      });
    case 'other':
      if (/\.[0-9]{3,}$/.test(file)) return bundled(file, around);
      return { kind: 'lock', lock: await readLockFile(file, around.cwd) };
  }
}

/**
 * Reads what is to be verified.
 *
 * @throws MirrorError FILE_REFUSED for a file without a lock that can be read, and for a chart on disk that cannot be read.
 */
export async function readSubject(subject: string, flags: VerifyFlags, around: Surroundings): Promise<Read<Subject>> {
  const found = flags.repo === undefined ? await readFile(subject, around) : undefined;
  if (found !== undefined) return { value: found, problems: [] };
  const { value: addon, problems } = await chartAddon(subject, { ...flags, chartOverrides: [] }, around);
  if (addon === undefined) return { value: undefined, problems };
  const version = readVersion(flags, addon);
  if (version.value === undefined) return { value: undefined, problems: version.problems };
  return { value: { kind: 'chart', addon: { ...addon, version: version.value } }, problems: [] };
}
