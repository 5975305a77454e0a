import { describe, expect, it } from 'vitest';
import { formatProblem, problemsEnd, shown } from '../../../src/config/problems.ts';

describe('problems of inputs', () => {
  it('name Windows files as they are, and show values with their backslashes', () => {
    const place = { file: 'C:\\charts\\values.yaml', line: 2, column: 5 };
    const what = `the file ${shown('C:\\charts\\new values.yaml')} is not there`;
    expect(formatProblem({ ...place, what, instead: 'check the path' })).toBe(
      'C:\\charts\\values.yaml:2:5: the file "C:\\charts\\new values.yaml" is not there, check the path',
    );
  });

  it('end with their number, and the code that explains them', () => {
    const end = 'nothing was written; airgap-charts errors INPUT_INVALID explains it';
    expect(problemsEnd(1)).toBe(`INPUT_INVALID: 1 problem, ${end}`);
    expect(problemsEnd(3)).toBe(`INPUT_INVALID: 3 problems, ${end}`);
    expect(problemsEnd()).toBe(`INPUT_INVALID: ${end}`);
  });
});
