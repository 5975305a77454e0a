import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { fightForLock } from '../support/bundle-lock-child.ts';
import { inDirectory } from '../support/wrap-samples.ts';

const CHILD = join(import.meta.dirname, '..', 'support', 'bundle-lock-child.ts');
const SCRIPT = `
  import { ${fightForLock.name} as fight } from ${JSON.stringify(CHILD)};
  await fight(process.argv[1], 3000);
`;

describe('the lock of a bundle', () => {
  it('is held by one process at a time, also where several take over from one that is gone', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'b.lock');
      const children = [1, 2, 3, 4].map(() => execa(process.execPath, ['--input-type=module', '-e', SCRIPT, path]));
      const results = await Promise.all(children);
      const counts = results.map(({ stdout }): { held: number; clashes: number } => JSON.parse(stdout));
      expect(counts.map(({ clashes }) => clashes)).toEqual([0, 0, 0, 0]);
      expect(counts.reduce((sum, { held }) => sum + held, 0)).toBeGreaterThan(20);
    }));
});
