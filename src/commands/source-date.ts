import { flagProblem, type Problem, shown } from '../config/problems.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The time that files get in place of their own, in milliseconds since the epoch: SOURCE_DATE_EPOCH, in seconds
 * (reproducible-builds.org, "SOURCE_DATE_EPOCH specification"). Undefined where it is not set.
 */
export function sourceDate({ env }: Pick<Surroundings, 'env'>): {
  readonly time: number | undefined;
  readonly problems: readonly Problem[];
} {
  const text = env.SOURCE_DATE_EPOCH;
  if (text === undefined || text === '') return { time: undefined, problems: [] };
  const seconds = /^\d{1,11}$/.test(text) ? Number(text) : undefined;
  if (seconds !== undefined) return { time: seconds * 1000, problems: [] };
  const problem = flagProblem('SOURCE_DATE_EPOCH', {
    what: `${shown(text)} is no time`,
    instead: 'write seconds since 1970, such as 1700000000',
  });
  return { time: undefined, problems: [problem] };
}
