import { defineConfig } from 'vitest/config';

// unit: seconds, no programs started. real: helm, crane and registries on loopback. long: campaigns.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', root: 'test', include: ['unit/**/*.test.ts', 'layers.test.ts'] } },
      {
        test: {
          name: 'real',
          root: 'test',
          include: ['real/**/*.test.ts', 'e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'long',
          root: 'test',
          include: ['long/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
