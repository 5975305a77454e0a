import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flagProblem } from '../config/problems.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import type { Redactor } from '../redaction.ts';
import { entryTable, entryText, errorEntries } from '../report/error-entries.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** The document ships with the tool: what it prints and what is read there are one text. */
const DOCUMENT = join(PACKAGE_ROOT, 'docs', 'errors.md');

/** Explains an error code, or lists all of them. Exit code 0; 2 for what is no code. */
export async function errors(code: string | undefined, around: Surroundings, redactor: Redactor): Promise<number> {
  const entries = errorEntries(await readFile(DOCUMENT, 'utf8'));
  if (code === undefined) {
    around.print(entryTable(entries));
    return 0;
  }
  const wanted = code.toUpperCase().replaceAll('-', '_');
  const found = entries.find((entry) => entry.code === wanted);
  if (found !== undefined) {
    around.print(entryText(found));
    return 0;
  }
  const near = entries.filter((entry) => entry.code.split('_').some((part) => wanted.split('_').includes(part)));
  const names = near.map((entry) => entry.code).join(', ');
  const instead = names === '' ? 'leave it out to see all codes' : `there are ${names}`;
  return refuse([flagProblem(code, { what: 'this is no error code', instead })], around, redactor);
}
