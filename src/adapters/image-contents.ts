import { lstat, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type ImageContentsByDigest, imageContentsText, readImageContents } from '../domain/report/image-contents.ts';
import { oneLine } from '../errors.ts';
import { createOutput } from './output.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** The name of the file in which a directory keeps what images are made of. */
export const CONTENTS_FILE = '.airgap-charts.images.json.gz';

/** The most that is read, in bytes, packed or not: twice what is ever written. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What earlier runs have read of images. A help for reports and never a need. */
export interface KeptContents {
  readonly earlier: ImageContentsByDigest;
  /** Keeps what a run knows, beside what was kept before. */
  keep(own: ImageContentsByDigest): Promise<void>;
}

/** The text of a file; empty where there is none, or it is damaged, or no file of ours. */
async function textAt(path: string): Promise<string> {
  try {
    const found = await lstat(path);
    if (!found.isFile() || found.size > MOST_BYTES) return '';
    return (await unpack(await readFile(path), { maxOutputLength: MOST_BYTES })).toString();
  } catch {
    return '';
  }
}

/** Keeps in one directory; why that could not be done. What is there already is not written again. */
async function keepIn(directory: string, own: ImageContentsByDigest): Promise<string | undefined> {
  try {
    const before = await textAt(join(directory, CONTENTS_FILE));
    const text = imageContentsText(own, readImageContents(before));
    if (text === before) return undefined;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await createOutput(directory).write(CONTENTS_FILE, await pack(text), 0o600);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Opens what earlier runs have kept in these directories; each of them has everything, so that one is enough. `complain` hears
 * when none of them took what a run knows.
 */
export async function openImageContents(
  directories: readonly string[],
  complain: (why: string) => void,
): Promise<KeptContents> {
  const texts = await Promise.all(directories.map((directory) => textAt(join(directory, CONTENTS_FILE))));
  return {
    earlier: new Map(texts.flatMap((text) => [...readImageContents(text)])),
    async keep(own) {
      if (own.size === 0) return;
      const failures = await Promise.all(directories.map((directory) => keepIn(directory, own)));
      const [why] = failures;
      if (why !== undefined && failures.every((failure) => failure !== undefined))
        complain(`sizes of images are not kept for the next report: ${oneLine(why)}`);
    },
  };
}
