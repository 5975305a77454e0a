import { formatProblem, type Problem, problemsEnd } from '../config/problems.ts';
import type { Redactor } from '../redaction.ts';
import type { Surroundings } from './surroundings.ts';

/** A report as JSON, without any secret in its strings. */
export function scrubbedJson(report: object, redactor: Redactor): string {
  const scrub = (_: string, value: unknown): unknown => (typeof value === 'string' ? redactor.scrub(value) : value);
  return `${JSON.stringify(report, scrub, 2)}\n`;
}

/** Tells all that is wrong with the input, and the code that explains it; the exit code of that. */
export function refuse(problems: readonly Problem[], around: Surroundings, redactor: Redactor): 2 {
  for (const problem of problems) around.complain(`${redactor.scrub(formatProblem(problem))}\n`);
  around.complain(`${problemsEnd(problems.length)}\n`);
  return 2;
}
