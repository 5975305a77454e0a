import { describe, expect, it } from 'vitest';
import { parseConstraint, satisfies } from '../../../../src/domain/version/constraint.ts';
import { parseVersion, type Version } from '../../../../src/domain/version/version.ts';
import masterminds from '../../../fixtures/versions/masterminds.json' with { type: 'json' };

const versions: readonly Version[] = masterminds.versions.map(parseVersion).filter((version) => version !== undefined);

function matching(constraintText: string): readonly string[] | undefined {
  const constraint = parseConstraint(constraintText);
  if (constraint === undefined) return undefined;
  return versions.filter((version) => satisfies(version, constraint)).map((version) => version.original);
}

describe('judging a version by a constraint', () => {
  it('has every version of the reference table to judge', () => {
    expect(versions).toHaveLength(masterminds.versions.length);
  });

  it.each(masterminds.constraints)('agrees with helm on every version: $text', ({ text, matches }) => {
    const expected = matches === null ? undefined : masterminds.versions.filter((_, index) => matches[index] === '1');
    expect(matching(text)).toEqual(expected);
  });

  it('gives the same answer when asked again', () => {
    expect(matching('1.0 - 2.0, !=1.x')).toEqual(matching('1.0 - 2.0, !=1.x'));
    expect(matching('bad')).toEqual(matching('bad'));
  });

  it('refuses hostile texts at once', () => {
    const start = performance.now();
    for (const text of [`${'1   '.repeat(127)}!`, `${'1 , '.repeat(127)}!`, '1 - '.repeat(128), '|'.repeat(512)]) {
      expect(parseConstraint(text)).toBeUndefined();
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
