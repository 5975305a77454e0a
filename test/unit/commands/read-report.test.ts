import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNamedReport } from '../../../src/commands/read-report.ts';
import { formatProblem } from '../../../src/config/problems.ts';
import { specialReport } from '../../support/emit-reports.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'read-report-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function problemOf(text: string): Promise<string> {
  await writeFile(join(directory, 'report.json'), text);
  const read = await readNamedReport('report.json', directory);
  return read.kind === 'problem' ? formatProblem(read.problem) : '';
}

describe('readNamedReport', () => {
  it('reads a report from where the user is', async () => {
    const report = specialReport();
    await writeFile(join(directory, 'mine.json'), JSON.stringify(report));
    expect(await readNamedReport('mine.json', directory)).toEqual({ kind: 'report', report });
  });

  it('reads a report that was written before later keys were known', async () => {
    const { changes: _, layers: __, ...before } = specialReport();
    await writeFile(join(directory, 'before.json'), JSON.stringify(before));
    expect(await readNamedReport('before.json', directory)).toEqual({ kind: 'report', report: specialReport() });
  });

  it('says what is wrong with a file, and what to do', async () => {
    expect(await problemOf('{')).toMatch(
      /^report\.json: this is no report, and no JSON: .*, name a report\.json that mirror, copy, unwrap or bundle push has written$/,
    );
    expect(await problemOf('[]')).toMatch(/^report\.json: this is no report: \/ must be object/);
    expect(await problemOf('{"version": 1}')).toContain("must have required property 'mode'");
    expect(await problemOf('{"version": 2}')).toBe(
      'report.json: this report has version 2, and this program reads version 1, run the command with the release of airgap-charts that wrote it',
    );
    expect(await problemOf(JSON.stringify({ ...specialReport(), more: 1 }))).toContain(
      'must NOT have additional properties',
    );
  });

  it('says that a file is not there, or cannot be read', async () => {
    const read = async (file: string): Promise<string> => {
      const { problem } = { problem: undefined, ...(await readNamedReport(file, directory)) };
      return problem === undefined ? '' : formatProblem(problem);
    };
    expect(await read('none.json')).toBe(
      'none.json: this report cannot be read: it does not exist, name a report.json that mirror, copy, unwrap or bundle push has written',
    );
    expect(await read('.')).toMatch(/^\.: this report cannot be read: /);
  });
});
