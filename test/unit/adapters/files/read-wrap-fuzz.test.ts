import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openContentStore } from '../../../../src/adapters/files/content-store.ts';
import { readWrap } from '../../../../src/adapters/files/read-wrap.ts';
import { writeWrap } from '../../../../src/adapters/files/write-wrap.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import type { WrapFiles } from '../../../../src/domain/wrap/wrap-entry.ts';
import { MirrorError } from '../../../../src/errors.ts';
import { randomFrom } from '../../../support/tar-mutations.ts';
import { type Mutation, mutationsOf } from '../../../support/wrap-mutations.ts';
import {
  inDirectory,
  RUNNING,
  readable,
  SAMPLE_PIECES,
  SAMPLE_TIME,
  sampleEntries,
  storeOf,
  wrongFiles,
} from '../../../support/wrap-samples.ts';

const SEED = Number(process.env.TEST_SEED ?? 20_261_121);
const CASES = 312;
const DIGESTS: readonly string[] = Object.values(SAMPLE_PIECES).map(digestOf);

/** What is wrong with what came of a mutation; undefined when nothing is. */
async function wrongOf(mutation: Mutation, original: WrapFiles, directory: string): Promise<string | undefined> {
  const path = join(directory, 'mutated.wrap.tgz');
  const store = join(directory, 'store');
  await writeFile(path, mutation.bytes);
  const came = await readWrap(path, openContentStore(store), AbortSignal.timeout(5000)).catch(
    (error: unknown) => error,
  );
  const left = (await wrongFiles(store)).join(', ');
  if (left !== '') return `left in the store: ${left}`;
  const kept = await readdir(join(store, 'sha256')).catch(() => []);
  if (kept.some((hex) => !DIGESTS.includes(`sha256:${hex}`))) return `strange content in the store: ${kept}`;
  if (came instanceof MirrorError) {
    const named = came.code === 'FILE_REFUSED' && came.message.startsWith(`wrap ${path} refused: `);
    return named ? undefined : `${came.code}: ${came.message}`;
  }
  if (came instanceof Error) return `${came.name}: ${came.message}`;
  return differenceOf(mutation, came as WrapFiles, original);
}

function differenceOf({ reads }: Mutation, came: WrapFiles, original: WrapFiles): string | undefined {
  switch (reads) {
    case 'nothing':
      return 'was read';
    case 'the same': {
      const same = JSON.stringify(readable(came, false)) === JSON.stringify(readable(original, false));
      return same ? undefined : 'was read differently';
    }
    case 'other texts': {
      const sizes = new Map([...original.blobs.values()].map(({ digest, size }) => [digest, size]));
      const strange = [...came.blobs].find(
        ([name, { digest, size }]) => sizes.get(digest) !== size || !name.endsWith(`blobs/sha256/${digest.slice(7)}`),
      );
      return strange === undefined ? undefined : `other blob ${strange[0]}`;
    }
  }
}

describe('readWrap', () => {
  it(
    `refuses ${CASES} changed wraps, or reads what they were before (TEST_SEED=${SEED})`,
    () =>
      inDirectory(async (directory) => {
        const source = await storeOf(join(directory, 'source'), Object.values(SAMPLE_PIECES));
        const path = join(directory, 'tiny.wrap.tgz');
        await writeWrap(path, sampleEntries(), source, SAMPLE_TIME, RUNNING);
        const original = await readWrap(path, undefined, RUNNING);
        const wrong: string[] = [];
        for (const mutation of mutationsOf(await readFile(path), CASES, randomFrom(SEED))) {
          const why = await inDirectory((place) => wrongOf(mutation, original, place));
          if (why !== undefined) wrong.push(`${mutation.what}: ${why}`);
        }
        expect(wrong).toEqual([]);
      }),
    120_000,
  );
});
