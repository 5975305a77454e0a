import { resolve } from 'node:path';
import { isMap } from 'yaml';
import { parseLocation } from '../chart-location.ts';
import { emptyProblem, readDocument } from '../documents.ts';
import { problemAt } from '../problems.ts';
import { fieldOf, fieldsOf, placeOf, stringOf } from '../yaml-nodes.ts';
import type { InputContext } from './input-context.ts';

/** Where charts are published, by their names. */
export type ChartRepositories = ReadonlyMap<string, string>;

/** Reads a file that names the repository of each chart. What is wrong with it is a problem. */
export async function readChartRepositories(context: InputContext, file: string): Promise<ChartRepositories> {
  const { findings, files, cwd } = context;
  const read = await readDocument(files, resolve(cwd, file), file, 'repositories');
  if (read.kind === 'problems') findings.problems.push(...read.problems);
  if (read.kind === 'empty')
    findings.problems.push(emptyProblem(file, 'write charts and their repositories under "charts:"'));
  if (read.kind !== 'read') return new Map();
  const { source, root, problems } = read.document;
  findings.problems.push(...problems);
  const map = isMap(root) ? fieldOf(source, root, 'charts')?.value : undefined;
  if (!isMap(map) || problems.length > 0) return new Map();
  const repositories = new Map<string, string>();
  for (const { name, value } of fieldsOf(source, map)) {
    const text = stringOf(value) ?? '';
    const location = parseLocation(text);
    if (location.kind === 'wrong') findings.problems.push(problemAt(placeOf(source, value), location.complaint));
    else if (location.kind === 'local' || location.kind === 'bare') {
      const what = `the repository of "${name}" is no URL and no registry host`;
      findings.problems.push(
        problemAt(placeOf(source, value), { what, instead: 'write an https://, http:// or oci:// URL' }),
      );
    } else repositories.set(name, text);
  }
  return repositories;
}
