import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeArchive } from '../../../../src/adapters/tools/pack-archive.ts';
import { checkPacked } from '../../../../src/adapters/tools/pack-check.ts';
import type { PackedFile } from '../../../../src/adapters/tools/pack-files.ts';
import { inDirectory, RUNNING } from '../../../support/wrap-samples.ts';

const program = (name: string, text: string): PackedFile => ({
  name,
  mode: 0o755,
  from: { kind: 'text', text: `#!/bin/sh\n${text}\n` },
});

describe('the check of what was packed', () => {
  const EXPECTED = { node: '1.2.3', tool: '0.1.0', helm: '4.3.0', crane: null };
  const PROGRAMS: Readonly<Record<string, string>> = {
    'bin/node': 'echo v1.2.3',
    'bin/helm': 'echo v4.3.0',
    'bin/crane': 'echo "(devel)"',
    'airgap-charts': 'echo 0.1.0',
  };
  const checked = (programs: Readonly<Record<string, string>>) =>
    inDirectory(async (directory) => {
      const files = Object.entries(programs).map(([name, text]) => program(`t/${name}`, text));
      await writeArchive(join(directory, 't.tgz'), files, RUNNING);
      await mkdir(join(directory, 'trial'));
      await checkPacked(join(directory, 't.tgz'), 't', EXPECTED, join(directory, 'trial'), RUNNING);
    });

  it('passes what starts and tells its version', () => expect(checked(PROGRAMS)).resolves.toBeUndefined());

  it.each<[string, string, string]>([
    ['bin/node', 'echo "libc.so.6: not found" >&2; exit 127', 'libc.so.6: not found'],
    ['bin/node', 'echo v1.2.4', 'does not tell version v1.2.3'],
    ['bin/helm', 'exit 1', 'it ended with code 1'],
    ['bin/helm', 'echo v4.2.0', 'it tells version 4.2.0'],
    ['bin/crane', 'echo 0.22.1', 'it tells version 0.22.1'],
    ['bin/crane', 'true', 'it tells version unknown'],
    ['airgap-charts', 'echo "Cannot find package" >&2; exit 1', 'Cannot find package'],
    ['airgap-charts', 'kill -9 $$', 'does not tell version 0.1.0'],
  ])('refuses a %s of "%s"', async (name, text, why) => {
    const check = checked({ ...PROGRAMS, [name]: text });
    await expect(check).rejects.toMatchObject({ code: 'TOOL_FAILED', message: expect.stringContaining(why) });
  });

  it('refuses what was not packed', async () => {
    const { 'bin/helm': _, ...others } = PROGRAMS;
    await expect(checked(others)).rejects.toThrow('there is no program');
  });
});
