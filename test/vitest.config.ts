import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const BUILD = join(import.meta.dirname, 'build.ts');

// a file that is begun last must not be one that takes minutes
const FIRST = [
  ...['shared-charts.test.ts', 'ecr-faults.test.ts', 'values-file.test.ts', 'ecr-existing.test.ts', 'faults.test.ts'],
  ...['prune.test.ts', 'crane-copy-failures.test.ts'],
];

function place(file: TestSpecification): number {
  const index = FIRST.findIndex((name) => file.moduleId.endsWith(`/${name}`));
  return index < 0 ? FIRST.length : index;
}

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

// unit: seconds, no programs started. real: helm, crane and registries on loopback. long: campaigns.
export default defineConfig({
  test: {
    // the tests wait for the programs that they start, and for pauses of registries: as many workers as cores would leave some idle
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      {
        test: {
          name: 'unit',
          root: 'test',
          include: ['unit/**/*.test.ts', 'layers.test.ts'],
          // the sources are loaded once in each worker, not for each of a hundred files
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'real',
          root: 'test',
          globalSetup: BUILD,
          include: ['real/**/*.test.ts', 'e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'long',
          root: 'test',
          globalSetup: BUILD,
          include: ['long/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
