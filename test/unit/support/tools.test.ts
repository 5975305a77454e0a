import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../support/tools.ts';

describe('locateTool', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tools-'));
    for (const [name, version] of [
      ['helm', 'v3.22.0'],
      ['own', 'v4.3.1'],
      ['crane', '0.22.1'],
    ] as const) {
      await writeFile(join(directory, name), `#!/bin/sh\necho ${version}\n`);
      await chmod(join(directory, name), 0o755);
    }
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('finds a program on PATH', () => {
    expect(locateTool('crane', { PATH: `/nowhere:${directory}` })).toBe(join(directory, 'crane'));
  });

  it('prefers what the environment names', () => {
    const own = join(directory, 'own');
    expect(locateTool('helm4', { PATH: directory, TEST_HELM: own })).toBe(own);
  });

  it('does not take one major for the other', () => {
    expect(locateTool('helm4', { PATH: directory })).toBeUndefined();
    expect(locateTool('helm3', { PATH: directory })).toBe(join(directory, 'helm'));
  });

  it('does not skip tests over a typing error', () => {
    expect(() => locateTool('crane', { PATH: directory, TEST_CRANE: '/nowhere/crane' })).toThrow(
      'TEST_CRANE=/nowhere/crane',
    );
  });

  it('says when there is none', () => {
    expect(locateTool('skopeo', { PATH: '/nowhere' })).toBeUndefined();
  });
});
