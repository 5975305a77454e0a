import type { Place } from '../domain/addon.ts';

/**
 * One thing wrong with the inputs. `file` is a file as the user named it, or a flag or `command line`; then there is
 * no line. `what` says what is wrong, `instead` what to write, both lower case and without a full stop.
 */
export interface Problem {
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly what: string;
  readonly instead: string;
}

/** The code of everything that is wrong with what was given: the exit code is 2 then. */
const CODE = 'INPUT_INVALID';

/** The line below problems: their code, which `airgap-charts errors` explains, and that nothing was done. */
export function problemsEnd(count?: number): string {
  const those = count === undefined ? '' : `${count === 1 ? '1 problem' : `${count} problems`}, `;
  return `${CODE}: ${those}nothing was written; airgap-charts errors ${CODE} explains it`;
}

/** A statement about a value that is wrong, before it is known where the value stands. */
export type Complaint = Pick<Problem, 'what' | 'instead'>;

/** `file:line:column: what, instead`; without a place `file: what, instead`. */
export function formatProblem(problem: Problem): string {
  const where = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`;
  return `${problem.file}${where}: ${problem.what}, ${problem.instead}`;
}

/** A problem at a place in a file. */
export function problemAt(place: Pick<Place, 'file' | 'line' | 'column'>, complaint: Complaint): Problem {
  return { file: place.file, line: place.line, column: place.column, ...complaint };
}

/** A problem of the command line; `flag` is a flag's name, or `command line` when no single one is wrong. */
export function flagProblem(flag: string, complaint: Complaint): Problem {
  return { file: flag, line: undefined, column: undefined, ...complaint };
}

/** Each problem once: files in the order in which they came up, and from top to bottom within a file. */
export function orderProblems(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  const files = [...new Set(problems.map((problem) => problem.file))];
  const order = new Map(files.map((file, index) => [file, index]));
  return [...unique.values()].sort(
    (a, b) =>
      (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

/**
 * A value as a message may show it: quoted, on one line, at most 80 characters, without user, password and query of a
 * URL, and without characters that could redraw a terminal.
 */
export function shown(value: string): string {
  const clean = value
    .replace(/\/\/.*@/g, '//***@')
    .replace(/^(?![a-z][a-z0-9+.-]*:\/\/)[^\s/]+:.*@(?!sha[0-9])/i, '***@')
    .replace(/(:\/\/[^?]*)\?.+/s, '$1?***');
  const cut = clean.length > 80 ? `${clean.slice(0, 77)}...` : clean;
  const visible = cut.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be made visible
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${visible}"`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
