import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installTool } from '../../src/adapters/tools/install.ts';
import { TOOLS } from '../../src/domain/tool.ts';

let cacheDir: string;

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'go-build-'));
});

afterAll(async () => {
  await rm(cacheDir, { recursive: true, force: true });
});

it('builds the pinned crane with the real Go', async () => {
  const lines: string[] = [];
  const installed = await installTool(TOOLS.crane, {
    cacheDir,
    // no crane here, only Go and what it needs
    env: {
      ...process.env,
      PATH: (process.env.PATH ?? '')
        .split(':')
        .filter((directory) => /\/go\/bin\/?$/.test(directory))
        .join(':'),
    },
    host: { os: process.platform, arch: process.arch },
    fetchBytes: () => Promise.reject(new Error('not asked here')),
    signal: new AbortController().signal,
    onProgress: (line) => lines.push(line),
  });
  expect(installed).toMatchObject({ how: 'go', version: TOOLS.crane.pinned });
  expect(lines.some((line) => line.startsWith(`building crane ${TOOLS.crane.pinned} with go `))).toBe(true);
});
