import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReport } from '../../../src/commands/read-report.ts';
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
  const read = await readReport('report.json', directory);
  return read.kind === 'problem' ? formatProblem(read.problem) : '';
}

describe('readReport', () => {
  it('reads a report from where the user is', async () => {
    const report = specialReport();
    await writeFile(join(directory, 'mine.json'), JSON.stringify(report));
    expect(await readReport('mine.json', directory)).toEqual({ kind: 'report', report });
  });

  it('says what is wrong with a file, and what to do', async () => {
    expect(await problemOf('{')).toMatch(
      /^report\.json: this is no report, and no JSON: .*, name the report\.json of a run$/,
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
      const { problem } = { problem: undefined, ...(await readReport(file, directory)) };
      return problem === undefined ? '' : formatProblem(problem);
    };
    expect(await read('none.json')).toBe(
      'none.json: this report cannot be read: it does not exist, name the report.json of a run',
    );
    expect(await read('.')).toMatch(/^\.: this report cannot be read: /);
  });
});
