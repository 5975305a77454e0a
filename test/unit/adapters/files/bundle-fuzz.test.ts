import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MirrorError } from '../../../../src/errors.ts';
import { type BundleMutation, bundleMutations } from '../../../support/bundle-mutations.ts';
import { bundlePath, contentsOfBundle, contentsOfSample, SMALL, writeSample } from '../../../support/bundle-samples.ts';
import { randomFrom } from '../../../support/tar-mutations.ts';
import { inDirectory } from '../../../support/wrap-samples.ts';

const SEED = Number(process.env.TEST_SEED ?? 20_261_122);
const CASES = 225;

function inOrder(all: ReadonlyMap<string, string>): string {
  return JSON.stringify([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What came of changed bytes. */
async function outcomeOf({ bytes, without = false }: BundleMutation, directory: string): Promise<string> {
  const path = bundlePath(directory);
  await writeFile(path, bytes);
  const came = await contentsOfBundle([path], SMALL).catch((error: unknown) => error);
  if (came instanceof MirrorError) {
    const isNamed = came.code === 'FILE_REFUSED' && came.message.startsWith(`bundle ${path} refused: `);
    return isNamed ? 'refused' : `${came.code}: ${came.message}`;
  }
  if (came instanceof Error) return `${came.name}: ${came.message}`;
  const read = came as ReadonlyMap<string, string>;
  const expected = [...contentsOfSample(SMALL)].filter(([name]) => {
    return read.has(name) || !(without && name.startsWith('sha256:'));
  });
  const isSame = inOrder(read) === inOrder(new Map(expected));
  return isSame ? 'the same' : 'was read differently';
}

describe('openBundle', () => {
  it(`refuses ${CASES} changed bundles, or reads what they were before (TEST_SEED=${SEED})`, () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await writeSample(path, SMALL);
      const original = await readFile(path);
      const wrong: string[] = [];
      const counts = new Map<string, number>();
      for (const mutation of bundleMutations(original, CASES, randomFrom(SEED))) {
        const came = await inDirectory((place) => outcomeOf(mutation, place));
        counts.set(came, (counts.get(came) ?? 0) + 1);
        if (came !== 'refused' && came !== 'the same') wrong.push(`${mutation.what}: ${came}`);
      }
      expect(wrong).toEqual([]);
      // swapped entries and other times change nothing that counts
      expect(counts.get('refused')).toBeGreaterThan(CASES * 0.7);
      expect(counts.get('the same')).toBeGreaterThan(0);
    }));
});
