import { readFile, writeFile } from 'node:fs/promises';
import { type BundleSample, bundlePath, MIB, sampleOf, writeSample } from './bundle-samples.ts';
import { inDirectory } from './wrap-samples.ts';

/** Five parts, of which the third is all of one blob. */
export const FIVE_PARTS: BundleSample = sampleOf([700_000, 3_200_000, 800_000]);

/** Runs with the parts of `FIVE_PARTS`, in order, and the path that they have without their numbers. */
export function withParts(use: (files: readonly string[], path: string) => Promise<void>): () => Promise<void> {
  return () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      const { parts } = await writeSample(path, FIVE_PARTS, { partBytes: MIB });
      const files = parts.map(({ file }) => file);
      await use(files, path);
    });
}

/** Flips a bit of a file. */
export async function flipIn(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 128, at);
  await writeFile(path, bytes);
}
